"""No statement changes a tracked row in silence: it leaves history rows or raises."""

import datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

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
from customers.models.sales_note import RewrittenNoteError
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)
from wealthai.models import ChangeBatch
from wealthai.tracking import SilentWriteError, TrackedQuerySet, create_many, update_many
from wealthai.writing import Source, writing

# Per tracked model: how a row is made and which field a statement changes.
TRACKED = {
    Adviser: (AdviserFactory, "phone"),
    CashInflow: (CashInflowFactory, "source_note"),
    Customer: (CustomerFactory, "occupation"),
    EconomicEvent: (EconomicEventFactory, "description"),
    Holding: (HoldingFactory, "currency"),
    Product: (ProductFactory, "issuer"),
    SalesNote: (SalesNoteFactory, "subject"),
    Task: (lambda: Task.objects.create(customer=CustomerFactory(), title="電話"), "title"),
}
NEW = "XYZ"


def changed(row):
    setattr(row, TRACKED[type(row)][1], NEW)
    return row


def copy_of(row):
    """An unsaved row with the same values and no key of its own."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del values[row._meta.pk.attname]
    for field in row._meta.concrete_fields:
        if field.unique and field.attname in values:
            values[field.attname] = f"新{values[field.attname]}"
    return type(row)(**values)


REFUSED = {
    "update": lambda row: type(row).objects.update(**{TRACKED[type(row)][1]: NEW}),
    "filtered update": lambda row: (
        type(row).objects.filter(pk=row.pk).order_by("pk").update(**{TRACKED[type(row)][1]: NEW})
    ),
    "update through the base manager": lambda row: type(row)._base_manager.update(
        **{TRACKED[type(row)][1]: NEW}
    ),
    "bulk_create": lambda row: type(row).objects.bulk_create([copy_of(row)]),
    "upsert": lambda row: type(row).objects.bulk_create(
        [changed(row)],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=[TRACKED[type(row)][1]],
    ),
    "bulk_update": lambda row: type(row).objects.bulk_update(
        [changed(row)], [TRACKED[type(row)][1]]
    ),
    "raw delete": lambda row: type(row).objects.filter(pk=row.pk)._raw_delete("default"),
    "save without history": lambda row: changed(row).save_without_historical_record(),
}


def skip_history(row):
    row.skip_history_when_saving = True
    changed(row).save()


RECORDED = {
    "save": (lambda row: changed(row).save(), "~"),
    "save of one field": (
        lambda row: changed(row).save(update_fields=[TRACKED[type(row)][1]]),
        "~",
    ),
    "save with the library's switch": (skip_history, "~"),
    "update_or_create": (
        lambda row: type(row).objects.update_or_create(
            pk=row.pk, defaults={TRACKED[type(row)][1]: NEW}
        ),
        "~",
    ),
    "update_many": (
        lambda row: update_many(type(row), [changed(row)], [TRACKED[type(row)][1]]),
        "~",
    ),
    "loaddata": (lambda row: changed(row).save_base(raw=True), "~"),
    "create": (lambda row: copy_of(row).save(), "+"),
    "create_many": (lambda row: create_many(type(row), [copy_of(row)]), "+"),
    "delete": (lambda row: row.delete(), "-"),
    "delete of many": (lambda row: type(row).objects.filter(pk=row.pk).delete(), "-"),
}


# A stored note is never saved again, whatever the way.
RESAVING = {"save", "save of one field", "save with the library's switch", "update_or_create"}


@pytest.fixture(params=TRACKED, ids=lambda model: model.__name__)
def row(request, db):
    make, _ = TRACKED[request.param]
    return make()


def state(model):
    return list(model.objects.order_by("pk").values()), model.history.count()


def test_every_model_with_history_is_tried_here():
    models_with_history = {model for model in apps.get_models() if hasattr(model, "tracked")}

    assert models_with_history == set(TRACKED)


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_silent_statement_is_refused_and_changes_nothing(row, statement):
    before = state(type(row))

    with pytest.raises(SilentWriteError):
        statement(row)

    assert state(type(row)) == before


@pytest.mark.parametrize(
    ("model", "name"),
    [(m, n) for m in TRACKED for n in RECORDED if m is not SalesNote or n not in RESAVING],
)
def test_statement_leaves_one_history_row_and_its_source(db, model, name):
    (make, _), (statement, mark) = TRACKED[model], RECORDED[name]
    row = make()
    before = model.history.count()

    with writing(source=Source.IMPORT):
        statement(row)

    newest = model.history.latest("history_id")
    assert model.history.count() == before + 1
    assert (newest.history_type, newest.source) == (mark, "import")


@pytest.mark.parametrize("name", sorted(RESAVING))
def test_stored_note_is_never_saved_again(db, name):
    statement, _ = RECORDED[name]
    note = SalesNoteFactory()

    with pytest.raises(RewrittenNoteError):
        statement(note)


RELATED = {
    "add": lambda manager, row: manager.add(row),
    "set": lambda manager, row: manager.set([row]),
    "update": lambda manager, row: manager.update(**{TRACKED[type(row)][1]: NEW}),
    "bulk_create": lambda manager, row: manager.bulk_create([copy_of(row)]),
    "bulk_update": lambda manager, row: manager.bulk_update(
        [changed(row)], [TRACKED[type(row)][1]]
    ),
}


@pytest.mark.parametrize("name", ["customers", "tasks", "notes", "cash_inflows"])
@pytest.mark.parametrize("statement", RELATED.values(), ids=RELATED)
def test_related_manager_is_guarded_too(tanaka, name, statement):
    manager = getattr(tanaka, name)
    row = TRACKED[manager.model][0]()

    with pytest.raises(SilentWriteError):
        statement(manager, row)


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_deleting_another_row_never_changes_a_tracked_one(model):
    """SET_NULL and SET_DEFAULT write by statement; no history would follow."""
    rules = {
        field.remote_field.on_delete
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }

    assert rules <= {models.PROTECT}


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_every_manager_is_guarded(model):
    managers = [model._base_manager, *model._meta.managers]

    assert [isinstance(manager.all(), TrackedQuerySet) for manager in managers] == [
        True for _ in managers
    ]


def test_derived_columns_need_no_history(ito):
    Customer.objects.update(yen_assets=5, last_contact_at=None)

    assert (Customer.objects.get().yen_assets, ito.history.count()) == (5, 1)


def test_derived_column_beside_another_is_guarded(ito):
    with pytest.raises(SilentWriteError):
        Customer.objects.update(yen_assets=5, occupation=NEW)


# --- Many rows at once ------------------------------------------------------------------------


@pytest.fixture
def batch(office):
    return ChangeBatch.objects.create(kind="bulk_edit", user=office, reason="訂正", summary="職業")


def test_update_many_says_who_by_what_way_why_and_in_which_batch(ito, office, batch):
    with writing(source=Source.BULK, reason="訂正", batch_id=batch.pk, user_id=office.pk):
        update_many(Customer, [changed(ito)], ["occupation"])

    newest = ito.history.first()
    assert (newest.history_type, newest.occupation, newest.history_user) == ("~", NEW, office)
    assert (newest.source, newest.history_change_reason, newest.batch) == ("bulk", "訂正", batch)


def test_update_many_moves_the_time_of_change(ito):
    before = timezone.now()

    update_many(Customer, [changed(ito)], ["occupation"])

    stored = Customer.objects.get()
    assert stored.updated_at >= before
    assert ito.history.first().updated_at == stored.updated_at


def test_update_many_of_nothing_does_nothing(ito):
    update_many(Customer, [], ["occupation"])

    assert ito.history.count() == 1


def test_many_rows_take_their_own_date(ito):
    ito._history_date = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)

    update_many(Customer, [changed(ito)], ["occupation"])

    assert ito.history.latest("history_id").history_date == ito._history_date


def test_update_many_lets_derived_columns_follow(ito):
    ito.name, ito.name_kana = "伊東正雄", "イトウ"

    update_many(Customer, [ito], ["name", "name_kana"])

    assert list(Customer.objects.search("伊東")) == [ito]
    assert list(Customer.objects.search("伊藤")) == []


def test_create_many_makes_rows_that_are_found(db):
    create_many(Customer, [Customer(name="大野達也"), Customer(name="小野寺清")])

    assert [customer.name for customer in Customer.objects.search("大野")] == ["大野達也"]


def test_figures_follow_what_is_written_many_at_once(ito):
    holding = HoldingFactory.build(
        customer=ito, product=ProductFactory(), current_price=2000, quantity=10
    )
    create_many(Holding, [holding])
    first = Customer.objects.get().yen_assets

    holding.current_price = 3000
    update_many(Holding, [holding], ["current_price"])

    assert (first, Customer.objects.get().yen_assets) == (20_000, 30_000)


def test_failing_history_undoes_the_rows_too(ito):
    ito._history_date = "いつか"

    with pytest.raises(ValidationError):
        update_many(Customer, [changed(ito)], ["occupation"])

    assert Customer.objects.get().occupation is None
