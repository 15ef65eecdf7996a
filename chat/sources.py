"""Where a statement comes from: a record and the version of it that the model was given.

`crm://holding/123@7`: kind, key, and the number of the history row that says what was read. Version 0
is a row as another system wrote it, which the history does not tell yet.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from customers.as_of import newest_of_each
from customers.models import CashInflow, Customer, EconomicEvent, Holding, Product, SalesNote
from wealthai.database import OneOf
from wealthai.prepared import Prepared
from wealthai.tracking import version_of

MODELS: dict[str, Any] = {
    "customer": Customer,
    "holding": Holding,
    "note": SalesNote,
    "inflow": CashInflow,
    "event": EconomicEvent,
    "product": Product,
}
PARTS = re.compile(r"crm://([a-z]+)/(\d+)@(\d+)", re.ASCII)
SHOWN = {
    "event": "経済イベントの記録です。管理画面の「経済イベント」に表示します。",
    "product": "商品の記録です。管理画面の「商品」に表示します。",
}
ADMIN_PAGES = {
    "event": "admin:customers_economicevent_change",
    "product": "admin:customers_product_change",
}
LABELS = {
    "customer": "顧客 {code}",
    "holding": "保有 {product}",
    "note": "メモ {date} {kind}",
    "inflow": "入金予測 {date} {source}",
    "event": "イベント {date} {title}",
    "product": "商品 {product}",
}


def newest_of(model: Any) -> Prepared:
    """The newest history row of each of the keys."""
    name, told = model._meta.pk.attname, model.history.model.objects.order_by()

    def build(keys):
        rows = told.filter(OneOf(name, keys))
        return rows.filter(history_id__in=newest_of_each(rows, name))

    return Prepared(build)


KINDS = {model: kind for kind, model in MODELS.items()}
NEWEST = {model: newest_of(model) for model in KINDS}


@dataclass(frozen=True)
class Source:
    """`customer_id` is None where the record is nobody's: events and products. `read_at` is the moment
    at which the page "as of" shows this version."""

    uri: str
    label: str
    customer_id: int | None
    read_at: str


def stamped(rows: Iterable[tuple[dict[str, Any], int | None]]) -> list[Source]:
    """Puts address and version in place of the row that is the `id` of each one's facts; they come with
    their customer, and were read in the snapshot that this is called in."""
    rows = list(rows)
    read = defaultdict(list)
    for facts, _ in rows:
        read[type(facts["id"])].append(facts["id"])
    versions = {model: versions_of(model, those) for model, those in read.items()}
    sources, moment = [], timezone.now().isoformat()
    for facts, customer in rows:
        row = facts["id"]
        version = versions[type(row)].get(row.pk, 0)
        facts["id"] = f"crm://{KINDS[type(row)]}/{row.pk}@{version}"
        label = LABELS[KINDS[type(row)]].format(**facts)
        if whose := facts.get("customer"):  # among several people's
            label = f"{whose} {label}"
        sources.append(Source(facts["id"], label, customer, moment))
    return sources


def stamped_records(records: dict[str, Any] | None) -> list[Source]:
    """The same for the records that go along with the question (chat/context.py)."""
    rows: list[tuple[dict[str, Any], int | None]] = []
    owner = None
    for part in (records or {}).values():
        people = [part] if isinstance(part, dict) else []
        for facts in people or (part if isinstance(part, list) else []):
            owner = facts["id"].pk if isinstance(facts["id"], Customer) else owner
            rows.append((facts, owner))
    return stamped(rows)


def parts_of(uri: str) -> tuple[str, int]:
    kind, _, key = uri.removeprefix("crm://").partition("/")
    return kind, int(key)


def versions_of(model: Any, rows: list[Any]) -> dict[int, int]:
    """{key: number of the newest history row} of those of `rows` that stand as that one says, newest as
    customers/as_of.py means it."""
    name, read = model._meta.pk.attname, {row.pk: row for row in rows}
    return {
        getattr(told, name): told.history_id
        for told in NEWEST[model].rows(sorted(read))
        if version_of(told, model) == version_of(read[getattr(told, name)], model)
    }


def open_at(cited: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """{(source, when it was read): the moment whose page shows its version}: when it was read, but
    for a save that was under way then, whose history row is dated before it could be seen."""
    sought = {(one["source"], one["read_at"]) for one in cited if one["customer_id"]}
    versions = defaultdict(set)
    for uri, _ in sought:
        kind, _, version = PARTS.fullmatch(uri).groups()  # type: ignore[union-attr]
        versions[kind].add(int(version))
    stood = {kind: stood_of(MODELS[kind], wanted) for kind, wanted in versions.items()}
    moments = {}
    for uri, read_at in sought:
        kind, _, version = PARTS.fullmatch(uri).groups()  # type: ignore[union-attr]
        read = datetime.fromisoformat(read_at)
        since, until = stood[kind].get(int(version), (read, None))
        stands = since <= read and (until is None or read < until)
        moments[uri, read_at] = (read if stands else since).isoformat()
    return moments


def stood_of(model: Any, versions: set[int]) -> dict[int, tuple[datetime, datetime | None]]:
    """{number of a history row: from when it stood, and until when}, the latter by the row's own key:
    grouped, so that PostgreSQL does not look for it along the dates of all."""
    name, told = model._meta.pk.attname, model.history.model.objects.order_by()
    same = {name: OuterRef(name), "history_date__gt": OuterRef("history_date")}
    later = told.filter(**same).values(name)
    until = Subquery(later.annotate(first=Min("history_date")).values("first"))
    rows = told.filter(history_id__in=versions).values_list("history_id", "history_date", until)
    return {version: (since, until) for version, since, until in rows}
