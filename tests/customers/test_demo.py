import datetime
import re
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from customers.demo import names
from customers.demo.book import make_book
from customers.demo.logins import DEFAULT_PASSWORD, LOGINS
from customers.demo.sentences import FIRM_PLANS
from customers.models import (
    Adviser,
    CashInflow,
    Customer,
    EconomicEvent,
    Holding,
    Product,
    SalesNote,
    Task,
)
from tests.factories import CustomerFactory
from wealthai import checks
from wealthai.tracking import record_of

TODAY = datetime.date(2026, 11, 24)
KANA = re.compile("[ァ-ヴー]+")


def run(*options):
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def facts(rows, *names):
    return [tuple(getattr(row, name) for name in names) for row in rows]


@pytest.fixture(scope="module")
def book():
    """Six hundred customers, not stored."""
    return make_book(600, "test", TODAY)


@pytest.fixture
def demo(db):
    return run("--customers", "30")


def test_check_before_release_knows_every_log_in_of_the_demo(book):
    assert checks.DEMO_PASSWORD == DEFAULT_PASSWORD
    assert [login.rep_code for login in LOGINS] == checks.DEMO_LOGINS
    assert sorted(checks.DEMO_CODES) == sorted(person.rep_code for person, _ in book.staff)


def test_same_seed_makes_the_same_firm(book):
    again = make_book(600, "test", TODAY)

    for part in ("customers", "holdings", "notes", "inflows", "tasks"):
        rows, others = getattr(book, part), getattr(again, part)
        fields = [field.attname for field in rows[0]._meta.concrete_fields]
        columns = set(fields) - {"updated_at"}
        assert facts(rows, *columns) == facts(others, *columns)


def test_another_seed_makes_another_firm(book):
    other = make_book(600, "other", TODAY)

    assert facts(book.customers, "name") != facts(other.customers, "name")


def test_another_day_moves_the_dates_only(book):
    later = make_book(600, "test", TODAY + datetime.timedelta(days=45))

    columns = ("name", "address", "net_worth", "age_in_book")
    for rows, day in (
        (book.customers, TODAY),
        (later.customers, TODAY + datetime.timedelta(days=45)),
    ):
        for row in rows:
            row.age_in_book = row.age_on(day)
    assert facts(book.customers, *columns) == facts(later.customers, *columns)


def test_emails_and_codes_are_unique(book):
    emails = [row.email for row in book.customers if row.email]

    assert Counter(emails).most_common(1)[0][1] == 1
    assert len({row.customer_code for row in book.customers}) == 600


def test_emails_are_in_domains_kept_for_examples(book):
    domains = {row.email.split("@")[1].split(".")[0] for row in book.customers if row.email}

    assert domains == {"example"}


def test_phone_numbers_belong_to_nobody(book):
    exchanges = {row.phone.split("-")[1] for row in book.customers}

    assert exchanges <= {"0", "00", "000", "0000"}


def test_readings_are_katakana(book):
    assert [row.name for row in book.customers if not KANA.fullmatch(row.name_kana)] == []


def test_readings_belong_to_the_names(book):
    readings = {surname: kana for surname, kana, _ in names.parsed(names.SURNAMES)}
    people = [row for row in book.customers if row.birth_date]

    fitting = [
        any(
            row.name.startswith(surname) and row.name_kana.startswith(kana)
            for surname, kana in readings.items()
        )
        for row in people
    ]

    assert all(fitting)


def test_ages_are_between_20_and_95(book):
    ages = [row.age_on(TODAY) for row in book.customers if row.birth_date]

    assert (min(ages) >= 20, max(ages) <= 95) == (True, True)


def test_every_row_passes_the_models_own_rules(book):
    for rows in (book.customers, book.holdings, book.notes, book.inflows, book.products):
        for row in rows:
            row.clean_fields(exclude=["customer", "product", "sales_rep"])


def test_holdings_are_within_the_customers_means(book):
    yen = {"JPY": 1, "USD": 152, "EUR": 165, "AUD": 99}
    held = Counter()
    for holding in book.holdings:
        held[holding.customer.customer_code] += (holding.current_value or 0) * yen[holding.currency]

    assert [row.code for row in book.customers if held[row.code] > row.net_worth] == []


def test_some_holdings_mature_within_90_days(book):
    last = TODAY + datetime.timedelta(days=90)
    soon = {
        holding.maturity_date
        for holding in book.holdings
        if holding.status == "active" and holding.maturity_date and holding.maturity_date <= last
    }

    assert (len(soon) > 3, min(soon) > TODAY) == (True, True)


def test_nothing_was_bought_or_said_in_the_future(book):
    days = [holding.purchase_date for holding in book.holdings]
    days += [timezone.localdate(note.created_at) for note in book.notes]

    assert max(days) <= TODAY


def test_only_people_near_retirement_speak_of_it(book):
    ages = [
        inflow.customer.age_on(TODAY)
        for inflow in book.inflows
        if inflow.source_type == "retirement"
    ]

    assert (len(ages) > 0, [age for age in ages if not 56 <= age <= 66]) == (True, [])


def test_firms_have_plans_of_firms(book):
    plans = {inflow.source_note for inflow in book.inflows if inflow.customer.birth_date is None}

    assert plans <= {plan.source_note for plan in FIRM_PLANS}


def test_some_notes_tell_an_amount_that_no_field_has(book):
    told = [note for note in book.notes if "円" in note.content and note.predicted_amount is None]

    assert len(told) > 20


def test_each_agreed_day_is_a_task_and_most_past_ones_are_done(book):
    agreed = [note for note in book.notes if note.follow_up_date]
    past = Counter(task.done_at is not None for task in book.tasks if task.due_date < TODAY)

    assert [task.note for task in book.tasks] == agreed
    assert past[True] > past[False] > 0
    assert [task for task in book.tasks if task.done_at and task.due_date >= TODAY] == []


def test_demo_stores_everything(demo):
    models = [Adviser, Product, Customer, Holding, SalesNote, CashInflow, EconomicEvent]

    assert [model.objects.count() for model in models][:3] == [49, 48, 30]
    assert min(model.objects.count() for model in models) > 5


def test_demo_writes_history_dated_when_it_happened(demo):
    customer = Customer.objects.order_by("created_at").first()
    first = customer.history.last()

    assert (first.history_type, first.history_date) == ("+", customer.created_at)
    assert (first.history_user, Customer.history.filter(history_type="+").count()) == (
        customer.sales_rep,
        30,
    )


def test_demo_keeps_each_row_in_the_history_as_it_is_stored(demo):
    rows = [model.objects.order_by("pk")[0] for model in (Customer, Holding, CashInflow, Task)]

    assert [record_of(row, row.version()).instance for row in rows] == rows


def test_changed_customers_have_old_and_new_value(demo):
    changes = list(Customer.history.filter(history_type="~"))

    deltas = [change.diff_against(change.prev_record).changed_fields for change in changes]

    assert [change for change in changes if change.history_date > timezone.now()] == []
    assert {len(set(fields) - {"updated_at"}) for fields in deltas} == {1}


@pytest.mark.parametrize("login", LOGINS, ids=[login.rep_code for login in LOGINS])
def test_every_login_works(demo, client, login):
    answer = client.post(
        reverse("account_login"), {"login": login.rep_code, "password": DEFAULT_PASSWORD}
    )

    assert (answer.status_code, client.session.get("_auth_user_id")) == (
        302,
        str(Adviser.objects.get(rep_code=login.rep_code).pk),
    )


def test_everybody_of_the_demo_shares_the_password_and_has_a_role(demo):
    people = list(Adviser.objects.with_role())

    assert len({person.password for person in people}) == 1
    assert [person.rep_code for person in people if person.role is None] == []


def test_adviser_sees_a_share_of_the_book(db):
    run("--customers", "80")

    adviser = Adviser.objects.get(rep_code="AD001")
    assert Customer.objects.visible_to(adviser).count() == 2


def test_logins_are_shown_with_the_password(demo):
    shown = [line.split()[0] for line in demo.splitlines() if line.strip()]

    assert [code for code in shown if code in {login.rep_code for login in LOGINS}] == [
        login.rep_code for login in LOGINS
    ]
    assert demo.splitlines()[-1] == f"パスワード（全員）: {DEFAULT_PASSWORD}"


def test_own_password_is_never_shown_later(db):
    run("--customers", "1", "--password", "another-long-one")

    assert run("--logins").splitlines()[-1] == "パスワード（全員）: demo の作成時に指定したもの"


def test_logins_of_a_database_without_demo_people(db):
    assert run("--logins") == "このデータベースにはデモの利用者がいません。\n"


def test_demo_refuses_a_database_with_customers(db):
    CustomerFactory()

    with pytest.raises(CommandError, match="--add"):
        run()


def test_demo_if_empty_leaves_a_database_with_customers_alone(db):
    CustomerFactory()

    assert (run("--if-empty"), Customer.objects.count()) == ("", 1)


def test_demo_can_be_added_to_twice(demo):
    run("--customers", "5", "--add")

    assert (Customer.objects.count(), Adviser.objects.count(), Product.objects.count()) == (
        35,
        49,
        48,
    )


def test_demo_refuses_production(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        run()


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--customers", "0"], "--customers"), (["--password", "short"], "--password")],
    ids=["count", "password"],
)
def test_demo_refuses_options_that_make_no_sense(db, options, message):
    with pytest.raises(CommandError, match=message):
        run(*options)


def test_names_of_the_word_lists_are_told_apart():
    words = [
        names.SURNAMES,
        *names.MEN,
        *names.WOMEN,
        names.FIRM_WORDS,
        names.FIRM_TRADES,
    ]

    for text in words:
        parsed = names.parsed(text)
        assert len({name for name, _, _ in parsed}) == len(parsed) == len(text.split())
