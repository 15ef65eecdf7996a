"""復元: a deleted record comes back under its old key, as its deletion left it in the history."""

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from customers.models import Adviser, CashInflow, Holding, Task
from customers.reverting import change_permission
from wealthai.writing import writing

MODELS = {"holding": Holding, "inflow": CashInflow, "task": Task}
# Two records that agree in this are taken for one: somebody has entered the deleted one again.
SAME = {
    Holding: ("customer_id", "product_id", "quantity", "unit_price", "purchase_date"),
    CashInflow: ("customer_id", "source_type", "predicted_amount", "predicted_date"),
    Task: ("customer_id", "title", "due_date", "done_at"),
}
RECREATED = "削除した記録の復元"


def recreate_reason(text):
    return f"{RECREATED}：{text}"


def recreatable(records, user, customer):
    """The ids of those of these history rows that `user` may bring back: the newest of what is gone.

    `records` are (kind, id).
    """
    found = set()
    for kind in {kind for kind, _ in records if may_recreate(kind, user, customer)}:
        model = MODELS[kind]
        ids = [pk for one, pk in records if one == kind]
        gone = model.history.filter(history_id__in=ids, history_type="-", customer_id=customer.pk)
        found |= set(gone.filter(~Exists(later_rows(model))).values_list("history_id", flat=True))
    return {(kind, pk) for kind, pk in records if pk in found}


def may_recreate(kind, user, customer):
    """As with bringing back earlier values (reverting.py)."""
    is_open = kind in MODELS and not customer.archived_at
    return is_open and user.has_perm(change_permission(MODELS[kind]))


def later_rows(model):
    key = model._meta.pk.attname
    same_time = Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id"))
    later = Q(history_date__gt=OuterRef("history_date")) | same_time
    return model.history.filter(later, **{key: OuterRef(key)}).order_by()


def last_state(record):
    """The history row that the deletion left of what `record` is about; None while it is there."""
    model = record.instance_type
    key = model._meta.pk.attname
    newest = model.history.filter(**{key: getattr(record, key)}).first()
    return newest if newest.history_type == "-" else None


def candidate(gone, customer):
    """The record as it would come back.

    An open task that waited for somebody who does not see the customer any more waits for the
    adviser now, as tasks do that were there (succession.py).
    """
    row = gone.instance_type(
        **{column.attname: getattr(gone, column.attname) for column in gone.tracked_fields}
    )
    row.customer = customer
    if isinstance(row, Task) and row.done_at is None and row.assignee_id is not None:
        seeing = Adviser.objects.who_see(customer).filter(is_active=True)
        if not seeing.filter(pk=row.assignee_id).exists():
            row.assignee_id = customer.sales_rep_id
    return row


def problems(row):
    """Sentences that say why `row` cannot come back."""
    model, title = type(row), row._meta.verbose_name
    lost = [
        f"{column.verbose_name}が登録からなくなっているため、復元できません。{title}を新しく登録してください。"
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and is_lost(column, row)
    ]
    same = {name: getattr(row, name) for name in SAME[model]}
    if model.objects.filter(**same).exists():
        lost.append(
            f"同じ内容の{title}がすでに登録されているため、復元できません。登録済みの{title}を確かめてください。"
        )
    return lost


def is_lost(column, row):
    value = getattr(row, column.attname)
    return value is not None and not column.related_model._default_manager.filter(pk=value).exists()


def recreate(row, *, reason):
    """Raises IntegrityError when somebody was faster."""
    with transaction.atomic(), writing(reason=recreate_reason(reason)):
        row.save(force_insert=True)
