"""Pages and orders of the back office's lists: every row within reach, as the pages sort."""

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.factories import AdviserFactory, CustomerFactory, HoldingFactory, TaskFactory

CUSTOMERS = reverse("admin:customers_customer_changelist")
HOLDINGS = reverse("admin:customers_holding_changelist")
HEADS = {"code": 1, "name": 2, "age": 3, "job": 4, "risk": 5, "experience": 6, "income": 7}
HEADS |= {"worth": 8, "adviser": 9, "updated": 10}
DAYS = ("2026-01-01", "2026-12-31", None)


@pytest.fixture
def desk(client, office):
    """A session of the back office."""
    client.force_login(office)
    return client


@pytest.fixture
def book(db, settings):
    """120 customers where the count stops at 60, with ties and gaps in what sorts."""
    settings.API_COUNT_CAP = 60
    rows = CustomerFactory.build_batch(120)
    people = [None, AdviserFactory(name="あ"), AdviserFactory(name="い")]
    for number, row in enumerate(rows):
        row.customer_code = f"C{number * 7 % 120}" if number % 5 else None
        row.name_kana = [None, "アオキ", "イトウ"][number % 3]
        row.birth_date = [None, "1950-01-01", "1990-01-01"][number % 3]
        row.annual_income = row.net_worth = [None, 0, 10**9][number % 3]
        row.investment_experience = [None, "初心者", "上級者", "その他"][number % 4]
        row.sales_rep = people[number % 3]
    Customer.objects.without_history().bulk_create(rows)


def walk(client, address, link="next_link"):
    """The rows of each page from `address` on, and the address of the last page."""
    pages = []
    while address:
        last, cl = address, client.get(address).context["cl"]
        pages.append([row.pk for row in cl.result_list])
        address = getattr(cl, link) and address.split("?")[0] + getattr(cl, link)
    return pages, last


@pytest.mark.parametrize("sign", ["", "-"], ids=["up", "down"])
@pytest.mark.parametrize("head", HEADS)
def test_pages_meet_every_customer_once_in_the_order_of_the_page(desk, book, head, sign):
    pages, last = walk(desk, f"{CUSTOMERS}?o={sign}{HEADS[head]}")
    back, _ = walk(desk, last, "previous_link")

    assert [len(rows) for rows in pages] == [50, 50, 20]
    assert len(set(sum(pages, []))) == 120
    assert sum(back[::-1], []) == sum(pages, [])


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("code", ["C9", "C10", "C11"]),
        ("experience", ["C10", "C11", "C9"]),
        ("income", ["C11", "C10", "C9"]),
        ("age", ["C10", "C11", "C9"]),
        ("adviser", ["C11", "C10", "C9"]),
    ],
)
@pytest.mark.parametrize("sign", ["", "-"], ids=["up", "down"])
def test_customers_are_sorted_as_on_the_page_with_blanks_last(desk, head, found, sign):
    advisers = [AdviserFactory(name=name) for name in ("い", "あ")]
    values = [("C10", "初心者", 5, "1990-01-01", advisers[0])]
    values += [("C11", "上級者", 3, "1950-01-01", advisers[1]), ("C9", None, None, None, None)]
    for code, experience, income, born, adviser in values:
        CustomerFactory(
            customer_code=code,
            investment_experience=experience,
            annual_income=income,
            birth_date=born,
            sales_rep=adviser,
        )

    rows = desk.get(CUSTOMERS, {"o": f"{sign}{HEADS[head]}"}).context["cl"].result_list

    turned = [*found[:2][::-1], found[2]] if head != "code" else found[::-1]
    assert [row.customer_code for row in rows] == (turned if sign else found)


def test_pages_of_a_search_stay_within_the_search(desk, book):
    CustomerFactory(name="大野達也")

    pages, _ = walk(desk, f"{CUSTOMERS}?q=顧客&o=1")

    assert [len(rows) for rows in pages] == [50, 50, 20]


def test_further_page_asks_no_more_than_the_first(desk, book, django_assert_max_num_queries):
    _, last = walk(desk, CUSTOMERS)

    with django_assert_max_num_queries(6):
        desk.get(last)


def test_pager_says_where_one_is(desk, book):
    first = desk.get(CUSTOMERS)
    second = desk.get(CUSTOMERS + first.context["cl"].next_link)

    assert "<span>1〜50件目</span>" in first.text
    assert "<span>51〜100件目</span>" in second.text
    assert ("前へ" in first.text, "前へ" in second.text) == (False, True)


@pytest.mark.parametrize("position", ["2", "99999", "x", "A" * 3000])
def test_position_that_is_none_leads_to_the_first_page_of_the_same_list(desk, book, position):
    page = desk.get(CUSTOMERS, {"p": position, "o": "1"})

    assert page.context["cl"].page.range == (1, 50)
    assert page.context["cl"].result_list[0].code == "C1"


def test_position_shows_nobody_another_may_see(desk, book, client, manager, ito):
    second = CUSTOMERS + desk.get(CUSTOMERS).context["cl"].next_link
    client.force_login(manager)

    rows = client.get(second).context["cl"].result_list

    assert {row.sales_rep.branch for row in rows} <= {manager.branch}


@pytest.mark.parametrize("head", range(1, 10))
def test_list_of_holdings_is_walked_in_every_order(desk, ito, head):
    for number in range(60):
        value = None if number % 3 else number % 5
        HoldingFactory(customer=ito, current_value=value, maturity_date=None)

    pages, _ = walk(desk, f"{HOLDINGS}?o={head}")

    assert [len(rows) for rows in pages] == [50, 10]


def test_list_of_tasks_begins_with_what_is_due_first(desk, ito):
    late, soon, undated = (TaskFactory(customer=ito, due_date=day) for day in DAYS)

    rows = desk.get(reverse("admin:customers_task_changelist")).context["cl"].result_list

    assert rows == [late, soon, undated]


def test_list_of_customers_leads_to_the_page_with_columns_and_kept_conditions(desk, ito):
    assert '<a href="/customers">列・保存した条件（顧客一覧）</a>' in desk.get(CUSTOMERS).text


# --- What cannot be read ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("adviser=x", "担当"),
        ("adviser=99999", "担当"),
        ("branch=ない支店", "支店"),
        ("age=abc", "年齢"),
        ("risk=9&quiet=0", "リスク許容度」「連絡のない日数"),
        ("archived=x", "保管"),
    ],
)
def test_condition_that_cannot_be_read_finds_nobody_and_is_named(desk, ito, query, label):
    page = desk.get(f"{CUSTOMERS}?{query}")

    assert page.context["cl"].result_list == []
    assert f"条件「{label}」は、値が正しくないか、見られる範囲にありません" in page.text


def test_condition_without_any_choice_is_named_too(desk, office):
    office.branch = None
    office.save()
    CustomerFactory()

    page = desk.get(CUSTOMERS, {"branch": "大阪支店"})

    assert page.context["cl"].result_list == []
    assert "条件「支店」は、" in page.text


@pytest.mark.parametrize("query", ["adviser=99999", "q=" + "伊" * 201])
def test_act_on_all_of_a_list_that_cannot_be_read_meets_nobody(desk, ito, query):
    data = {"action": "archive_selected", "_selected_action": [ito.pk], "select_across": "1"}

    page = desk.post(f"{CUSTOMERS}?{query}", data, follow=True)

    assert not Customer.objects.archived().exists()
    assert "保管しました" not in page.text


@pytest.mark.parametrize("query", ["adviser=99999", "done=x"])
def test_list_of_tasks_names_the_condition_that_cannot_be_read(desk, ito, query):
    TaskFactory(customer=ito)

    page = desk.get(f"{reverse('admin:customers_task_changelist')}?{query}")

    assert page.context["cl"].result_list == []
    assert 'class="errornote"' in page.text


@pytest.mark.parametrize(("url", "longest"), [(CUSTOMERS, 200), (HOLDINGS, 100)])
def test_search_that_is_too_long_finds_nothing_and_says_so(desk, ito, url, longest):
    HoldingFactory(customer=ito)

    page = desk.get(url, {"q": "伊" * (longest + 1)})

    words = f"検索する言葉は{longest}文字以内で入力してください（いまは{longest + 1}文字です）。"
    assert (page.context["cl"].result_list, words in page.text) == ([], True)
