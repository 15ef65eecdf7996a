"""`/batches`: acts on many, and the way back, which never overwrites a later change."""

import pytest
from django.urls import reverse

from customers import bulk_edit
from customers.batches import undo
from customers.hand_over import book_of, hand_over
from customers.models import Customer, Task
from tests.customers.trails import by_copy, forget
from tests.factories import CustomerFactory
from wealthai.models import ChangeBatch


@pytest.fixture
def ono(tanaka):
    """Another customer of Tanaka."""
    return CustomerFactory(
        customer_code="C012", name="大野達也", risk_tolerance="1", sales_rep=tanaka
    )


def edited(user, *customers, reason="面談で確認", **values):
    """The batch of a bulk edit by `user`."""
    rows = Customer.objects.filter(pk__in=[customer.pk for customer in customers])
    _, batch = bulk_edit.apply(rows, values, seen={}, user=user, reason=reason)
    return batch


@pytest.fixture
def batch(tanaka, ito, ono):
    """Tanaka has set the risk of Ito (3) and Ono (1) to 4."""
    return edited(tanaka, ito, ono, risk_tolerance="4")


def path(batch, act="detail"):
    return reverse(f"customers:batch-{act}", args=[batch.pk])


def shown(response):
    return [
        (line.customer.name, change.old, change.new, line.is_left)
        for line in response.context["lines"]
        for change in line.changes
    ]


def risks():
    return list(Customer.objects.order_by("customer_code").values_list("risk_tolerance", flat=True))


def press(client, batch, reason="誤り"):
    return client.post(path(batch, "undo"), {"reason": reason}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- The page of an act -----------------------------------------------------------------------


def test_page_shows_who_when_why_what_and_each_row(page, batch):
    response = page.get(path(batch))

    assert shown(response) == [
        ("伊藤正雄", "3 中立", "4 やや積極的", False),
        ("大野達也", "1 保守的", "4 やや積極的", False),
    ]
    facts = ["一括編集", "田中太郎", "面談で確認", "リスク許容度 → 4 やや積極的（2名）"]
    assert [fact in response.text for fact in facts] == [True] * 4


def test_row_that_was_edited_since_stands_first_and_is_marked(page, batch, ono):
    ono.refresh_from_db()
    ono.risk_tolerance = "5"
    ono.save()

    assert [(name, left) for name, _, _, left in shown(page.get(path(batch)))] == [
        ("大野達也", True),
        ("伊藤正雄", False),
    ]


def test_change_of_another_field_since_leaves_the_row_undoable(page, batch, ono):
    ono.refresh_from_db()
    ono.phone = "1"
    ono.save()

    assert page.get(path(batch)).context["restorable"] == 2


def test_act_of_somebody_else_is_missing(client, suzuki, batch):
    client.force_login(suzuki)

    answers = [client.get(path(batch)), client.post(path(batch, "undo"), {"reason": "x"})]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("role", ["office", "compliance"])
def test_firm_wide_roles_see_every_act(role, client, request, batch):
    client.force_login(request.getfixturevalue(role))

    assert len(shown(client.get(path(batch)))) == 2


def test_manager_sees_only_own_acts(client, manager, batch):
    client.force_login(manager)

    assert client.get(path(batch)).status_code == 404


def test_rows_that_are_no_longer_ones_own_are_counted_and_not_shown(page, batch, ono, suzuki):
    ono.refresh_from_db()
    ono.sales_rep = suzuki
    ono.save()

    response = page.get(path(batch))

    assert [row[0] for row in shown(response)] == ["伊藤正雄"]
    assert (response.context["hidden"], "大野" in response.text) == (1, False)


# --- Undoing ----------------------------------------------------------------------------------


def test_undo_restores_what_stood_before(page, batch):
    response = press(page, batch)

    assert risks() == ["3", "1"]
    assert said(response) == ["元に戻しました"]


def test_undo_is_an_act_of_its_own_with_its_reason(page, batch, tanaka, ito):
    press(page, batch)

    undoing = ChangeBatch.objects.get(undoes=batch)
    assert (undoing.kind, undoing.user, undoing.reason) == ("undo", tanaka, "誤り")
    assert undoing.summary == f"一括編集 #{batch.pk} の取り消し（2件を戻しました）"
    newest = ito.history.first()
    assert (newest.batch, newest.source, newest.history_user) == (undoing, "bulk", tanaka)


def test_undo_leaves_what_was_edited_since_and_names_it(page, batch, ono):
    ono.refresh_from_db()
    ono.risk_tolerance = "5"
    ono.save()

    response = press(page, batch)

    assert risks() == ["3", "5"]
    assert said(response) == ["元に戻しました。1件はそのままです（その後に変更 1件）"]
    undoing = ChangeBatch.objects.get(undoes=batch)
    assert undoing.summary.endswith("残した1件: C012（その後に変更）")


def test_undo_keeps_later_changes_of_other_fields(page, batch, ito):
    ito.refresh_from_db()
    ito.phone = "1"
    ito.save()

    press(page, batch)

    assert Customer.objects.values_list("phone", "risk_tolerance").get(pk=ito.pk) == ("1", "3")


def test_undo_restores_each_field_of_each_row(page, tanaka, ito, ono):
    ito.occupation = "医師"
    ito.save()
    batch = edited(tanaka, ito, ono, risk_tolerance="1", occupation="医師")

    press(page, batch)

    assert list(Customer.objects.order_by("pk").values_list("risk_tolerance", "occupation")) == [
        ("3", "医師"),
        ("1", None),
    ]


def test_undo_happens_once(page, batch):
    press(page, batch)

    response = press(page, batch)

    assert said(response) == ["この変更はすでに取り消されています。"]
    assert ChangeBatch.objects.filter(undoes=batch).count() == 1


def test_undo_of_nothing_left_is_refused_and_stays_possible(page, batch, ito, ono):
    for customer in (ito, ono):
        customer.refresh_from_db()
        customer.risk_tolerance = "5"
        customer.save()

    response = press(page, batch)

    assert said(response) == ["元に戻せる行がありません（その後に変更 2件）。"]
    assert ChangeBatch.objects.get() == batch


def test_undoing_is_not_undone(page, batch):
    press(page, batch)

    response = press(page, ChangeBatch.objects.get(undoes=batch))

    assert response.status_code == 403


def test_undo_needs_a_reason(page, batch):
    response = press(page, batch, reason="")

    assert list(response.context["reason"].errors) == ["reason"]
    assert risks() == ["4", "4"]


def test_back_office_undoes_somebody_elses_act(client, office, batch):
    client.force_login(office)

    press(client, batch)

    assert risks() == ["3", "1"]


def test_compliance_undoes_nothing(client, compliance, batch):
    client.force_login(compliance)

    assert press(client, batch).status_code == 403
    assert 'id="undo"' not in client.get(path(batch)).text


def test_undo_touches_only_whom_the_person_still_sees(page, batch, ono, suzuki):
    ono.refresh_from_db()
    ono.sales_rep = suzuki
    ono.save()

    press(page, batch)

    assert risks() == ["3", "4"]


def test_row_without_a_history_is_restored_too(page, tanaka, ito):
    forget(ito.history)

    press(page, edited(tanaka, ito, risk_tolerance="4"))

    assert risks() == ["3"]
    assert [row.history_type for row in ito.history.all()] == ["~", "~", "+"]


def test_undo_of_a_hand_over_brings_customers_and_tasks_back(client, office, tanaka, suzuki, ito):
    task = Task.objects.create(customer=ito, assignee=tanaka, title="電話")
    book = book_of(tanaka, suzuki, Customer.objects.all())
    batch = hand_over(book, seen=book.mark(), user=office, reason="異動")
    client.force_login(office)

    press(client, batch)

    ito.refresh_from_db()
    task.refresh_from_db()
    assert (ito.sales_rep, task.assignee) == (tanaka, tanaka)


@pytest.mark.postgres
def test_undo_knows_what_another_system_wrote_just_before(sql, tanaka, ito):
    sql("UPDATE customers SET risk_tolerance = '2'")
    batch = edited(tanaka, ito, risk_tolerance="4")

    undo(batch, user=tanaka, reason="誤り")

    assert risks() == ["2"]


def test_page_of_an_undone_act_offers_it_no_more(page, batch):
    press(page, batch)

    text = page.get(path(batch)).text

    undoing = ChangeBatch.objects.get(undoes=batch)
    assert ('id="undo"' in text, f'href="{path(undoing)}"' in text) == (False, True)


def test_undoing_by_somebody_else_is_named_without_a_link(page, office, tanaka, batch):
    undoing, _ = undo(batch, user=office, reason="誤り")

    text = page.get(path(batch)).text

    assert (str(undoing) in text, path(undoing) in text) == (True, False)


# --- The list of acts -------------------------------------------------------------------------


def test_list_shows_own_acts_newest_first(page, tanaka, suzuki, ito, nakamura):
    first = edited(tanaka, ito, risk_tolerance="4")
    edited(suzuki, nakamura, risk_tolerance="4")
    second = edited(tanaka, ito, risk_tolerance="5")

    assert page.get("/batches").context["batches"] == [second, first]


def test_list_says_what_was_undone(page, batch):
    press(page, batch)

    assert page.get("/batches").text.count("取り消し済み") == 1


def test_list_goes_on_from_the_last_act_of_a_page(page, tanaka):
    for number in range(51):
        ChangeBatch.objects.create(kind="bulk_edit", user=tanaka, reason="x", summary=f"{number}")
    first = page.get("/batches")

    second = page.get("/batches", {"before": first.context["next"]})

    assert (len(first.context["batches"]), len(second.context["batches"])) == (50, 1)


@pytest.mark.parametrize("before", ["x", "0", "9" * 30])
def test_list_ignores_a_page_that_is_none(before, page, batch):
    assert page.get("/batches", {"before": before}).context["batches"] == [batch]


def test_empty_list_says_how_it_fills(page):
    assert "一括変更はまだありません" in page.get("/batches").text


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    page, tanaka, ito, count, django_assert_num_queries
):
    for number in range(count):
        edited(tanaka, ito, risk_tolerance=str(number + 1 if number < 2 else 5))

    with django_assert_num_queries(5):
        page.get("/batches")


@pytest.mark.parametrize("count", [1, 3])
def test_page_and_undo_take_the_same_queries_for_any_number(
    page, tanaka, count, django_assert_num_queries
):
    customers = CustomerFactory.create_batch(count, sales_rep=tanaka)
    batch = edited(tanaka, *customers, risk_tolerance="4")

    with django_assert_num_queries(11):
        page.get(path(batch))
    with django_assert_num_queries(by_copy(23, 26)):
        page.post(path(batch, "undo"), {"reason": "誤り"})
