"""Every line of an act on many, old → new, as a file: before it is done and after."""

import csv
import io

import pytest

from customers.models import AccessRecord, Customer
from tests.customers.test_batch_undo import edited, path
from tests.customers.test_bulk_edit import PATH, choice
from tests.customers.trails import save
from tests.factories import TaskFactory
from wealthai.models import ChangeBatch
from wealthai.tracking import create_many


def read(response):
    data = b"".join(response.streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def files_of(customer):
    return AccessRecord.objects.about([customer]).filter(act="export").count()


@pytest.fixture
def many(tanaka):
    """More customers of Tanaka than a page shows."""
    return create_many(Customer, [Customer(name=f"顧客{n}", sales_rep=tanaka) for n in range(203)])


# --- Before -----------------------------------------------------------------------------------


def test_preview_as_a_file_holds_old_and_new_of_everybody(page, ito, many):
    head, first, *rest = read(page.post(PATH, choice(ito, *many, step="csv")))

    assert head == ["顧客コード", "氏名", "項目", "変更前", "変更後"]
    assert first == ["C001", "伊藤正雄", "リスク許容度", "3 中立", "4 やや積極的"]
    assert len(rest) == 203


def test_preview_as_a_file_changes_nothing_and_is_on_record(page, tanaka, ito):
    read(page.post(PATH, choice(ito, step="csv", reason="面談で確認")))

    record = AccessRecord.objects.get()
    assert (record.user, record.act, record.rows) == (tanaka, "export", 1)
    assert record.detail == "一括編集の確認 リスク許容度 → 4 やや積極的（1名）"
    assert (Customer.objects.get().risk_tolerance, ChangeBatch.objects.count()) == ("3", 0)


def test_preview_as_a_file_is_about_visible_customers_only(page, ito, nakamura):
    rows = read(page.post(PATH, choice(ito, nakamura, step="csv")))

    assert [row[0] for row in rows[1:]] == ["C001"]


def test_preview_as_a_file_is_found_by_its_customers(page, ito, ono):
    read(page.post(PATH, choice(ito, step="csv")))

    assert [files_of(one) for one in (ito, ono)] == [1, 0]


# --- After ------------------------------------------------------------------------------------


def test_act_as_a_file_holds_every_line(page, tanaka, many):
    batch = edited(tanaka, *many, risk_tolerance="4")

    head, *rows = read(page.get(path(batch, "export")))

    assert head[3:6] == ["項目", "変更前", "変更後"]
    assert len(rows) == 203
    assert rows[0][1:] == ["顧客0", "顧客", "リスク許容度", "―", "4 やや積極的", ""]


def test_act_as_a_file_says_what_undoing_would_leave_and_why(page, tanaka, ito, ono):
    batch = edited(tanaka, ito, ono, risk_tolerance="4")
    ito.refresh_from_db()
    save(ito, risk_tolerance="5")

    rows = read(page.get(path(batch, "export")))

    assert {row[0]: row[-1] for row in rows[1:]} == {"C001": "その後に変更", "C012": ""}


def test_act_as_a_file_tells_the_tasks_too(client, office, ito, tanaka, suzuki):
    TaskFactory(customer=ito, assignee=tanaka, title="電話")
    batch = edited(office, ito, sales_rep_id=suzuki.pk)
    client.force_login(office)

    rows = read(client.get(path(batch, "export")))

    assert [row[2:6] for row in rows[1:]] == [
        ["顧客", "担当者", "田中太郎", "鈴木一郎"],
        ["タスク「電話」", "担当者", "田中太郎", "鈴木一郎"],
    ]


def test_act_as_a_file_leaves_out_whom_the_person_does_not_see(page, tanaka, suzuki, ito, ono):
    batch = edited(tanaka, ito, ono, risk_tolerance="4")
    ono.refresh_from_db()
    save(ono, sales_rep=suzuki)

    assert [row[0] for row in read(page.get(path(batch, "export")))[1:]] == ["C001"]


def test_act_as_a_file_is_on_record(page, tanaka, ito):
    batch = edited(tanaka, ito, risk_tolerance="4")
    read(page.get(path(batch, "export")))

    record = AccessRecord.objects.get()
    assert (record.act, record.rows, record.detail) == ("export", 1, f"一括変更 {batch}")


def test_act_of_somebody_else_is_no_file(client, suzuki, tanaka, ito):
    batch = edited(tanaka, ito, risk_tolerance="4")
    client.force_login(suzuki)

    assert client.get(path(batch, "export")).status_code == 404


def test_formula_in_a_value_is_none_in_the_file(page, tanaka, ito):
    batch = edited(tanaka, ito, occupation="=1+1")

    assert read(page.get(path(batch, "export")))[1][5] == "'=1+1"


def test_act_as_a_file_is_found_by_its_customers(client, office, ito, ono, tanaka, suzuki):
    TaskFactory(customer=ito, assignee=tanaka)
    batch = edited(office, ito, sales_rep_id=suzuki.pk)
    client.force_login(office)

    read(client.get(path(batch, "export")))

    assert [files_of(one) for one in (ito, ono)] == [1, 0]
