"""Fills `source` of the history rows that were written while the reason text told the way.

The reasons stay as they are: they are evidence. Rows go in ranges of their key, each range its own
transaction, so that a large table is never locked for long and a broken run can be started again.
"""

from django.db import migrations
from django.db.models import Max, Min

TABLES = [
    "historicaladviser",
    "historicalcashinflow",
    "historicalcustomer",
    "historicalholding",
    "historicalproduct",
    "historicalsalesnote",
]
# How the old reason texts begin, and the way they stand for.
SOURCES = {"管理画面": "admin", "API": "api", "取込": "import", "デモ": "import"}
CHUNK = 10_000


def ranges(rows):
    ends = rows.aggregate(first=Min("history_id"), last=Max("history_id"))
    if ends["first"] is None:
        return
    for start in range(ends["first"], ends["last"] + 1, CHUNK):
        yield rows.filter(history_id__range=(start, start + CHUNK - 1))


def move(apps, before_and_after):
    """`before_and_after` gives the source before and after, from the one that the reason tells."""
    for name in TABLES:
        history = apps.get_model("customers", name).objects.order_by()
        for rows in ranges(history):
            for beginning, source in SOURCES.items():
                told = rows.filter(history_change_reason__startswith=beginning)
                before, after = before_and_after(source)
                told.filter(source=before).update(source=after)


def fill(apps, schema_editor):
    move(apps, lambda source: ("", source))


def empty(apps, schema_editor):
    move(apps, lambda source: (source, ""))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0003_foreign_writes")]

    operations = [migrations.RunPython(fill, empty)]
