"""The record of one customer: how much each of its pages holds, beside the customer itself."""

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from customers.models import CashInflow, Customer, Holding, SalesNote, Task


def with_counts(customers):
    """Adds what the tabs say of each customer, in the same query: `holding_count`, `note_count`,
    `task_count` (open ones), `inflow_count`, `change_count`."""
    counted = {
        "holding_count": Holding.objects.active(),
        "note_count": SalesNote.objects.originals(),
        "task_count": Task.objects.open(),
        "inflow_count": CashInflow.objects.all(),
    }
    counts = {name: count(rows, "customer") for name, rows in counted.items()}
    return customers.annotate(
        **counts, change_count=count(Customer.history.model.objects.all(), "customer_id")
    )


def count(rows, reference):
    per_customer = rows.filter(**{reference: OuterRef("pk")}).order_by().values(reference)
    counted = per_customer.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
