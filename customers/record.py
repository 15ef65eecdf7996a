"""The record of one customer: how much each of its pages holds, beside the customer itself."""

from functools import reduce
from operator import add

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from customers.models import CashInflow, Holding, SalesNote, Task
from customers.trail import KINDS, history_of


def with_counts(customers):
    """Adds what the tabs say of each customer, in the same query: `holding_count`, `note_count`,
    `task_count` (open ones), `inflow_count`, `change_count` (rows of the trail)."""
    counted = {
        "holding_count": Holding.objects.active(),
        "note_count": SalesNote.objects.originals(),
        "task_count": Task.objects.open(),
        "inflow_count": CashInflow.objects.all(),
    }
    counts = {name: count(rows, "customer") for name, rows in counted.items()}
    changes = [count(history_of(kind).objects.all(), "customer_id") for kind in KINDS]
    return customers.annotate(**counts, change_count=reduce(add, changes))


def count(rows, reference):
    per_customer = rows.filter(**{reference: OuterRef("pk")}).order_by().values(reference)
    counted = per_customer.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
