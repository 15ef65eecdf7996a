"""The trail of one customer: every saved change of the record and of what belongs to it.

The rows of five history tables, newest first. One query finds which rows a page shows and which row
each is compared with; one more per table fetches them.
"""

import datetime
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Case, F, Q, Value, When, Window
from django.db.models.functions import Lag, RowNumber

from customers.models import Adviser, CashInflow, Customer, Holding, SalesNote, Task
from wealthai.history import SILENT, changes, in_words, names_of, said
from wealthai.writing import Source

KINDS = {
    "customer": Customer,
    "holding": Holding,
    "note": SalesNote,
    "task": Task,
    "inflow": CashInflow,
}
NOBODY = "none"
UNSIGNED = {Source.IMPORT: "取込", Source.SQL: "ほかのシステム"}
PAGE_SIZE = 50
CHUNK = 500
TOGETHER = datetime.timedelta(seconds=2)  # rows of one click are some milliseconds apart
COLUMNS = ["history_date", "rank", "history_id", "previous"]
NEWEST_FIRST = ["-history_date", "rank", "-history_id"]


@dataclass(frozen=True)
class Key:
    """Where a history row stands in the trail, and the row before it of the same object."""

    date: datetime.datetime
    rank: int
    pk: int
    previous: int | None

    @property
    def kind(self):
        return list(KINDS)[self.rank]


@dataclass(frozen=True)
class Line:
    """One changed value, or all `values` of a row that came or went.

    `before` is the id of the history row that holds the old value, or the last ones of what is gone.
    """

    subject: str
    label: str
    old: str = ""
    new: str = ""
    values: tuple = ()
    is_gone: bool = False
    kind: str = ""
    name: str = ""
    before: int | None = None

    @property
    def item(self):
        return f"{self.kind}.{self.name}"

    @property
    def place(self):
        return self.kind, self.before

    def spelt_out(self):
        """(field, before, after) of each value."""
        if not self.values:
            return [(self.label, self.old, self.new)]
        return [
            (f"{name}{self.label}", words, "")
            if self.is_gone
            else (f"{name}{self.label}", "", words)
            for name, words in self.values
        ]


@dataclass
class Moment:
    """What one person saved at once."""

    when: datetime.datetime
    who: object
    row: object
    lines: list = field(default_factory=list)

    def includes(self, row):
        mine = (self.row.history_user_id, self.row.source, self.row.batch_id)
        its = (row.history_user_id, row.source, row.batch_id)
        same_reason = self.row.history_change_reason == row.history_change_reason
        return mine == its and same_reason and self.when - row.history_date <= TOGETHER

    @property
    def author(self):
        """The person; for what no person of the firm did, the way by which it came."""
        if self.who:
            return self.who.name
        return UNSIGNED.get(self.row.source, "システム")

    @property
    def source(self):
        return self.row.get_source_display()

    @property
    def reason(self):
        return self.row.history_change_reason or ""


@dataclass
class TrailPage:
    moments: list
    last: Key | None  # where the next page begins, if there is one

    @property
    def gone(self):
        """Where the deleted records stand: (kind, id of the history row)."""
        lines = (line for moment in self.moments for line in moment.lines)
        return {line.place for line in lines if line.is_gone}


def history_of(kind):
    return KINDS[kind].history.model


def page_of(customer, *, user, after=None, **filters):
    """One page of the trail; `after` is (date, rank, id) of the last row of the page before."""
    found = keys(customer, after=after, **filters)[: PAGE_SIZE + 1]
    page = [Key(*row) for row in found]
    shown = page[:PAGE_SIZE]
    more = len(page) > PAGE_SIZE
    return TrailPage(
        list(moments_of(shown, customer=customer, user=user)), shown[-1] if more else None
    )


def whole(customer, *, user, **filters):
    """All moments, for an export."""
    found = [Key(*row) for row in keys(customer, **filters)]
    for start in range(0, len(found), CHUNK):
        yield from moments_of(found[start : start + CHUNK], customer=customer, user=user)


def people_of(customer):
    """Who has changed anything here, for the filter."""
    authors = Q()
    for kind in KINDS:
        rows = history_of(kind).objects.filter(customer_id=customer.pk)
        authors |= Q(pk__in=rows.exclude(history_user=None).values("history_user"))
    return Adviser.objects.filter(authors)


def keys(customer, *, kind="", **filters):
    first, *others = [
        rows_of(customer, one, **filters).values_list(*COLUMNS)
        for one in ([kind] if kind else KINDS)
    ]
    return (first.union(*others, all=True) if others else first).order_by(*NEWEST_FIRST)


def rows_of(customer, kind, *, name="", after=None, **filters):
    """History rows of one table, each with the row before it of the same object.

    What a row held while it was another customer's is nobody's business here, so only rows of this
    customer are compared. They are compared first and chosen afterwards: a condition that holds a
    window function is put around it, a plain filter would be put inside and make neighbours of rows
    that are none.
    """
    rank = list(KINDS).index(kind)
    wanted = Q(number__gte=1) & chosen(**filters)
    rows = history_of(kind).objects.order_by().filter(customer_id=customer.pk)
    rows = rows.annotate(
        rank=Value(rank, models.IntegerField()),
        number=over(kind, RowNumber()),
        previous=over(kind, Lag("history_id")),
    )
    if after:
        wanted &= beyond(rank, after)
    if name:
        column = KINDS[kind]._meta.get_field(name)
        rows = rows.annotate(then=over(kind, Lag(column.attname)))
        # CASE, because a comparison with NULL is neither true nor false.
        rows = rows.annotate(same=decided(is_same(column)))
        wanted &= Q(same=False)
    return rows.annotate(wanted=decided(wanted)).filter(wanted=True)


def over(kind, function):
    """`function` over the rows of one object, the oldest first."""
    key = KINDS[kind]._meta.pk.attname
    return Window(function, partition_by=[F(key)], order_by=["history_date", "history_id"])


def decided(condition):
    return Case(When(condition, then=Value(True)), default=Value(False))


def chosen(author="", source="", since=None, until=None):
    """The conditions of the filter; `until` is the first moment that is too late."""
    condition = Q()
    if author:
        condition &= Q(history_user__isnull=True) if author == NOBODY else Q(history_user=author)
    if source:
        condition &= Q(source=source)
    if since:
        condition &= Q(history_date__gte=since)
    if until:
        condition &= Q(history_date__lt=until)
    return condition


def is_same(column):
    """As in the row before; nothing and an empty text are one."""
    return Q(then=F(column.attname)) | (blank("then", column) & blank(column.attname, column))


def blank(name, column):
    nothing = Q(**{f"{name}__isnull": True})
    is_text = isinstance(column, (models.CharField, models.TextField))
    return nothing | Q(**{name: ""}) if is_text else nothing


def beyond(rank, after):
    date, last_rank, last_pk = after
    earlier, then = Q(history_date__lt=date), Q(history_date=date)
    if rank < last_rank:
        return earlier
    return earlier | (then & Q(history_id__lt=last_pk) if rank == last_rank else then)


def moments_of(keys, *, customer, user):
    """The rows of `keys` with their lines; neighbours that were saved together are one."""
    rows = fetched(keys)
    names = names_of(rows.values(), user, known={("customer", customer.pk): customer.name})
    moment = None
    for key in keys:
        row = rows[key.kind, key.pk]
        if moment is None or not moment.includes(row):
            if moment is not None:
                yield moment
            moment = Moment(when=row.history_date, who=row.history_user, row=row)
        moment.lines += lines_of(key.kind, row, rows.get((key.kind, key.previous)), names)
    if moment is not None:
        yield moment


def fetched(keys):
    """{(kind, id): row}, the compared rows included, in one query per table."""
    wanted = {}
    for key in keys:
        wanted.setdefault(key.kind, set()).update({key.pk, key.previous} - {None})
    return {
        (kind, row.pk): row
        for kind, ids in wanted.items()
        for row in history_of(kind).objects.filter(pk__in=ids).select_related("history_user")
    }


def lines_of(kind, row, before, names):
    subject = subject_of(kind, row, names)
    if row.history_type == "+":
        label = "（復元）" if before and before.history_type == "-" else "（新規登録）"
        return [Line(subject, label, values=values_of(row, names))]
    if row.history_type == "-":
        values = values_of(row, names)
        return [Line(subject, "（削除）", values=values, is_gone=True, kind=kind, before=row.pk)]
    if before is None:
        return [Line(subject, "（これより前の記録はありません）", values=values_of(row, names))]
    return [
        Line(
            subject,
            change.label,
            change.old,
            change.new,
            kind=kind,
            name=change.name,
            before=before.pk,
        )
        for change in changes(row, before, names)
    ] or [Line(subject, "（値の変更なし）")]


def subject_of(kind, row, names):
    """What the row is about, in words that tell it from its neighbours."""
    model = KINDS[kind]
    title = model._meta.verbose_name
    if kind == "customer":
        return title
    if kind == "holding":
        return f"{title} {names.get(('product', row.product_id), f'#{row.holding_id}')}"
    if kind == "task":
        return f"{title} {row.title}"
    return f"{title} #{getattr(row, model._meta.pk.attname)}"


def values_of(row, names):
    """(label, words) of each filled field, for a row that has no neighbour to compare with."""
    return tuple(
        (column.verbose_name, in_words(column, getattr(row, column.attname), names))
        for column in row.tracked_fields
        if column.name not in SILENT | {"customer"}
        and column.attname != row.instance_type._meta.pk.attname
        and said(getattr(row, column.attname)) is not None
    )
