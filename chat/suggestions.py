"""Questions worth asking about a customer, read out of the customer's own records: no model is
asked, and nothing is suggested that the records would have no answer to."""

from datetime import timedelta
from typing import NamedTuple

from customers.models import CashInflow

SOON = timedelta(days=90)
EXPECTED = (CashInflow.Status.PREDICTED, CashInflow.Status.CONFIRMED)


class Suggestion(NamedTuple):
    label: str
    question: str


PREPARE = Suggestion("面談前の要点", "面談前に押さえておく要点を教えてください。")
PROMISED = Suggestion("前回の話", "前回の営業メモで話したことと約束したことを教えてください。")


def questions_about(customer, today):
    """At most four, the most pressing first."""
    soon = (today, today + SOON)
    found = [_maturity(customer, soon), _inflow(customer, soon)]
    if customer.notes.exists():
        found.append(PROMISED)
    return [*filter(None, found), PREPARE]


def _maturity(customer, soon):
    held = customer.holdings.active().with_due().filter(due__range=soon)
    due = held.select_related("product").order_by("due", "pk").first()
    if due is None:
        return None
    day, name = _spoken(due.due), due.product.product_name
    return Suggestion(f"{day}の償還", f"{day}に償還される{name}の金額と、確かめることは？")


def _inflow(customer, soon):
    coming = customer.cash_inflows.filter(status__in=EXPECTED, predicted_date__range=soon)
    first = coming.order_by("predicted_date", "pk").first()
    if first is None:
        return None
    day, what = _spoken(first.predicted_date), first.get_source_type_display() or "入金"
    return Suggestion(
        f"{day}の{what}", f"{day}に見込まれる入金（{what}）について、記録にあることは？"
    )


def _spoken(day):
    return f"{day.month}月{day.day}日"
