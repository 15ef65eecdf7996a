"""The migration that reads the way of a change out of its old reason text."""

from importlib import import_module

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.customers.trails import past_the_guards, rewrite
from tests.factories import CustomerFactory, HoldingFactory

migration = import_module("customers.migrations.0004_history_sources")


@pytest.fixture(scope="module")
def apps():
    """The models as migrations have them: without managers of ours."""
    return MigrationLoader(None).project_state(("customers", "0004_history_sources")).apps


@pytest.fixture(autouse=True)
def at_that_time(db):
    """The migration ran before history was written once."""
    with past_the_guards():
        yield


@pytest.fixture
def told(db):
    """Sets reason and source of the only history row of a new customer."""

    def row(reason, source=""):
        history = CustomerFactory().history
        rewrite(history, history_change_reason=reason, source=source)
        return history

    return row


@pytest.mark.parametrize(
    ("reason", "source"),
    [
        ("管理画面", "admin"),
        ("管理画面（以前の内容に戻す）", "admin"),
        ("API", "api"),
        ("取込: import_original", "import"),
        ("デモデータ", "import"),
        ("本人から電話", ""),
        (None, ""),
    ],
)
def test_source_is_read_from_the_old_reason(apps, told, reason, source):
    history = told(reason)

    migration.fill(apps, None)

    assert history.values_list("history_change_reason", "source").get() == (reason, source)


def test_known_source_stays(apps, told):
    history = told("取込の訂正", "page")

    migration.fill(apps, None)

    assert history.get().source == "page"


def test_every_table_is_read_range_by_range(apps, db, monkeypatch):
    monkeypatch.setattr(migration, "CHUNK", 2)
    rows = [HoldingFactory() for _ in range(5)]
    history = type(rows[0]).history.all()
    rewrite(history, history_change_reason="API", source="")

    migration.fill(apps, None)

    assert set(history.values_list("source", flat=True)) == {"api"}


def test_going_back_empties_what_the_reason_told(apps, told):
    history = told("API")
    migration.fill(apps, None)

    migration.empty(apps, None)

    assert history.get().source == ""
