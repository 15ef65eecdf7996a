"""`/customers/{id}/as-of`: the record as it stood at the end of a day, or after one change."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import AccessRecord, Customer, Task
from tests.customers.trails import forget, history_url, rewrite, save
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)

APRIL = datetime.datetime(2026, 4, 30, 14, 59, tzinfo=datetime.UTC)  # 23:59 in Japan
MAY = datetime.datetime(2026, 4, 30, 15, 0, tzinfo=datetime.UTC)  # midnight in Japan


def url(customer, **query):
    return reverse("customers:as-of", args=[customer.pk], query=query)


def standing(client, customer, **query):
    return client.get(url(customer, **query)).context["standing"]


def facts(standing):
    return {fact.label: (fact.words, fact.now) for fact in standing.facts}


def since(row, moment):
    """As if `row` had been stored at that time."""
    rewrite(row.history, history_date=moment)
    return row


@pytest.fixture
def changed(ito, suzuki):
    """Ito with risk 3 until the end of April in Japan, with risk 5 and Suzuki from May on."""
    since(ito, APRIL)
    return save(ito, at=MAY, risk_tolerance="5", sales_rep=suzuki)


@pytest.fixture
def viewer(client, office):
    client.force_login(office)
    return client


def test_facts_are_those_of_the_end_of_the_day_in_japan(viewer, changed):
    april = facts(standing(viewer, changed, date="2026-04-30"))
    may = facts(standing(viewer, changed, date="2026-05-01"))

    assert april["リスク許容度"] == ("3 中立", "5 積極的")
    assert april["担当者"] == ("田中太郎（SR001）", "鈴木一郎（SR003）")
    assert may["リスク許容度"] == ("5 積極的", None)


def test_age_is_that_of_the_day(viewer, ito):
    since(save(ito, birth_date=datetime.date(1956, 5, 1)), APRIL)

    words = facts(standing(viewer, ito, date="2026-04-30"))["生年月日"][0]

    assert words == "1956/05/01（当時69歳）"


def test_a_link_of_the_history_means_the_very_moment(viewer, changed):
    first = viewer.get(history_url(changed)).context["page"].moments[-1]

    then = standing(viewer, changed, at=first.when.isoformat())

    assert facts(then)["リスク許容度"][0] == "3 中立"
    assert f"?at={first.when.isoformat()}".replace(":", "%3A").replace("+", "%2B") in (
        viewer.get(history_url(changed)).text
    )


def test_banner_says_that_it_is_not_now(viewer, changed):
    text = viewer.get(url(changed, date="2026-04-30")).text

    assert "2026/04/30(木) の終わりの時点の内容です。" in text
    assert f'<a href="{changed.get_absolute_url()}">いまの内容を見る</a>' in text


def test_holdings_have_their_gain_and_their_product_of_then(viewer, ito):
    since(ito, APRIL)
    product = since(ProductFactory(product_name="旧名称", currency="USD"), APRIL)
    holding = since(HoldingFactory(customer=ito, product=product, current_price=900), APRIL)
    save(product, at=MAY, product_name="新名称", currency="JPY")
    save(holding, at=MAY, current_value=Decimal(1), status="sold")

    [group] = standing(viewer, ito, date="2026-04-30").portfolio.groups

    assert (group.unit, group.holdings[0].product.product_name) == ("USD", "旧名称")
    assert (group.market, group.gain) == (9000, -1000)


def test_holding_without_a_day_falls_due_on_its_products_of_then(viewer, ito):
    since(ito, APRIL)
    product = since(ProductFactory(maturity_date="2026-05-07"), APRIL)
    since(HoldingFactory(customer=ito, product=product), APRIL)
    save(product, at=MAY, maturity_date="2030-01-01")

    response = viewer.get(url(ito, date="2026-04-30"))

    [due] = response.context["standing"].portfolio.due
    assert (due.days_left, "2026/05/07</td>" in response.text) == (7, True)


def test_product_without_history_has_todays_name(viewer, ito):
    since(ito, APRIL)
    holding = since(HoldingFactory(customer=ito, product__product_name="国債"), APRIL)
    forget(holding.product.history)

    [group] = standing(viewer, ito, date="2026-04-30").portfolio.groups

    assert [one.product.product_name for one in group.holdings] == ["国債"]


def test_what_was_deleted_since_is_there_and_what_came_since_is_not(viewer, ito):
    since(ito, APRIL)
    gone = since(CashInflowFactory(customer=ito, predicted_amount=7), APRIL)
    gone._history_date = MAY
    gone.delete()
    since(CashInflowFactory(customer=ito, predicted_amount=8), MAY)

    april = standing(viewer, ito, date="2026-04-30").inflows
    may = standing(viewer, ito, date="2026-05-01").inflows

    assert [[row.predicted_amount for row in rows] for rows in (april, may)] == [[7], [8]]


def test_notes_and_tasks_are_those_of_then(viewer, ito, tanaka):
    since(ito, APRIL)
    since(SalesNoteFactory(customer=ito, content="四月の話", sales_rep=tanaka), APRIL)
    since(SalesNoteFactory(customer=ito, content="五月の話"), MAY)
    since(Task.objects.create(customer=ito, title="四月の用事", assignee=tanaka), APRIL)

    then = standing(viewer, ito, date="2026-04-30")

    assert [(note.content, note.writer) for note in then.notes] == [
        ("四月の話", "田中太郎（SR001）")
    ]
    assert [(task.title, task.who) for task in then.tasks] == [("四月の用事", "田中太郎（SR001）")]


def test_of_two_changes_at_one_moment_the_later_one_stands(viewer, ito):
    since(ito, APRIL)
    for phone in ("1", "2"):
        save(ito, at=APRIL, phone=phone)

    assert facts(standing(viewer, ito, date="2026-04-30"))["電話番号"][0] == "2"


def test_holding_of_another_customer_then_is_not_shown(viewer, ito, nakamura):
    since(ito, APRIL)
    holding = since(HoldingFactory(customer=nakamura), APRIL)
    save(holding, at=MAY, customer=ito)

    assert standing(viewer, ito, date="2026-04-30").portfolio.count == 0
    assert standing(viewer, ito, date="2026-05-01").portfolio.count == 1


def test_before_the_first_record_nothing_is_invented(viewer, changed):
    response = viewer.get(url(changed, date="2026-04-29"))

    assert response.context["standing"].row is None
    assert "2026/04/29 時点の記録はありません" in response.text
    assert "伊藤正雄" not in response.text.split("時点の記録はありません")[1].split("</main>")[0]


def test_customer_of_another_system_has_no_past(viewer, tanaka):
    bare = CustomerFactory(sales_rep=tanaka)
    forget(bare.history)

    assert "過去の記録がありません" in viewer.get(url(bare)).text


def test_without_a_date_the_end_of_today_is_meant(viewer, changed):
    response = viewer.get(url(changed))

    assert timezone.localdate(response.context["moment"]) == timezone.localdate()
    assert facts(response.context["standing"])["リスク許容度"] == ("5 積極的", None)


@pytest.mark.parametrize("day", ["2026-02-30", "昨日", "0001-01-01", "9999-12-31"])
def test_impossible_day_is_asked_for_again(viewer, ito, day):
    response = viewer.get(url(ito, date=day))

    assert list(response.context["query"].errors) == ["date"]
    assert "standing" not in response.context


def test_day_may_be_written_as_people_do(viewer, changed):
    may = facts(standing(viewer, changed, date="2026-05-01"))

    assert facts(standing(viewer, changed, date="令和8年5月1日")) == may


def test_day_that_has_not_come_is_asked_for_again(viewer, ito):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    response = viewer.get(url(ito, date=tomorrow.isoformat()))

    assert "まだ来ていない日です" in response.context["query"].errors["date"][0]
    assert f'value="{tomorrow.isoformat()}"' in response.text


@pytest.mark.parametrize(
    "moment",
    ["x", "2026-04-30T00:00", "0001-01-01T00:00+09:00", "9999-12-31T00:00Z", "2026-99-99T00:00Z"],
)
def test_moment_that_nobody_linked_to_means_the_day(viewer, changed, moment):
    response = viewer.get(url(changed, at=moment, date="2026-04-30"))

    assert facts(response.context["standing"])["リスク許容度"][0] == "3 中立"


def test_many_notes_are_cut_and_counted(viewer, ito):
    for _ in range(52):
        SalesNoteFactory(customer=ito)

    then = standing(viewer, ito)

    assert (len(then.notes), then.hidden_notes) == (50, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_earlier_state_takes_thirteen_queries(count, page, ito, tanaka, django_assert_num_queries):
    for _ in range(count):
        HoldingFactory(customer=ito)
        SalesNoteFactory(customer=ito, sales_rep=tanaka)
        CashInflowFactory(customer=ito)
        Task.objects.create(customer=ito, title="電話する", assignee=tanaka)

    with django_assert_num_queries(13):
        page.get(url(ito))


def test_earlier_state_of_another_adviser_is_missing(page, nakamura):
    assert (
        page.get(url(nakamura)).status_code == page.get("/customers/999/as-of").status_code == 404
    )


def test_customer_who_was_mine_once_is_missing_now(page, changed):
    assert page.get(url(changed, date="2026-04-30")).status_code == 404


def test_archived_customer_has_a_past_too(page, ito):
    ito.archive()

    response = page.get(url(ito))

    assert (response.context["standing"].row.name, response.context["may_revert"]) == (
        "伊藤正雄",
        False,
    )


def test_nothing_is_written_but_who_looked(page, ito, tanaka):
    before = Customer.history.count()

    page.get(url(ito, date=timezone.localdate().isoformat()))

    record = AccessRecord.objects.get()
    assert (record.user, record.customer, record.act) == (tanaka, ito, "as_of")
    assert Customer.history.count() == before
