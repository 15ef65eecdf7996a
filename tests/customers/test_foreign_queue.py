"""The queue of what other systems write by SQL: nothing lost, nothing twice, nobody else's to read."""

import threading
import zlib

import psycopg
import pytest
from django.db import connection

from customers.foreign_writes import catch_up
from customers.models import Customer, ForeignWrite, Task
from tests.customers.test_foreign_writes import history, insert, say
from tests.factories import AdviserFactory, HoldingFactory, SalesNoteFactory
from wealthai.tracking import update_many
from wealthai.writing import Source

pytestmark = pytest.mark.postgres


def test_our_own_writes_leave_the_queue_empty(transactional_db, ito):
    holding = HoldingFactory(customer=ito)
    SalesNoteFactory(customer=ito)
    ito.occupation = "医師"
    ito.save()
    update_many(Customer, [ito], ["occupation"])
    Task.objects.create(customer=ito, title="電話")
    holding.delete()
    AdviserFactory()

    assert ForeignWrite.objects.count() == 0


def test_our_connections_say_so_again_after_the_pool_renews_them(transactional_db):
    connection.close()
    connection.close_pool()

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('wealthai.writer')")
        assert cursor.fetchone() == ("app",)


def test_write_that_is_rolled_back_leaves_nothing(sql, ito):
    sql("BEGIN")
    sql("UPDATE customers SET occupation = '医師'")
    sql("ROLLBACK")

    assert (ForeignWrite.objects.count(), say()) == (
        0,
        "SQLで書き込まれた 0件を変更履歴に入れました。",
    )


def test_failure_keeps_the_queue_and_writes_no_history(sql):
    pk = insert(sql, "customers")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_history RENAME COLUMN occupation TO job")
    try:
        with pytest.raises(Exception, match="occupation"):
            catch_up()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE customers_history RENAME COLUMN job TO occupation")

    assert (ForeignWrite.objects.count(), history("customers", pk)) == (1, [])


def test_second_run_has_nothing_to_do(sql, ito):
    sql("UPDATE customers SET occupation = '医師'")
    say()

    assert say() == "SQLで書き込まれた 0件を変更履歴に入れました。"
    assert ito.history.count() == 2


def test_run_beside_another_one_leaves_the_work_to_it(sql, ito):
    sql("UPDATE customers SET occupation = '医師'")
    sql("SELECT pg_advisory_lock(%s)", zlib.crc32(b"catch_up"))

    said = say()

    assert said == "別の catch_up が実行中です。そちらに任せて終わります。"
    assert ito.history.count() == 1


def test_runs_at_the_same_time_write_each_change_once(sql, ito):
    for number in range(50):
        sql("UPDATE customers SET occupation = %s", f"職業{number}")

    def run():
        catch_up(wait=True)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ito.history.filter(source=Source.SQL).count() == 50


def test_open_transaction_of_the_other_system_is_not_lost(sql, other_system, ito):
    """Its number in the queue is older than that of a write which is committed first."""
    sql("BEGIN")
    sql("UPDATE customers SET occupation = '医師'")
    with other_system() as other:
        other.execute("INSERT INTO customers (name) VALUES ('大野達也')")
    first = say()
    sql("COMMIT")

    assert [first, say()] == ["SQLで書き込まれた 1件を変更履歴に入れました。"] * 2
    assert ito.history.first().occupation == "医師"


# --- Rights of a sister system ----------------------------------------------------------------


@pytest.fixture
def sister(sql):
    """The statements of a role that may change customers and knows nothing of the queue."""
    sql("CREATE ROLE sister")
    sql("GRANT SELECT, INSERT, UPDATE ON customers TO sister")
    sql("SET SESSION AUTHORIZATION sister")
    yield sql
    sql("RESET SESSION AUTHORIZATION")
    sql("DROP OWNED BY sister")
    sql("DROP ROLE sister")


def test_sister_system_writes_without_rights_on_the_queue(sister, ito):
    sister("SET search_path = pg_temp")
    sister("UPDATE public.customers SET occupation = '医師'")
    say()

    assert ito.history.first().history_change_reason == "SQL: sister"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM foreign_writes",
        "DELETE FROM foreign_writes",
        "CREATE TEMP TABLE mine (id int); CREATE TRIGGER mine AFTER INSERT ON mine"
        " FOR EACH ROW EXECUTE FUNCTION public.note_foreign_write('id', '', '')",
    ],
    ids=["read", "delete", "borrow"],
)
def test_sister_system_can_neither_read_nor_empty_the_queue_nor_borrow_the_function(
    sister, statement
):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sister(statement)
