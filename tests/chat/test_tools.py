"""What the model may look up: exactly what the adviser's own screens show."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import lookups, tools
from chat.blocks import ToolCall
from chat.context import facts_about
from chat.masking import masker_for
from customers.models import Customer, Holding
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)

pytestmark = pytest.mark.django_db


def used(name, user, masker=None, **given):
    return tools.use(ToolCall("t1", name, given), user, masker or masker_for([]))


def in_days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def bond(ito):
    product = ProductFactory(product_name="トヨタ社債", currency="USD")
    return HoldingFactory(customer=ito, product=product, maturity_date=in_days(20))


def test_bond_near_maturity_is_found_over_all_customers(tanaka, bond):
    result = used("maturities", tanaka, days=30, category="BOND")

    version = bond.history.latest().pk
    assert [one.uri for one in result.sources] == [f"crm://holding/{bond.pk}@{version}"]
    assert (result.rows, "トヨタ社債" in result.texts[0]) == (1, True)


@pytest.mark.parametrize("name", ["maturities", "holdings"])
def test_holding_without_a_day_is_told_with_its_products(tanaka, ito, name):
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=in_days(7)))
    asked = {"maturities": {"days": 7}, "holdings": {"customer": "C001"}}

    result = used(name, tanaka, **asked[name])

    assert [str(in_days(7)) in text for text in result.texts] == [True]


def test_maturities_are_told_in_the_order_of_their_days(tanaka, ito):
    for days in (9, 7):
        HoldingFactory(customer=ito, product=ProductFactory(maturity_date=in_days(days)))
    HoldingFactory(customer=ito, maturity_date=in_days(8))

    rows = [facts["maturity_date"] for facts, _ in lookups.maturities(tanaka, 30).rows]

    assert rows == [in_days(7), in_days(8), in_days(9)]


def test_records_of_a_customer_tell_the_products_day(ito):
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=in_days(7)))

    assert [one["maturity_date"] for one in facts_about(ito)["holdings"]] == [in_days(7)]


@pytest.mark.parametrize("days", [-1, 31])
def test_bond_that_matures_outside_the_days_is_not_told(tanaka, ito, days):
    HoldingFactory(
        customer=ito, purchase_date=datetime.date(2020, 1, 1), maturity_date=in_days(days)
    )

    assert used("maturities", tanaka, days=30).rows == 0


def test_customer_affected_by_an_event_is_found_by_the_currency(tanaka, bond):
    event = EconomicEventFactory(affected_currencies=["USD"])

    result = used("affected_customers", tanaka, event_id=event.pk)

    assert [one.label for one in result.sources][1:] == ["伊藤正雄 保有 トヨタ社債"]


def test_customer_affected_by_an_event_is_found_by_the_sector(tanaka, bond):
    event = EconomicEventFactory(affected_sectors=["トヨタ", "全セクター"])

    assert used("affected_customers", tanaka, event_id=event.pk).rows == 2


def test_malformed_lists_of_an_event_affect_nobody(tanaka, bond):
    event = EconomicEventFactory(affected_currencies="USD", affected_sectors={"a": 1})

    assert used("affected_customers", tanaka, event_id=event.pk).rows == 1


def test_money_is_read_out_of_free_notes(tanaka, ito):
    SalesNoteFactory(customer=ito, content="来春に退職金3千万円が入るとのこと。")
    SalesNoteFactory(customer=ito, content="ゴルフの話。")

    result = used("notes", tanaka, about_money=True)

    assert (result.rows, "退職金3千万円" in result.texts[0]) == (1, True)


@pytest.fixture
def few_read(monkeypatch):
    monkeypatch.setattr(lookups, "NOTES_READ", 2)


@pytest.mark.parametrize("asked", [{"words": "退職金"}, {"about_money": True}])
def test_words_are_sought_in_the_newest_notes_only(tanaka, ito, few_read, asked):
    for number in range(4):
        SalesNoteFactory(customer=ito, content=f"退職金{number}千万円")

    result = used("notes", tanaka, **asked)

    assert [text[-200:].count("退職金") for text in result.texts] == [1, 1]
    assert (result.content[-1], result.searched) == ({"text": tools.BOUND.format(2)}, 2)


def test_where_nothing_is_found_the_bound_is_told_too(tanaka, ito, few_read):
    SalesNoteFactory.create_batch(3, customer=ito, content="ゴルフの話。")

    result = used("notes", tanaka, words="退職金")

    assert [part["text"] for part in result.content] == [tools.NOTHING, tools.BOUND.format(2)]


@pytest.mark.parametrize("asked", [{}, {"words": "ゴルフ"}])
def test_no_bound_is_told_where_all_notes_were_read(tanaka, ito, nakamura, few_read, asked):
    SalesNoteFactory.create_batch(2, customer=ito, content="ゴルフの話。")
    SalesNoteFactory.create_batch(2, customer=nakamura, content="ゴルフの話。")

    result = used("notes", tanaka, **asked)

    assert (result.rows, result.searched, len(result.content)) == (2, None, 2)


def test_expected_money_is_told_with_its_customer(tanaka, ito):
    CashInflowFactory(customer=ito, predicted_date=in_days(5))

    result = used("cash_inflows", tanaka, customer="C001", days=10)

    assert '"customer_code": "C001"' in result.texts[0]


def test_customer_is_found_by_words(tanaka, ito, nakamura):
    assert used("find_customers", tanaka, words="伊藤").customers == {ito.pk}
    assert used("find_customers", tanaka, words="中村").rows == 0


@pytest.mark.parametrize(("days", "rows"), [(-31, 0), (-30, 1), (90, 1), (91, 0)])
def test_event_of_these_days_is_found_by_its_title(tanaka, days, rows):
    EconomicEventFactory(title="米FOMC", event_date=in_days(days))

    assert used("events", tanaka, words="FOMC").rows == rows


def test_product_is_found_with_its_rate_as_people_write_it(tanaka):
    ProductFactory(product_name="国債", interest_rate="0.0050")

    assert '"interest_rate": "0.5%"' in used("products", tanaka, words="国債").texts[0]


def test_customer_is_asked_for_by_the_token_that_the_model_knows(tanaka, bond, ito):
    masker = masker_for([ito])

    assert used("holdings", tanaka, masker, customer="［顧客A］").rows == 1


def test_no_name_leaves_in_a_result(tanaka, ito, nakamura):
    SalesNoteFactory(customer=ito, content="伊藤様は中村健一様の紹介。電話 090-1111-1111。")

    sent = str(used("notes", tanaka).content)

    assert [word for word in ("伊藤", "中村", "090") if word in sent] == []


def test_result_tells_whose_records_it_holds(tanaka, bond, ito):
    assert used("holdings", tanaka, customer="C001").customers == {ito.pk}


@pytest.mark.parametrize("name", ["customer_card", "holdings", "notes", "cash_inflows"])
def test_forbidden_archived_and_missing_customer_give_the_same(tanaka, nakamura, ono, name):
    for owner in (nakamura, ono):
        HoldingFactory(customer=owner)
        SalesNoteFactory(customer=owner)
        CashInflowFactory(customer=owner, predicted_date=in_days(5))
    ono.archive()

    results = [used(name, tanaka, customer=code) for code in ("C003", "C012", "C999")]

    assert results == [tools.Result([{"text": tools.NOTHING}])] * 3


@pytest.mark.parametrize("name", ["customer_card", "holdings", "notes", "cash_inflows"])
def test_customer_kept_from_the_ai_is_like_a_missing_one(tanaka, ito, bond, name):
    SalesNoteFactory(customer=ito)
    CashInflowFactory(customer=ito, predicted_date=in_days(5))
    ito.ai_excluded = True
    ito.save()

    assert used(name, tanaka, customer="C001") == tools.Result([{"text": tools.NOTHING}])


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("delete_customer", {}),
        ("holdings", None),
        ("holdings", {}),
        ("holdings", {"customer": 3}),
        ("holdings", {"customer": "C001", "also": "C003"}),
        ("maturities", {"days": "many"}),
        ("maturities", {"days": 10**9}),
        ("products", {"category": "GOLD"}),
        ("find_customers", {"words": "\x00"}),
        ("affected_customers", {"event_id": 2**40}),
    ],
)
def test_what_the_model_writes_wrongly_is_answered_to_it(tanaka, name, given):
    result = tools.use(ToolCall("t1", name, given), tanaka, masker_for([]))

    assert (result.status, result.rows) == ("error", 0)


def test_long_result_is_cut_and_says_so(tanaka, ito):
    SalesNoteFactory.create_batch(lookups.LIMIT + 1, customer=ito)

    result = used("notes", tanaka)

    assert (result.rows, result.content[-1]) == (lookups.LIMIT, {"text": tools.CUT})


def test_long_note_is_shortened(tanaka, ito):
    SalesNoteFactory(customer=ito, content="長" * 5000)

    assert "長" * tools.LONGEST_TEXT + "…（省略）" in used("notes", tanaka).texts[0]


def test_name_where_a_long_note_is_shortened_is_masked_whole(tanaka, ito):
    SalesNoteFactory(customer=ito, content="長" * (tools.LONGEST_TEXT - 2) + "伊藤正雄様")

    assert "伊藤" not in used("notes", tanaka).texts[0]


def test_every_tool_says_what_it_takes():
    for spec in (one["toolSpec"] for one in tools.specs()):
        schema = spec["inputSchema"]["json"]
        assert set(schema["required"]) <= set(schema["properties"])
        assert spec["description"].endswith("。")


ROLES = st.sampled_from(["tanaka", "suzuki", "manager", "office", "compliance"])
OWNERS = st.lists(st.tuples(st.sampled_from(["tanaka", "suzuki"]), st.booleans()), max_size=4)


FIXED_CAST = [HealthCheck.function_scoped_fixture]


@settings(max_examples=15, deadline=None, suppress_health_check=FIXED_CAST)
@given(role=ROLES, owners=OWNERS)
def test_no_tool_tells_more_than_the_screens(request, tanaka, suzuki, role, owners):
    user = request.getfixturevalue(role)
    customers = [owned_by(request.getfixturevalue(name), gone) for name, gone in owners]

    told = used("maturities", user, days=30)
    cards = [used("customer_card", user, customer=one.code) for one in customers]

    seen = Customer.objects.visible_to(user).active()
    screen = Holding.objects.visible_to(user).filter(customer__in=seen)
    assert told.customers == set(screen.values_list("customer", flat=True))
    assert [card.rows for card in cards] == [seen.filter(pk=one.pk).count() for one in customers]


def owned_by(adviser, is_archived):
    customer = CustomerFactory(sales_rep=adviser)
    HoldingFactory(customer=customer, maturity_date=in_days(10))
    if is_archived:
        customer.archive()
    return customer
