"""The conditions of the customer list."""

import datetime

import pytest
from django.utils import timezone

from customers.models import Customer
from tests.factories import (
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)

URL = "/customers"
TODAY = datetime.date(2027, 2, 28)


def names(client, query):
    return sorted(row.name for row in client.get(f"{URL}?{query}").context["page"].rows)


def notice(client, query):
    """What the page says it has left at its default."""
    parts = client.get(f"{URL}?{query}").text.split('class="notice notice-warn"')[1:]
    return parts[0].split("<span>")[1].split("は")[0] if parts else ""


def refused(client, query):
    """The conditions that the page says it cannot read."""
    parts = client.get(f"{URL}?{query}").text.split("<p>条件「")[1:]
    return parts[0].split("」は、")[0] if parts else ""


@pytest.fixture
def two(tanaka):
    """甲 has one value of everything that filters, 乙 another."""
    first = CustomerFactory(
        name="甲",
        kind="individual",
        birth_date="1940-01-01",
        risk_tolerance="1",
        investment_experience="初心者",
        sales_rep=tanaka,
    )
    second = CustomerFactory(
        name="乙",
        kind="corporation",
        birth_date="1990-01-01",
        risk_tolerance="5",
        investment_experience="上級者",
        sales_rep=tanaka,
    )
    days = timezone.localdate() + datetime.timedelta(days=30)
    bond = ProductFactory(category_code="BOND")
    stock = ProductFactory(category_code="STOCK")
    HoldingFactory(customer=first, product=bond, current_value=30_000_000, maturity_date=days)
    HoldingFactory(customer=second, product=stock, current_value=1_000)
    long_ago = timezone.now() - datetime.timedelta(days=91)
    SalesNoteFactory(customer=first, created_at=long_ago)
    SalesNoteFactory(customer=second)
    return first, second


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=individual", ["甲"]),
        ("age=80-", ["甲"]),
        ("risk=1", ["甲"]),
        ("risk=1&risk=5", ["乙", "甲"]),
        ("experience=上級者", ["乙"]),
        ("category=BOND", ["甲"]),
        ("category=BOND&category=STOCK", ["乙", "甲"]),
        ("category=FUND", []),
        ("assets=3000万", ["甲"]),
        ("assets=30,000,001", []),
        ("maturity=30", ["甲"]),
        ("maturity=29", []),
        ("quiet=90", ["甲"]),
        ("quiet=92", []),
        ("status=archived", []),
        ("status=all", ["乙", "甲"]),
        ("maturity=９０", ["甲"]),
        ("maturity=90日", ["甲"]),
        ("assets=3千万", ["甲"]),
        ("risk=5&category=BOND", []),
        ("q=甲&risk=5", []),
        ("", ["乙", "甲"]),
    ],
)
def test_condition_narrows_the_list(page, two, query, found):
    assert names(page, query) == found


@pytest.mark.parametrize(("within", "found"), [(6, []), (7, ["伊藤正雄"]), (90, ["伊藤正雄"])])
def test_condition_of_repayment_takes_the_products_day_where_the_holding_has_none(
    page, ito, within, found
):
    due = timezone.localdate() + datetime.timedelta(days=7)
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=due))

    assert names(page, f"maturity={within}") == found


@pytest.mark.parametrize(
    "fields",
    [{"maturity_date": "2050-01-01"}, {"status": "matured"}, {"status": "sold"}],
    ids=["own-day", "paid-back", "sold"],
)
def test_products_day_counts_neither_beside_an_own_one_nor_of_what_is_gone(page, ito, fields):
    due = timezone.localdate() + datetime.timedelta(days=7)
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=due), **fields)

    assert names(page, "maturity=90") == []


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (23, 59)], ids=["first", "last"])
def test_condition_of_no_contact_counts_days_as_the_list_says_them(page, ito, hour, minute):
    now = timezone.localtime() - datetime.timedelta(days=90)
    SalesNoteFactory(customer=ito, created_at=now.replace(hour=hour, minute=minute))

    text = page.get(f"{URL}?quiet=90").text

    assert (names(page, "quiet=90"), names(page, "quiet=91")) == ([ito.name], [])
    assert "90日前" in text


def test_condition_of_no_contact_meets_those_who_never_had_one(page, ito):
    assert names(page, "quiet=1") == [ito.name]


def test_conditions_of_holdings_leave_out_what_was_sold(page, two):
    for holding in two[0].holdings.all():
        holding.status = "sold"
        holding.save()

    assert names(page, "maturity=90") == names(page, "category=BOND") == []


def test_condition_of_archived_shows_them_alone(page, two):
    two[0].archive()

    assert names(page, "status=archived") == ["甲"]
    assert names(page, "") == ["乙"]


def test_office_filters_by_adviser_and_branch(client, office, ito, nakamura):
    CustomerFactory(name="担当のない人")
    client.force_login(office)

    assert names(client, f"adviser={ito.sales_rep_id}") == ["伊藤正雄"]
    assert names(client, "adviser=none") == ["担当のない人"]
    assert names(client, "branch=大阪支店") == ["中村健一"]


@pytest.mark.parametrize(
    ("born", "youngest", "eldest", "inside"),
    [
        ("1952-02-28", 75, 79, True),
        ("1952-02-29", 75, 79, False),
        ("1947-02-28", 75, 79, False),
        ("1947-03-01", 75, 79, True),
        ("1952-03-01", None, 74, True),
        ("1947-02-28", 80, None, True),
        (None, None, 39, False),
    ],
)
def test_age_ends_on_the_birthday(db, born, youngest, eldest, inside):
    CustomerFactory(birth_date=born)

    assert Customer.objects.aged_between(youngest, eldest, today=TODAY).exists() == inside


@pytest.mark.parametrize("leap", [datetime.date(2028, 2, 29), datetime.date(2028, 3, 1)])
@pytest.mark.parametrize("born", ["1952-02-28", "1952-02-29", "1953-02-28", "1953-03-01"])
def test_age_of_the_condition_is_the_age_of_the_record(db, leap, born):
    customer = CustomerFactory(birth_date=born)
    customer.refresh_from_db()
    age = customer.age_on(leap)

    assert Customer.objects.aged_between(age, age, today=leap).get() == customer


# --- What the person may see, and what makes no sense --------------------------------------
UNREADABLE = [
    ("age=abc", "年齢"),
    ("risk=9", "リスク許容度"),
    ("risk=3&risk=9", "リスク許容度"),
    ("maturity=0", "償還までの日数"),
    ("maturity=" + "9" * 40, "償還までの日数"),
    ("quiet=x&kind=x", "区分」「連絡のない日数"),
    ("assets=-1", "預り資産"),
    ("assets=たくさん", "預り資産"),
    ("adviser=99999999999999999999", "担当"),
    ("adviser=none", "担当"),
    ("status=x", "状態"),
    ("q=" + "あ" * 201, "検索する言葉"),
]


@pytest.mark.parametrize(("query", "labels"), UNREADABLE)
def test_condition_that_makes_no_sense_finds_nobody_and_says_so(page, ito, query, labels):
    assert (names(page, query), refused(page, query)) == ([], labels)


@pytest.mark.parametrize(
    ("query", "mend"),
    [
        ("assets=たくさん", "2500万 または 25,000,000"),
        ("maturity=0", "1から3,650までの日数"),
        ("quiet=しばらく", "1から3,650までの日数"),
        ("q=" + "あ" * 201, "200文字以内で入力してください（いまは201文字です）"),
    ],
    ids=["assets", "maturity", "quiet", "q"],
)
def test_typed_condition_that_is_not_read_says_how_to_write_it(page, ito, query, mend):
    assert mend in page.get(f"{URL}?{query}").context["query"].problem


@pytest.mark.parametrize("query", ["assets=たくさん", "quiet=0", "age=abc"])
def test_refused_condition_is_described_by_its_error(page, ito, query):
    text = page.get(f"{URL}?{query}").text

    described = f"id_{query.partition('=')[0]}_error"
    assert [text.count(f'{name}="{described}"') for name in ("aria-describedby", "id")] == [1, 1]


@pytest.mark.parametrize(("query", "labels"), UNREADABLE)
def test_links_of_a_list_that_found_nobody_find_nobody(page, ito, query, labels):
    link = page.get(f"{URL}?{query}").context["query"].link(sort="age")

    assert names(page, link.removeprefix("?")) == []


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("sort=password", "「並び」"),
        ("cols=password", "「列の表示」"),
        ("nosuchthing=1", ""),
        ("view=12345678901234567890", ""),
    ],
)
def test_looks_that_make_no_sense_are_the_usual_ones(page, ito, query, left_out):
    assert (names(page, query), notice(page, query)) == ([ito.name], left_out)


@pytest.mark.parametrize("who", ["tanaka", "manager"])
def test_condition_does_not_answer_for_hidden_colleagues(request, client, who, ito, nakamura):
    client.force_login(request.getfixturevalue(who))
    query = f"adviser={nakamura.sales_rep_id}&branch=大阪支店"

    assert names(client, query) == []
    assert refused(client, query) == "担当」「支店"
    assert "鈴木一郎" not in client.get(f"{URL}?{query}").text


def test_choices_of_the_manager_are_the_branchs_people(client, manager, ito, nakamura):
    client.force_login(manager)

    choices = client.get(URL).context["query"].fields["adviser"].choices

    people = [(str(manager.pk), "橋本部長（BM001）"), (str(ito.sales_rep_id), "田中太郎（SR001）")]
    assert choices == [("", "指定なし"), *people]


@pytest.mark.parametrize("query", ["adviser={0.pk}", "branch={0.branch}"])
def test_condition_stays_one_when_the_last_customer_has_left(client, office, suzuki, ito, query):
    client.force_login(office)

    query = query.format(suzuki)

    assert (names(client, query), refused(client, query)) == ([], "")


def test_condition_that_cannot_be_read_is_a_chip_that_can_be_taken_off(page, ito):
    query = page.get(f"{URL}?age=abc&risk=3").context["query"]

    assert list(query.chips())[0] == {"text": "年齢（読み取れない条件）", "without": "?risk=3"}


# --- Chips and links ------------------------------------------------------------------------
def test_chips_say_the_conditions_and_lead_to_the_list_without_each(page, two):
    query = page.get(f"{URL}?assets=3000万&maturity=90&risk=1&risk=3&sort=age").context["query"]

    assert list(query.chips())[1:] == [
        {"text": "預り資産 3,000万円以上", "without": "?risk=1&risk=3&maturity=90&sort=age"},
        {"text": "償還 90日以内", "without": "?risk=1&risk=3&assets=30000000&sort=age"},
    ]
    assert next(query.chips())["text"] == "リスク許容度 1 保守的・3 中立"


def test_clearing_keeps_order_and_columns(page, two):
    query = page.get(f"{URL}?q=甲&maturity=90&sort=age&cols=code&view=due").context["query"]

    assert query.cleared() == "?sort=age&cols=code"


def test_list_without_hits_names_the_conditions(page, ito):
    text = page.get(f"{URL}?age=80-&category=BOND").text

    assert "条件に当てはまる顧客はいません" in text
    assert "年齢 80歳以上・保有 債券" in text


# --- Columns --------------------------------------------------------------------------------
def heads(client, query=""):
    return [head["name"] for head in client.get(f"{URL}?{query}").context["query"].heads()]


def test_columns_of_an_adviser_leave_out_who_is_in_charge(page, ito):
    assert "adviser" not in heads(page)


def test_no_column_chosen_is_the_name_alone(page, ito):
    text = page.get(URL).text

    assert '<input type="hidden" name="cols" value="name_kana">' in text
    assert heads(page, "cols=name_kana") == ["name_kana"]


def test_chosen_columns_stand_alone_beside_the_name(page, ito):
    text = page.get(f"{URL}?cols=phone&cols=market").text

    assert heads(page, "cols=phone&cols=market") == ["name_kana", "market", "phone"]
    assert '<td class="nowrap" data-label="電話番号">090-1111-1111</td>' in text
    assert 'class="cell-code' not in text
