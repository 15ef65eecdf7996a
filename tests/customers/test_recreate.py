"""復元: a deleted record comes back from the history, under its old key, by a decision with a reason."""

import pytest
from django.urls import reverse

from customers.models import AccessRecord, CashInflow, Customer, Holding, Task
from tests.customers.test_restore import revert_url
from tests.customers.trails import history_url, lines, save
from tests.factories import CashInflowFactory, HoldingFactory, ProductFactory, TaskFactory

KINDS = [(HoldingFactory, "holding"), (CashInflowFactory, "inflow"), (TaskFactory, "task")]
REASON = {"change_reason": "誤って削除"}


def gone(row):
    """The history row that the deletion of `row` leaves."""
    model, pk = type(row), row.pk
    row.delete()
    return model.history.filter(**{model._meta.pk.name: pk}).first()


@pytest.fixture
def deleted(ito):
    """The last state of a deleted inflow of Ito."""
    return gone(CashInflowFactory(customer=ito, predicted_amount=7))


def problems(response):
    return response.context["form"].problems


@pytest.mark.parametrize(("factory", "kind"), KINDS)
def test_deleted_record_comes_back_as_it_was(page, ito, factory, kind):
    row = factory(customer=ito)
    before, pk = type(row).objects.filter(pk=row.pk).values().get(), row.pk

    response = page.post(revert_url(ito, gone(row), kind), REASON)

    after = type(row).objects.filter(pk=pk).values().get()
    assert response.url == history_url(ito)
    assert after | {"updated_at": 0} == before | {"updated_at": 0}


def test_history_says_who_brought_it_back_and_why(page, ito, tanaka, deleted):
    page.post(revert_url(ito, deleted, "inflow"), REASON)

    newest = CashInflow.objects.get().history.first()
    assert (newest.history_type, newest.history_user, newest.source) == ("+", tanaka, "page")
    assert newest.history_change_reason == "削除した記録の復元：誤って削除"
    labels = [line[1] for line in lines(page.get(history_url(ito)))]
    assert labels[:3] == ["（復元）", "（削除）", "（新規登録）"]


def test_figures_follow(page, ito):
    holding = HoldingFactory(customer=ito, quantity=10, current_price=100)

    page.post(revert_url(ito, gone(holding), "holding"), REASON)

    assert Customer.objects.get().yen_assets == 1000


def test_history_links_to_the_question_as_long_as_the_record_is_gone(page, ito, deleted):
    url = revert_url(ito, deleted, "inflow")
    before = url in page.get(history_url(ito)).text

    page.post(url, REASON)

    assert (before, url in page.get(history_url(ito)).text) == (True, False)


def test_question_shows_what_would_come_back(page, ito, deleted):
    response = page.get(revert_url(ito, deleted, "inflow"))

    assert ("予測金額（円）", "7") in response.context["values"]
    assert CashInflow.objects.count() == 0


def test_question_is_logged_as_a_look_at_the_history(page, ito, deleted):
    page.get(revert_url(ito, deleted, "inflow"))

    record = AccessRecord.objects.get()
    assert (record.act, record.customer, record.detail) == ("history", ito, "削除した記録の復元")


def test_earlier_state_of_a_deleted_record_leads_to_the_last_one(page, ito, deleted):
    first = CashInflow.history.last()

    response = page.get(revert_url(ito, first, "inflow"))

    assert response.url == revert_url(ito, deleted, "inflow")


def test_reason_is_required(page, ito, deleted):
    response = page.post(revert_url(ito, deleted, "inflow"), {"change_reason": " "})

    assert list(response.context["form"].errors) == ["change_reason"]
    assert CashInflow.objects.count() == 0


def test_pressing_twice_brings_it_back_once(page, ito, deleted):
    page.post(revert_url(ito, deleted, "inflow"), REASON)

    page.post(revert_url(ito, deleted, "inflow"), REASON)

    assert (CashInflow.objects.count(), CashInflow.history.count()) == (1, 3)


# --- Where it cannot be -----------------------------------------------------------------------


def test_holding_whose_product_is_gone_is_refused(page, ito):
    product = ProductFactory()
    deleted = gone(HoldingFactory(customer=ito, product=product))
    product.delete()

    response = page.post(revert_url(ito, deleted, "holding"), REASON)

    assert problems(response)[0].startswith("商品が登録からなくなっているため、復元できません。")
    assert Holding.objects.count() == 0


@pytest.mark.parametrize(("factory", "kind"), KINDS)
def test_record_that_was_entered_again_is_refused(page, ito, factory, kind):
    first = factory(customer=ito)
    same = {"product": first.product} if kind == "holding" else {}
    deleted = gone(first)
    again = factory(customer=ito, **same)

    response = page.get(revert_url(ito, deleted, kind))

    assert "がすでに登録されているため、復元できません" in problems(response)[0]
    assert "復元する</button>" not in response.text
    assert list(type(again).objects.all()) == [again]


def test_record_that_is_there_again_is_reverted_and_not_recreated(page, ito, deleted):
    page.post(revert_url(ito, deleted, "inflow"), REASON)

    assert "いまの内容と違いはありません" in page.get(revert_url(ito, deleted, "inflow")).text


# --- Who may ----------------------------------------------------------------------------------


def test_record_of_another_or_an_archived_customer_is_missing(page, ito, nakamura, deleted):
    foreign = gone(CashInflowFactory(customer=nakamura))
    paths = [revert_url(nakamura, foreign, "inflow"), revert_url(ito, foreign, "inflow")]
    ito.archive()

    answers = [page.post(path, REASON) for path in [*paths, revert_url(ito, deleted, "inflow")]]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_record_that_moved_on_to_another_customer_does_not_come_back_here(page, ito, nakamura):
    holding = HoldingFactory(customer=ito)
    first = holding.history.get()
    gone(save(holding, customer=nakamura))

    assert page.get(revert_url(ito, first, "holding")).status_code == 404


def test_who_only_reads_brings_nothing_back(client, compliance, ito, deleted):
    client.force_login(compliance)

    answer = client.post(revert_url(ito, deleted, "inflow"), REASON)

    assert answer.status_code == 403
    assert "復元" not in client.get(history_url(ito)).text


def test_open_task_of_a_former_adviser_waits_for_the_new_one(page, ito, tanaka, suzuki):
    task = gone(TaskFactory(customer=ito, assignee=suzuki))

    page.post(revert_url(ito, task, "task"), REASON)

    assert Task.objects.get().assignee == tanaka


def test_earlier_states_of_a_task_that_is_there_do_not_come_back(page, ito):
    task = TaskFactory(customer=ito)

    assert page.get(revert_url(ito, task.history.get(), "task")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_history_with_deleted_records_takes_the_same_queries_for_any_number(
    page, ito, count, django_assert_num_queries
):
    for _ in range(count):
        gone(CashInflowFactory(customer=ito))

    with django_assert_num_queries(12):
        page.get(reverse("customers:history", args=[ito.pk]))
