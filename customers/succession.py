"""Open tasks go along when a customer gets another adviser, by whatever way that is saved.

The former adviser, or the manager of the former branch, may not see the customer any more, and on
nobody else's list their tasks would stand. They move with the source, reason and batch of the change itself.
What another system writes by SQL is followed by `manage.py catch_up`.
"""

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.models.signals import post_save, pre_save

from customers.models import Adviser, Customer, Task
from wealthai.tracking import many_saved, many_saving, start_history, update_many

CHUNK = 1000
Moves = Mapping[int, tuple[int | None, int | None]]  # (former, new) adviser by customer
NOBODY: Mapping[int, Customer] = {}
REPS = "SELECT customer_id, sales_rep_id FROM customers WHERE customer_id IN ({})"
REP = frozenset({"sales_rep", "sales_rep_id"})


def pass_on_tasks(moves: Moves, customers: Mapping[int, Customer] = NOBODY) -> None:
    """`customers` are the rows as they are saved: who and when is the same for their tasks."""
    moves = {pk: (former, new) for pk, (former, new) in moves.items() if former != new}
    for keys in chunks(sorted(moves)):
        with transaction.atomic():
            open_tasks = (
                Task.objects.open().filter(customer__in=keys).select_for_update(of=["self"])
            )
            moving = moving_of(open_tasks, moves)
            if not moving:
                continue
            start_history(Task, [task.pk for task in moving])
            for task in moving:
                task.assignee_id = moves[task.customer_id][1]
                sign_as(task, customers.get(task.customer_id))
            update_many(Task, moving, ["assignee"])


def moving_of(open_tasks, moves):
    """Those of the former adviser, and of others who will not see the customer any more."""
    tasks = list(open_tasks)
    others = {one.assignee_id for one in tasks} - {former for former, _ in moves.values()}
    seeing = seeing_of({new for _, new in moves.values()}) if others - {None} else {}
    return [
        one
        for one in tasks
        if one.assignee_id == moves[one.customer_id][0]
        or (seeing and one.assignee_id and one.assignee_id not in seeing[moves[one.customer_id][1]])
    ]


def seeing_of(advisers):
    """{adviser's key, or None: the keys of those who see the customers of this one}"""
    branches = dict(Adviser.objects.filter(pk__in=advisers).values_list("pk", "branch"))
    return {
        key: set(Adviser.objects.seeing(key, branches.get(key)).values_list("pk", flat=True))
        for key in advisers
    }


def sign_as(task, customer):
    for name in ("_history_date", "_history_user"):
        if hasattr(customer, name):
            setattr(task, name, getattr(customer, name))


def chunks(keys):
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


# --- Around each save of customers ------------------------------------------------------------


def remember(rows: Iterable[Customer]) -> None:
    """Whose the customers are until they are saved."""
    rows = list(rows)
    for some in chunks(rows):
        reps = stored_reps([row.pk for row in some])
        for row in some:
            row.former_rep = reps.get(row.pk, row.sales_rep_id)


def stored_reps(keys):
    """Each save pays for this: as SQL it takes a fifth of what a queryset does."""
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(REPS.format(places), keys)
        return dict(cursor.fetchall())


def follow(rows: Iterable[Customer]) -> None:
    rows = {row.pk: row for row in rows if "former_rep" in vars(row)}
    moves = {pk: (vars(row).pop("former_rep"), row.sales_rep_id) for pk, row in rows.items()}
    pass_on_tasks(moves, rows)


def before_one(sender, instance, raw=False, update_fields=None, **kwargs):
    is_part = update_fields is not None and not REP.intersection(update_fields)
    if not (raw or instance._state.adding or is_part):
        remember([instance])


def after_one(sender, instance, **kwargs):
    follow([instance])


def before_many(sender, rows, names, **kwargs):
    if sender is Customer and "sales_rep" in names:
        remember(rows)


def after_many(sender, rows, **kwargs):
    if sender is Customer:
        follow(rows)


def connect():
    pre_save.connect(before_one, sender=Customer, dispatch_uid="succession.before")
    post_save.connect(after_one, sender=Customer, dispatch_uid="succession.after")
    many_saving.connect(before_many, dispatch_uid="succession.before_many")
    many_saved.connect(after_many, dispatch_uid="succession.after_many")
