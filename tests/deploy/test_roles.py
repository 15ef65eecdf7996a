"""The roles of deploy/postgresql/: the application has rows and makes nothing, evidence stays."""

from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from customers.batches import undo
from customers.models import AccessRecord, Customer, ForeignWrite, SalesNote
from tests.customers.test_batch_undo import edited
from tests.deploy.conftest import PASSWORD
from tests.deploy.roles import APP, OWNER, RUN, connected, run
from tests.wealthai.test_evidence import EVIDENCE
from wealthai.timers import states

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def as_app(roles, tanaka, ito):
    """What follows is done by the application's role; the test's transaction undoes that too."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP}")


def refused(statement):
    with connected(APP) as own, pytest.raises(psycopg.errors.InsufficientPrivilege) as error:
        own.execute(statement)
    return str(error.value).splitlines()[0]


def test_privileges_are_as_they_are_written(roles):
    assert run("wrong-privileges.sql") == []


def test_wrong_privilege_is_named(roles):
    with connected() as own:
        own.execute(f"GRANT UPDATE ON access_records TO {APP}")
        own.execute(f"REVOKE INSERT ON customers FROM {APP}")

    assert sorted(run("wrong-privileges.sql")) == ["access_records", "customers"]
    run("privileges.sql")


SISTER = f"sister_of_{RUN}"
RIGHTS = ["SELECT ON TABLE customers", "UPDATE (phone) ON TABLE customers"]


@pytest.fixture
def sister(roles):
    """A connection beside a role with rights of its own."""
    with connected() as own:
        own.execute(f"CREATE ROLE {SISTER}")
        for right in (*RIGHTS, f"TEMPORARY ON DATABASE {own.info.dbname}"):
            own.execute(f"GRANT {right} TO {SISTER}")
        yield own
        own.execute(f"DROP OWNED BY {SISTER}")
        own.execute(f"DROP ROLE {SISTER}")


def test_rights_that_a_restore_leaves_out_are_given_again(sister, tmp_path):
    told = " ".join(run("privileges-of-others.sql"))
    sister.execute(f"DROP OWNED BY {SISTER}")
    (tmp_path / "again.sql").write_text(told)

    run(tmp_path / "again.sql")

    assert " ".join(run("privileges-of-others.sql")) == told
    assert [
        right for right in (*RIGHTS, "TEMPORARY ON DATABASE") if f"GRANT {right} " not in told
    ] == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE loot ()",
        "CREATE TEMPORARY TABLE loot ()",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX ON customers (name)",
        "ALTER TABLE customers ADD loot text",
        "ALTER TABLE customers_history DISABLE TRIGGER written_once",
        "DROP TABLE tasks",
        "TRUNCATE customers_history",
        "CREATE ROLE thief",
        "CREATE DATABASE loot",
        "DELETE FROM django_migrations",
    ],
)
def test_application_makes_and_removes_nothing_but_rows(roles, statement):
    assert refused(statement)


@pytest.mark.parametrize("model", EVIDENCE, ids=lambda model: model.__name__)
def test_application_has_no_right_to_change_evidence(roles, model):
    table, key = model._meta.db_table, model._meta.pk.column

    for statement in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"):
        assert refused(statement.format(table, key)) == f"permission denied for table {table}"


def test_new_table_of_the_owner_serves_at_once(roles):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {OWNER}")
        cursor.execute(f"SET ROLE {OWNER}")
        cursor.execute("CREATE TABLE new_one (id serial, word text)")
        cursor.execute(f"RESET ROLE; SET ROLE {APP}")

        cursor.execute("INSERT INTO new_one (word) VALUES ('x') RETURNING id")

        assert cursor.fetchone() == (1,)


# --- A usual day --------------------------------------------------------------------------------


def test_record_is_made_shown_and_changed(as_app, api, page):
    made = api.post("/api/customers", {"name": "山本花子", "customer_code": "C777"}, format="json")
    pk = Customer.objects.get(name="山本花子").pk

    answers = [
        page.get(reverse("customers:detail", args=[pk])).status_code,
        api.patch(f"/api/customers/{pk}", {"risk_tolerance": "2"}, format="json").status_code,
    ]

    assert (made.status_code, answers) == (201, [200, 200])
    assert AccessRecord.objects.filter(customer=pk).exists()


def test_log_in_pages_and_export_work(as_app, client, tanaka):
    tanaka.set_password(PASSWORD)
    tanaka.save()
    client.post(reverse("account_login"), {"login": "SR001", "password": PASSWORD})

    names = ("dashboard:home", "customers:list", "chat:home", "customers:export")
    assert [client.get(reverse(name)).status_code for name in names] == [200] * 4


def test_act_on_many_is_done_and_undone(as_app, tanaka, ito):
    batch = edited(tanaka, ito, risk_tolerance="5")

    undo(batch, user=tanaka, reason="誤り")

    assert Customer.objects.get(pk=ito.pk).risk_tolerance == "3"


@pytest.mark.parametrize("name", ["tidy", "catch_up", "measure"])
def test_timer_runs(as_app, name, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    call_command(name, stdout=StringIO())

    assert next(state for state in states() if state.timer.name == name).last_success


def test_write_of_another_system_enters_the_history(roles, ito):
    with connection.cursor() as cursor:
        cursor.execute("SET wealthai.writer = ''")
        cursor.execute("UPDATE customers SET phone = '03-1111-2222'")
        cursor.execute("SET wealthai.writer = 'app'")
        cursor.execute(f"SET ROLE {APP}")

    call_command("catch_up", stdout=StringIO())

    assert ForeignWrite.objects.count() == 0
    assert ito.history.first().phone == "03-1111-2222"


def test_note_is_written_and_compared_with_its_history(as_app, ito, tanaka):
    SalesNote.objects.create(customer=ito, sales_rep=tanaka, subject="面談", content="来週")

    call_command("catch_up", "--all", stdout=StringIO())

    assert Customer.objects.get(pk=ito.pk).last_contact_at
