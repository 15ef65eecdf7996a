import random
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test.utils import override_script_prefix
from django.utils import timezone

from customers.models import Customer
from tests.factories import CustomerFactory

ORDERINGS = ["customer_id", "name_kana", "birth_date", "net_worth", "updated_at"]


@pytest.fixture
def book(tanaka):
    """17 customers with ties and gaps in every column that sorts."""
    chance = random.Random(7)
    start = timezone.now()
    for _ in range(17):
        customer = CustomerFactory(
            sales_rep=tanaka,
            name_kana=chance.choice([None, "アオキ", "イトウ", "ウエダ"]),
            net_worth=chance.choice([None, -5, 0, 2_500_000_000]),
            birth_date=chance.choice([None, "1955-11-08", "1960-01-01"]),
        )
        time = start - timedelta(microseconds=chance.randrange(4))
        Customer.objects.filter(pk=customer.pk).without_history().update(updated_at=time)


def walk(api, url, link="next"):
    """The ids of each page from `url` on, and the address of the last page."""
    pages = []
    while url:
        last, page = url, api.get(url).json()
        pages.append([row["customer_id"] for row in page["results"]])
        url = page[link]
    return pages, last


def sorted_ids(ordering):
    column = ordering.removeprefix("-")
    sign = -1 if ordering.startswith("-") else 1
    rows = list(Customer.objects.order_by("customer_id")[::sign])
    known = [row for row in rows if getattr(row, column) is not None]
    known.sort(key=lambda row: getattr(row, column), reverse=sign < 0)
    return [row.pk for row in known] + [row.pk for row in rows if row not in known]


@pytest.mark.parametrize("sign", ["", "-"], ids=["up", "down"])
@pytest.mark.parametrize("column", ORDERINGS)
def test_paging_meets_every_row_once_in_order(api, book, column, sign):
    pages, _ = walk(api, f"/api/customers?page_size=4&ordering={sign}{column}")

    assert [len(page) for page in pages] == [4, 4, 4, 4, 1]
    assert sum(pages, []) == sorted_ids(sign + column)


@pytest.mark.parametrize("sign", ["", "-"], ids=["up", "down"])
@pytest.mark.parametrize("column", ORDERINGS)
def test_paging_back_meets_the_same_rows(api, book, column, sign):
    _, last = walk(api, f"/api/customers?page_size=4&ordering={sign}{column}")

    pages, first = walk(api, last, link="previous")

    assert sum(pages[::-1], []) == sorted_ids(sign + column)
    assert api.get(first).json()["previous"] is None


def test_paging_without_further_rows_has_no_links(api, book):
    page = api.get("/api/customers?page_size=17").json()

    assert (page["next"], page["previous"], len(page["results"])) == (None, None, 17)


def test_paging_of_nothing_is_an_empty_page(api):
    page = api.get("/api/customers").json()

    assert page == {
        "count": 0, "count_is_capped": False, "next": None, "previous": None, "results": []
    }  # fmt: skip


def test_paging_is_not_shifted_by_new_rows(api, book, tanaka):
    first = api.get("/api/customers?page_size=4").json()
    CustomerFactory(sales_rep=tanaka)

    rows = api.get(first["next"]).json()["results"]

    assert [row["customer_id"] for row in rows] == sorted_ids("-customer_id")[5:9]


def test_paging_keeps_the_filters_and_the_host(api, book):
    """Also when the caller did not escape the Japanese."""
    link = urlsplit(api.get("/api/customers?page_size=2&q=顧客").json()["next"])
    names = parse_qs(link.query)

    assert (link.scheme, link.netloc, link.path) == ("http", "testserver", "/api/customers")
    assert (names["q"], names["page_size"]) == (["顧客"], ["2"])


def test_paging_links_stay_below_the_prefix(api, book, settings):
    settings.FORCE_SCRIPT_NAME = "/crm"

    with override_script_prefix("/crm/"):
        link = api.get("/api/customers?page_size=2").json()["next"]

    assert urlsplit(link).path == "/crm/api/customers"


@pytest.mark.parametrize(
    ("cap", "count", "capped"), [(17, 17, False), (16, 16, True), (1, 1, True)]
)
def test_paging_counts_up_to_the_cap(api, book, settings, cap, count, capped):
    settings.API_COUNT_CAP = cap

    page = api.get("/api/customers").json()

    assert (page["count"], page["count_is_capped"]) == (count, capped)


def test_paging_counts_all_rows_on_every_page(api, book):
    second = api.get(api.get("/api/customers?page_size=4").json()["next"]).json()

    assert second["count"] == 17


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=x", "page_size"),
        ("page_size=%D9%A3", "page_size"),
        ("ordering=address", "ordering"),
        ("ordering=-customer_id,name", "ordering"),
        ("ordering=sales_rep__password", "ordering"),
        ("cursor=x", "cursor"),
        ("cursor=" + "A" * 3000, "cursor"),
        ("cursor=%00", "cursor"),
    ],
    ids=[
        "none", "over-200", "word", "arabic-digit", "not-listed", "two", "other-table",
        "not-ours", "long", "nul",
    ],
)  # fmt: skip
def test_paging_refuses_what_it_does_not_know(api, query, field):
    response = api.get(f"/api/customers?{query}")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_paging_takes_full_width_digits(api, book):
    assert len(api.get("/api/customers?page_size=３").json()["results"]) == 3


def test_paging_refuses_a_cursor_of_another_order(api, book):
    link = api.get("/api/customers?page_size=4&ordering=name_kana").json()["next"]

    response = api.get(link.replace("ordering=name_kana", "ordering=net_worth"))

    assert (response.status_code, list(response.json()["errors"])) == (400, ["cursor"])


def test_paging_reads_no_number_of_a_person_out_of_a_cursor(api, book):
    (message,) = api.get("/api/customers?cursor=123456789018").json()["errors"]["cursor"]

    assert message.startswith("この続きの位置は使えません。")


def test_paging_refuses_a_changed_cursor(api, book):
    link = api.get("/api/customers?page_size=4").json()["next"]

    assert api.get(link.replace("cursor=", "cursor=W")).status_code == 400


def test_paging_cursor_does_not_show_what_another_may_see(api, book, client, suzuki, nakamura):
    link = api.get("/api/customers?page_size=4").json()["next"]
    client.force_login(suzuki)

    ids = [row["customer_id"] for row in client.get(link).json()["results"]]

    assert ids == []
