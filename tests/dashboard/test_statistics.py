import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from chat.models import ChatExchange
from customers.models import CashInflow, Holding
from dashboard import statistics
from dashboard.scopes import Scope
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
)

TODAY = datetime.date(2026, 11, 24)
Status = ChatExchange.Status


def days(number):
    return TODAY + datetime.timedelta(number)


def japan(*moment):
    return timezone.make_aware(datetime.datetime(*moment))


def exchange(adviser, at=None, **fields):
    at = at or japan(2026, 11, 24, 9)
    return ChatExchange.objects.create(adviser=adviser, message="質問", created_at=at, **fields)


@pytest.fixture
def usd_bond(db):
    return ProductFactory(product_name="米国債10年", currency="USD")


# --- Scope and customers --------------------------------------------------------------------
def test_scope_names_what_each_role_sees(tanaka, manager, office):
    names = [Scope(user).words for user in (tanaka, manager, office)]

    assert names == ["自分の担当", "東京本店", "全社"]


def test_customers_counts_only_what_the_adviser_sees(tanaka, office, ito, nakamura):
    counts = [statistics.customers(Scope(user), TODAY).count for user in (tanaka, office)]

    assert counts == [1, 2]


def test_customers_leaves_out_archived_ones(tanaka, ito):
    ito.archive()

    assert statistics.customers(Scope(tanaka), TODAY).count == 0


def test_customers_month_begins_at_midnight_in_japan(tanaka):
    for moment in (japan(2026, 10, 31, 23, 59, 59), japan(2026, 11, 1)):
        CustomerFactory(sales_rep=tanaka, created_at=moment)

    figures = statistics.customers(Scope(tanaka), TODAY)

    assert (figures.count, figures.new_this_month) == (2, 1)


def test_customers_of_75_are_counted_from_their_birthday(tanaka):
    for day in (24, 25):
        CustomerFactory(sales_rep=tanaka, birth_date=datetime.date(1951, 11, day))

    assert statistics.customers(Scope(tanaka), TODAY).aged_75 == 1


def test_customers_of_75_born_on_a_leap_day_wait_for_march(tanaka):
    CustomerFactory(sales_rep=tanaka, birth_date=datetime.date(1952, 2, 29))
    ends_of_february = [datetime.date(2027, 2, 28), datetime.date(2027, 3, 1)]

    counts = [statistics.customers(Scope(tanaka), day).aged_75 for day in ends_of_february]

    assert counts == [0, 1]


def test_customers_of_75_can_be_asked_on_a_leap_day(tanaka):
    CustomerFactory(sales_rep=tanaka, birth_date=datetime.date(1953, 2, 28))

    assert statistics.customers(Scope(tanaka), datetime.date(2028, 2, 29)).aged_75 == 1


# --- Assets ---------------------------------------------------------------------------------
def test_assets_are_never_added_across_currencies(tanaka, ito, usd_bond):
    HoldingFactory(customer=ito, quantity=10, unit_price=1000, current_price=1200)
    HoldingFactory(customer=ito, quantity=3, unit_price=1000, current_value=Decimal("2500.50"))
    HoldingFactory(customer=ito, product=usd_bond, quantity=2, unit_price=100, current_price=90)

    found = statistics.assets(Scope(tanaka), TODAY).currencies

    assert [(part.unit, part.book, part.market, part.gain) for part in found] == [
        ("JPY", 13000, Decimal("14500.50"), Decimal("1500.50")),
        ("USD", 200, 180, -20),
    ]


def test_assets_count_what_has_no_price_and_guess_nothing(tanaka, ito):
    HoldingFactory(customer=ito, quantity=10, unit_price=1000, current_price=1200)
    HoldingFactory(customer=ito, quantity=5, unit_price=1000)

    yen = statistics.assets(Scope(tanaka), TODAY).yen

    assert (yen.holdings, yen.unpriced, yen.book, yen.market) == (2, 1, 15000, 12000)
    assert (yen.gain, yen.gain_percent) == (2000, 20)


def test_assets_without_any_price_have_no_market_value(tanaka, ito):
    HoldingFactory(customer=ito)

    yen = statistics.assets(Scope(tanaka), TODAY).yen

    assert (yen.market, yen.gain, yen.gain_percent) == (None, None, None)


def test_assets_of_a_colleague_are_not_counted(tanaka, office, ito, nakamura):
    HoldingFactory(customer=ito, quantity=10, unit_price=1000)
    HoldingFactory(customer=nakamura, quantity=70, unit_price=1000)

    books = [statistics.assets(Scope(user), TODAY).yen.book for user in (tanaka, office)]

    assert books == [10_000, 80_000]


def test_assets_leave_out_archived_customers_and_ended_holdings(tanaka, ito):
    HoldingFactory(customer=ito, status=Holding.Status.SOLD)
    gone = CustomerFactory(sales_rep=tanaka, archived_at=timezone.now())
    HoldingFactory(customer=gone)

    assert statistics.assets(Scope(tanaka), TODAY).currencies == []


def test_assets_are_split_by_category_largest_first(tanaka, ito):
    for code, quantity in (("FUND", 1), ("BOND", 3)):
        product = ProductFactory(category_code=code)
        HoldingFactory(customer=ito, product=product, quantity=quantity, current_price=1000)

    yen = statistics.assets(Scope(tanaka), TODAY).yen

    assert [(part.label, part.percent) for part in yen.categories] == [
        ("債券", 75),
        ("投資信託", 25),
    ]


def test_assets_say_when_a_holding_was_last_changed(tanaka, ito):
    HoldingFactory(customer=ito)
    last = HoldingFactory(customer=ito)

    assert statistics.assets(Scope(tanaka), TODAY).changed_at == last.updated_at


def test_assets_maturing_count_from_today_to_the_ninetieth_day(tanaka, ito):
    for number in (-1, 0, 90, 91):
        HoldingFactory(customer=ito, maturity_date=days(number))

    yen = statistics.assets(Scope(tanaka), TODAY).yen

    assert (yen.maturing, yen.maturing_book) == (2, 20_000)


# --- What comes next ------------------------------------------------------------------------
def test_maturities_are_ahead_or_late(tanaka, ito):
    late, today, last, _ = [
        HoldingFactory(customer=ito, maturity_date=days(number)) for number in (-1, 0, 90, 91)
    ]

    found = statistics.maturities(Scope(tanaka), TODAY)

    assert (found.ahead, found.late) == ([today, last], [late])
    assert (found.ahead_count, found.late_count) == (2, 1)


def test_maturities_use_the_products_date_where_the_holding_has_none(tanaka, ito):
    product = ProductFactory(maturity_date=days(7))
    holding = HoldingFactory(customer=ito, product=product)

    found = statistics.maturities(Scope(tanaka), TODAY)

    assert [(row, row.due) for row in found.ahead] == [(holding, days(7))]


def test_maturities_show_the_next_few_and_count_the_rest(tanaka, ito):
    for number in range(statistics.ROWS + 3):
        HoldingFactory(customer=ito, maturity_date=days(number))

    found = statistics.maturities(Scope(tanaka), TODAY)

    assert (len(found.ahead), found.ahead_count) == (statistics.ROWS, 9)


def test_maturities_of_a_colleague_are_hidden(tanaka, nakamura):
    HoldingFactory(customer=nakamura, maturity_date=days(7))

    assert statistics.maturities(Scope(tanaka), TODAY) == statistics.Schedule([], [])


def test_inflows_add_up_what_is_expected_and_what_is_sure(tanaka, ito):
    CashInflowFactory(customer=ito, predicted_date=days(90), confidence_level="high")
    CashInflowFactory(customer=ito, predicted_date=days(1), status="confirmed")
    CashInflowFactory(customer=ito, predicted_date=days(2), predicted_amount=500)

    found = statistics.inflows(Scope(tanaka), TODAY)

    assert (found.ahead_count, found.ahead[0].side_amount) == (3, 2_000_500)
    assert found.ahead[0].side_sure == 2_000_000


def test_inflows_leave_out_what_came_was_cancelled_or_is_far_off(tanaka, ito):
    for status in (CashInflow.Status.RECEIVED, CashInflow.Status.CANCELLED):
        CashInflowFactory(customer=ito, predicted_date=days(1), status=status)
    CashInflowFactory(customer=ito, predicted_date=days(91))

    assert statistics.inflows(Scope(tanaka), TODAY) == statistics.Schedule([], [])


def test_inflows_past_their_day_are_late(tanaka, ito, nakamura):
    late = CashInflowFactory(customer=ito, predicted_date=days(-1))
    CashInflowFactory(customer=nakamura, predicted_date=days(-1))

    assert statistics.inflows(Scope(tanaka), TODAY).late == [late]


def test_events_ahead_come_first_then_the_latest_behind(db):
    for number in (-30, 9, -1, 2):
        EconomicEventFactory(event_date=days(number))

    found = [(event.event_date, event.is_past) for event in statistics.events(TODAY)]

    assert found == [(days(2), 0), (days(9), 0), (days(-1), 1), (days(-30), 1)]


# --- Use of the AI --------------------------------------------------------------------------
def test_chat_use_adds_up_today_and_the_month(tanaka):
    exchange(tanaka, input_tokens=100, cache_read_tokens=20, output_tokens=7, cost_yen="1.25")
    exchange(tanaka, status=Status.FAILED)
    exchange(tanaka, japan(2026, 11, 1), status=Status.INTERRUPTED, input_tokens=5, cost_yen="0.5")
    exchange(tanaka, japan(2026, 10, 31, 23, 59))

    use = statistics.chat_use(Scope(tanaka), TODAY)

    assert use.today == statistics.ChatUse(2, 1, 0, 1, 0, 0, 120, 7, Decimal("1.25"))
    assert use.month == statistics.ChatUse(3, 1, 1, 1, 0, 0, 125, 7, Decimal("1.75"))


def test_chat_use_has_every_one_of_the_last_days(tanaka):
    exchange(tanaka)
    exchange(tanaka, japan(2026, 11, 11))
    exchange(tanaka, japan(2026, 11, 10, 23, 59, 59))

    found = statistics.chat_use(Scope(tanaka), TODAY).days

    assert list(found) == [days(number) for number in range(-13, 1)]
    assert [use.exchanges for use in found.values()] == [1] + [0] * 12 + [1]


def test_chat_use_at_the_start_of_a_month_still_has_the_days_before(tanaka):
    exchange(tanaka, japan(2026, 11, 30))

    use = statistics.chat_use(Scope(tanaka), datetime.date(2026, 12, 1))

    assert (use.month.exchanges, use.days[datetime.date(2026, 11, 30)].exchanges) == (0, 1)


def test_chat_use_is_ones_own_and_the_firms_for_the_firm_wide(tanaka, suzuki, manager, office):
    for adviser in (tanaka, suzuki):
        exchange(adviser)

    counts = [
        statistics.chat_use(Scope(user), TODAY).today.exchanges
        for user in (tanaka, manager, office)
    ]

    assert counts == [1, 0, 2]


def test_chat_use_of_a_running_answer_is_not_uncosted(tanaka):
    exchange(tanaka, status=Status.STREAMING)

    assert statistics.chat_use(Scope(tanaka), TODAY).today.uncosted == 0
