"""`/customers/{id}/history`: who changed what, when, by what way and why."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import AccessRecord, Customer, Task
from customers.trail import PAGE_SIZE
from tests.customers.trails import forget, history_url, lines, rewrite, save
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)
from wealthai.models import ChangeBatch
from wealthai.writing import Source

MAY = datetime.datetime(2026, 5, 1, 3, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def moments(response):
    """(author, way, reason, number of lines) of each moment, newest first."""
    return [
        (moment.author, moment.source, moment.reason, len(moment.lines))
        for moment in response.context["page"].moments
    ]


def exported(client, customer, **query):
    url = reverse("customers:history-export", args=[customer.pk], query=query)
    data = b"".join(client.get(url).streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
def changed(ito, suzuki, tanaka):
    """Ito after three saves: by Tanaka on the page, by an import, by Suzuki in the admin."""
    rewrite(ito.history, history_date=MAY - MINUTE, source="")
    save(ito, by=tanaka, at=MAY, reason="面談で聴取", annual_income=1, risk_tolerance="5")
    save(ito, at=MAY + MINUTE, source=Source.IMPORT, reason="月次の取込", occupation="医師")
    save(ito, by=suzuki, at=MAY + 2 * MINUTE, source=Source.ADMIN, phone="03-2222-2222")
    return ito


def test_history_tells_who_by_what_way_and_why(page, changed):
    assert moments(page.get(history_url(changed))) == [
        ("鈴木一郎", "管理画面", "", 1),
        ("取込", "取込", "月次の取込", 1),
        ("田中太郎", "画面", "面談で聴取", 2),
        ("システム", "", "", 1),
    ]


def test_history_tells_before_and_after_in_words(page, changed):
    assert lines(page.get(history_url(changed))) == [
        ("顧客", "電話番号", "090-1111-1111", "03-2222-2222"),
        ("顧客", "職業", "―", "医師"),
        ("顧客", "年収（円）", "―", "1"),
        ("顧客", "リスク許容度", "3 中立", "5 積極的"),
        ("顧客", "（新規登録）", "", ""),
    ]


def test_fields_saved_together_share_one_time(page, changed):
    text = page.get(history_url(changed)).text

    assert text.count("<time ") == 4
    assert text.count('rowspan="2"') == 5


def test_old_row_without_a_way_says_what_its_reason_said(page, ito):
    rewrite(ito.history, source="", history_change_reason="管理画面")

    assert moments(page.get(history_url(ito))) == [("システム", "", "管理画面", 1)]


def test_bulk_change_carries_the_number_of_its_batch(page, ito, tanaka):
    batch = ChangeBatch.objects.create(kind="bulk_edit", user=tanaka, reason="改定", summary="1件")
    save(ito, by=tanaka, source=Source.BULK, batch=batch, reason="改定", phone="1")

    text = page.get(history_url(ito)).text

    assert f"一括 #{batch.pk}" in text


def test_history_holds_what_belongs_to_the_customer(page, ito, tanaka):
    holding = HoldingFactory(customer=ito, product=ProductFactory(product_name="国債"))
    save(holding, by=tanaka, at=timezone.now() + MINUTE, current_value=Decimal("5.00"))
    note = SalesNoteFactory(customer=ito)
    inflow = CashInflowFactory(customer=ito)
    task = Task.objects.create(customer=ito, title="電話する")

    found = set(lines(page.get(history_url(ito))))

    assert found == {
        ("保有商品 国債", "評価額", "―", "5.00"),
        ("保有商品 国債", "（新規登録）", "", ""),
        (f"営業メモ #{note.pk}", "（新規登録）", "", ""),
        (f"入金予測 #{inflow.pk}", "（新規登録）", "", ""),
        (f"タスク {task.title}", "（新規登録）", "", ""),
        ("顧客", "（新規登録）", "", ""),
    }


def test_deleted_row_is_told_with_its_values(page, ito):
    CashInflowFactory(customer=ito, predicted_amount=7).delete()

    line = page.get(history_url(ito)).context["page"].moments[0].lines[0]

    assert (line.label, dict(line.values)["予測金額（円）"]) == ("（削除）", "7")


def test_row_without_a_row_before_says_so(page, ito):
    forget(ito.history)
    save(ito, phone="1")

    assert lines(page.get(history_url(ito)))[0][1] == "（これより前の記録はありません）"


def test_save_without_a_change_stays_visible(page, ito):
    save(ito, at=timezone.now() + MINUTE)

    assert lines(page.get(history_url(ito)))[0][1] == "（値の変更なし）"


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"item": "customer.phone"}, ["電話番号", "（新規登録）"]),
        ({"item": "customer.occupation"}, ["職業"]),
        ({"item": "holding"}, []),
        ({"source": "import"}, ["職業"]),
        ({"author": "none"}, ["職業", "（新規登録）"]),
        ({"date_to": "2026-04-30"}, []),
        ({"date_from": "2026-05-02"}, []),
        ({"item": "customer.annual_income", "source": "page"}, ["年収（円）", "リスク許容度"]),
    ],
    ids=str,
)
def test_history_is_filtered(page, changed, query, labels):
    assert [line[1] for line in lines(page.get(history_url(changed, **query)))] == labels


def test_history_is_filtered_by_person(page, changed, suzuki):
    response = page.get(history_url(changed, author=suzuki.pk))

    assert [line[1] for line in lines(response)] == ["電話番号"]


def test_period_is_one_of_days_in_japan(page, ito):
    rewrite(ito.history, history_date=datetime.datetime(2026, 4, 30, 15, tzinfo=datetime.UTC))

    on_the_day = page.get(history_url(ito, date_from="2026-05-01", date_to="2026-05-01"))
    the_day_before = page.get(history_url(ito, date_to="2026-04-30"))

    assert (len(lines(on_the_day)), len(lines(the_day_before))) == (1, 0)


@pytest.mark.parametrize("typed", ["2026/5/1", "令和8年5月1日", "R8.5.1", "２０２６－５－１"])
def test_period_may_be_written_as_people_do(page, ito, typed):
    rewrite(ito.history, history_date=datetime.datetime(2026, 4, 30, 15, tzinfo=datetime.UTC))

    response = page.get(history_url(ito, date_from=typed, date_to=typed))

    assert len(lines(response)) == 1
    assert 'type="date" name="date_from" value="2026-05-01"' in response.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"date_from": "昭和64年13月8日"}, "date_from"),
        ({"date_from": "2026-02-30"}, "date_from"),
        ({"date_from": "0001-01-01"}, "date_from"),
        ({"date_from": "2026-05-02", "date_to": "2026-05-01"}, "date_to"),
        ({"item": "customer.password"}, "item"),
        ({"author": "999"}, "author"),
        ({"source": "fax"}, "source"),
    ],
    ids=str,
)
def test_filter_that_is_not_understood_shows_no_rows_and_says_which(page, ito, query, field):
    response = page.get(history_url(ito, **query))

    assert list(response.context["query"].errors) == [field]
    assert "page" not in response.context


def test_pages_show_every_row_once(page, ito):
    rewrite(ito.history, history_date=MAY - MINUTE)
    for number in range(PAGE_SIZE + 3):
        save(ito, phone=str(number), at=MAY + number // 2 * MINUTE)  # two at each moment
    first = page.get(history_url(ito, item="customer.phone"))

    second = page.get(history_url(ito) + first.context["next"])

    seen = [line[3] for line in (*lines(first), *lines(second)) if line[3]]
    assert sorted(map(int, seen)) == list(range(PAGE_SIZE + 3))
    assert (len(lines(first)), second.context["next"]) == (PAGE_SIZE, None)


@pytest.mark.parametrize("place", ["x", "1-9-1", "9" * 18 + "-0-1", "1-0-" + "9" * 18])
def test_place_that_nobody_linked_to_breaks_nothing(page, ito, place):
    assert page.get(history_url(ito, after=place)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_history_takes_ten_queries_however_many_changes(
    count, page, ito, tanaka, suzuki, django_assert_num_queries
):
    for number in range(count):
        save(ito, by=suzuki, phone=str(number), sales_rep=[suzuki, tanaka][number % 2])
    Customer.objects.filter(pk=ito.pk).without_history().update(sales_rep=tanaka)

    with django_assert_num_queries(10):
        page.get(history_url(ito))


@pytest.mark.parametrize("count", [1, 3])
def test_history_of_all_kinds_takes_sixteen_queries(
    count, page, ito, tanaka, django_assert_num_queries
):
    for _ in range(count):
        HoldingFactory(customer=ito)
        note = SalesNoteFactory(customer=ito, sales_rep=tanaka)
        CashInflowFactory(customer=ito, sales_rep=tanaka)
        Task.objects.create(customer=ito, title="電話する", note=note)

    with django_assert_num_queries(16):
        page.get(history_url(ito))


def test_history_of_another_adviser_is_missing(page, nakamura):
    missing = page.get(reverse("customers:history", args=[999]))

    assert page.get(history_url(nakamura)).status_code == missing.status_code == 404
    assert page.get(reverse("customers:history-export", args=[nakamura.pk])).status_code == 404


def test_history_tells_nothing_of_a_row_while_it_was_another_customers(page, ito, nakamura):
    holding = HoldingFactory(customer=nakamura, quantity=4242)
    save(holding, at=timezone.now() + MINUTE, customer=ito, quantity=10)

    response = page.get(history_url(ito, item="holding"))

    assert [line[1:] for line in lines(response)] == [("（これより前の記録はありません）", "", "")]
    told = [text in response.text for text in (nakamura.name, f"#{nakamura.pk}", "4,242")]
    assert told == [False] * 3


def test_filter_by_field_does_not_compare_with_another_customers_value(page, ito, nakamura):
    holding = HoldingFactory(customer=nakamura, quantity=10)
    save(holding, at=timezone.now() + MINUTE, customer=ito)

    assert len(lines(page.get(history_url(ito, item="holding.quantity")))) == 1


def test_history_of_an_archived_customer_stays_readable(page, ito):
    ito.archive()

    response = page.get(history_url(ito))

    assert lines(response)[0][1] == "保管日時"
    assert response.context["revertible"] == frozenset()


def test_customer_of_another_system_has_no_history_yet(page, tanaka):
    bare = CustomerFactory(sales_rep=tanaka)
    forget(bare.history)

    response = page.get(history_url(bare))

    assert "変更の記録はありません" in response.text


def test_export_is_the_filtered_history(page, changed):
    head, *rows = exported(page, changed, item="customer.occupation")

    assert head[:4] == ["日時", "変更した人", "担当者コード", "経路"]
    assert rows == [
        [
            "2026/05/01 12:01:00",
            "取込",
            "",
            "取込",
            "",
            "顧客",
            "職業",
            "―",
            "医師",
            "月次の取込",
        ]
    ]


def test_export_spells_out_a_new_record(page, ito):
    rows = exported(page, ito)

    assert [row[6:9] for row in rows if row[6].startswith("氏名")] == [
        ["氏名（新規登録）", "", "伊藤正雄"]
    ]


def test_export_runs_no_formula_and_keeps_figures(page, ito):
    save(ito, at=timezone.now() + MINUTE, occupation="=1+1", net_worth=-5, phone="+81-90-1")

    after = {row[6]: row[8] for row in exported(page, ito)}

    assert (after["職業"], after["純資産（円）"], after["電話番号"]) == ("'=1+1", "-5", "'+81-90-1")


def test_export_holds_more_than_one_page(page, ito):
    for number in range(PAGE_SIZE + 5):
        save(ito, phone=str(number))

    assert len(exported(page, ito, item="customer.phone")) > PAGE_SIZE + 5


def test_export_is_logged_with_its_rows_and_conditions(page, changed, tanaka):
    exported(page, changed, source="import")

    record = AccessRecord.objects.get()
    assert (record.user, record.customer, record.act, record.rows) == (tanaka, changed, "export", 1)
    assert record.detail == "変更履歴 ?source=import"


def test_export_with_a_wrong_filter_is_refused(page, ito):
    url = reverse("customers:history-export", args=[ito.pk], query={"date_to": "x"})

    assert page.get(url).status_code == 400
    assert not AccessRecord.objects.exists()
