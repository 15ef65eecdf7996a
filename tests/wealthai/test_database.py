"""What the two databases do differently, and give alike."""

from django.db import connection
from django.db.models import Count

from customers.models import Customer
from tests.factories import CustomerFactory
from wealthai.database import read_rows
from wealthai.models import IdempotencyKey

COLUMNS = ("customer_id", "name", "birth_date", "created_at", "archived_at", "yen_assets")


def test_rows_are_those_of_django(tanaka, ito, django_assert_num_queries):
    CustomerFactory(birth_date="1955-11-08", archived_at=tanaka.created_at)
    rows = Customer.objects.order_by("pk").values(*COLUMNS)

    with django_assert_num_queries(1):
        found = read_rows(rows)

    assert found == list(rows)


def test_rows_of_nothing_need_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read_rows(Customer.objects.none().values("name")) == []


def test_rows_may_be_objects_tuples_and_figures(ito):
    by_name = Customer.objects.values("name").annotate(how_many=Count("pk"))

    assert read_rows(Customer.objects.all()) == [ito]
    assert read_rows(Customer.objects.values_list("name")) == [("伊藤正雄",)]
    assert read_rows(by_name) == [{"name": "伊藤正雄", "how_many": 1}]


def test_rows_with_json_are_decoded(tanaka):
    IdempotencyKey.objects.create(user=tanaka, route="r", key="k", response={"text": "あ"})

    assert read_rows(IdempotencyKey.objects.values("response")) == [{"response": {"text": "あ"}}]


def test_times_are_read_by_django_elsewhere(ito):
    """The driver's loader stays with the one query that asked for it."""
    read_rows(Customer.objects.values("created_at"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert Customer.objects.get().created_at == ito.created_at
