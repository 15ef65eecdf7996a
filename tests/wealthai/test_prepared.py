"""Queries whose SQL is made once."""

import datetime

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from customers.models import Adviser, Customer
from tests.factories import CustomerFactory
from wealthai.database import OneOf
from wealthai.prepared import Prepared

BY_CODE = Prepared(lambda code: Adviser.objects.with_role().filter(rep_code=code))
IN_SIGHT = Prepared(lambda user: Customer.objects.visible_to(user).order_by("pk"))
WITH_KEYS = Prepared(lambda keys: Customer.objects.filter(OneOf("pk", keys)).order_by("pk"))
BORN_BY = Prepared(lambda day: Customer.objects.filter(birth_date__lte=day))
OF_REP = Prepared(lambda rep: Customer.objects.filter(sales_rep=rep).select_related("sales_rep"))


def test_prepared_query_finds_the_row_with_its_annotations(
    manager, tanaka, django_assert_num_queries
):
    with django_assert_num_queries(1):
        [found] = BY_CODE.rows("BM001")
        role = found.role

    assert (found, role, found.created_at) == (manager, "役席者", manager.created_at)


def test_prepared_query_takes_any_text_as_a_value(tanaka):
    assert [BY_CODE.rows(text) for text in ("' OR 1=1 --", "%s", "100%")] == [[], [], []]


def test_prepared_query_sees_what_is_there_now(tanaka):
    before = BY_CODE.rows("SR001")
    tanaka.rep_code = "SR002"
    tanaka.save()

    assert (before, BY_CODE.rows("SR001"), BY_CODE.rows("SR002")) == ([tanaka], [], [tanaka])


def test_prepared_query_shows_each_person_their_own(tanaka, suzuki, manager, office, ito, nakamura):
    seen = [IN_SIGHT.rows(user) for user in (tanaka, suzuki, manager, office)]

    assert seen == [[ito], [nakamura], [ito], [ito, nakamura]]


def test_prepared_query_takes_lists_of_any_length(ito, ono, nakamura):
    seen = [WITH_KEYS.rows(keys) for keys in ([], [ito.pk], [ito.pk, nakamura.pk])]

    assert seen == [[], [ito], [ito, nakamura]]


def test_prepared_query_takes_any_day(tanaka):
    born = datetime.date(1955, 11, 8)
    customer = CustomerFactory(sales_rep=tanaka, birth_date=born)

    seen = [BORN_BY.rows(day) for day in (born - datetime.timedelta(1), born)]

    assert seen == [[], [customer]]


def test_prepared_query_asks_for_none_as_such(tanaka, ito):
    nobodys = CustomerFactory(sales_rep=None)

    assert (OF_REP.rows(tanaka.pk), OF_REP.rows(None)) == ([ito], [nobodys])


def test_prepared_query_reads_what_is_joined(tanaka, ito, django_assert_num_queries):
    with django_assert_num_queries(1):
        [found] = OF_REP.rows(tanaka.pk)
        branch = found.sales_rep.branch

    assert branch == "東京本店"


@pytest.mark.parametrize(
    "build",
    [
        lambda text: Customer.objects.filter(name__icontains=text),
        lambda text: Customer.objects.filter(Q(name=text) | Q(name__startswith=text)),
        lambda text: Customer.objects.filter(name="伊藤正雄"),
    ],
)
def test_query_that_changes_its_parameter_or_leaves_it_out_is_not_prepared(db, build):
    with pytest.raises(ValueError, match="parameter"):
        Prepared(build).rows("伊藤")


def test_query_that_reckons_with_its_day_is_not_prepared(db):
    def build(day):
        return Customer.objects.filter(birth_date__in=[day, day + datetime.timedelta(1)])

    with pytest.raises(ValueError, match="parameter"):
        Prepared(build).rows(datetime.date(2026, 11, 26))


def test_query_that_reckons_with_its_key_is_not_prepared(db):
    with pytest.raises(ValueError, match="parameter"):
        Prepared(lambda key: Customer.objects.filter(pk__in=[key, key + 5])).rows(1)


@pytest.mark.postgres
def test_prepared_query_is_planned_once_for_a_connection(tanaka):
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        found = [BY_CODE.rows(code) for code in ("SR001", "SR002")]
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")

        assert (found, cursor.fetchone()) == ([[tanaka], []], (1,))


def test_prepared_query_stands_in_the_log_of_queries(tanaka):
    with CaptureQueriesContext(connection) as asked:
        found = [BY_CODE.rows("SR001") for _ in range(2)]

    assert found == [[tanaka]] * 2
    assert ["rep_code" in query["sql"] for query in asked.captured_queries] == [True, True]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_prepared_query_outlives_a_change_of_its_columns(tanaka):
    change, other = "ALTER TABLE sales_representatives ALTER branch TYPE ", connection.copy()
    found = [BY_CODE.rows("SR001")]
    for length in (60, 50):
        other.ensure_connection()
        other.connection.execute(f"{change} varchar({length})")
        found.append(BY_CODE.rows("SR001"))
    other.close()

    assert found == [[tanaka]] * 3
