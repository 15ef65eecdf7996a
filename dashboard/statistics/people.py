"""How many customers, and of what kind."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Count, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.forms.list_filters import AGE_BANDS, NOBODY
from customers.models import Customer
from customers.models.customer_conditions import end_of, years_before
from dashboard.scopes import of_advisers
from wealthai.prepared import Prepared

QUIET_DAYS, STALE_DAYS = 90, 365
# Bands of AGE_BANDS that do not overlap, by the age at which the next one begins.
BANDS = {"-39": 40, "40-49": 50, "50-59": 60, "60-69": 70, "70-74": 75, "75-79": 80, "80-": None}
RISKS = dict(Customer.RiskTolerance.choices)


def start_of(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@dataclass(frozen=True)
class Part:
    """`value` is how the customer list calls it, `percent` of the largest part."""

    value: str
    label: str
    count: int
    percent: int


@dataclass(frozen=True)
class CustomerFigures:
    count: int
    new_this_month: int
    archived: int
    quiet: int
    stale: int
    ages: list
    risks: list
    branches: list

    @property
    def aged_75(self):
        return sum(part.count for part in self.ages if part.value in ("75-79", "80-"))


def customers(scope, today):
    """All of it in one pass over the customers."""
    births = [years_before(today, end) for end in BANDS.values() if end]
    ends = end_of(QUIET_DAYS, today), end_of(STALE_DAYS, today)
    rows = COUNTED.rows(scope.whose, start_of(today.replace(day=1)), *ends, *births)
    active = [row for row in rows if not row["archived"]]
    return CustomerFigures(
        count=sum(row["count"] for row in active),
        new_this_month=sum(row["new"] for row in active),
        archived=sum(row["count"] for row in rows if row["archived"]),
        quiet=sum(row["quiet"] for row in active),
        stale=sum(row["stale"] for row in active),
        ages=parts(counted(active, "band"), {name: AGE_BANDS[name] for name in (*BANDS, NOBODY)}),
        risks=parts(counted(active, "risk_tolerance", RISKS), RISKS | {NOBODY: "未登録"}),
        branches=branches(active),
    )


def counted_rows(whose, month_start, quiet_end, stale_end, *births):
    """Customers by what they are grouped by."""
    return (
        of_advisers(Customer.objects.all(), "sales_rep", whose)
        .order_by()
        .values(
            "risk_tolerance",
            branch=Coalesce("sales_rep__branch", Value("")),
            band=band_by(births),
            archived=Case(When(archived_at=None, then=0), default=1),
        )
        .annotate(
            count=Count("pk"),
            new=Count("pk", filter=Q(created_at__gte=month_start)),
            quiet=Count("pk", filter=Q(last_contact_at=None) | Q(last_contact_at__lte=quiet_end)),
            stale=Count("pk", filter=Q(updated_at__lte=stale_end)),
        )
    )


COUNTED = Prepared(counted_rows)


def band_by(births):
    """The age band; of each but the oldest the day after which those in it were born, as
    customers.models.customer_conditions.aged_between counts years."""
    ends = [
        When(birth_date__gt=birth, then=Value(band))
        for band, birth in zip(BANDS, births, strict=False)
    ]
    return Case(When(birth_date=None, then=Value(NOBODY)), *ends, default=Value("80-"))


def counted(rows, name, known=None):
    """Customers by `name`; what is not among the `known` counts as not known."""
    found = Counter()
    for row in rows:
        value = row[name]
        found[value if known is None or value in known else NOBODY] += row["count"]
    return found


def parts(counts, labels):
    """In the order of `labels`; of what nobody knows only where there is some."""
    most = max(counts.values(), default=0) or 1
    return [
        Part(value, label, counts[value], round(counts[value] * 100 / most))
        for value, label in labels.items()
        if counts[value] or value != NOBODY
    ]


def branches(rows):
    """The largest first, those without one last."""
    counts = counted(rows, "branch")
    names = sorted((name for name in counts if name), key=lambda name: (-counts[name], name))
    counts[NOBODY] = counts.pop("", 0)
    return parts(counts, {name: name for name in names} | {NOBODY: "支店なし"})
