"""What people read and take out, written down for compliance (see models/access_record.py)."""

import json

from django.db import connection

from customers.models import AccessRecord
from wealthai.database import recording_a_look
from wealthai.my_number import without_my_numbers
from wealthai.writing import current_source

KEYS_ON_SQLITE = """
    INSERT INTO access_record_customers (record_id, customer_id)
    SELECT %s, value FROM json_each(%s)"""
WITH_KEYS = """
    WITH record AS (INSERT INTO access_records ({columns}) VALUES ({values}) RETURNING id)
    INSERT INTO access_record_customers (record_id, customer_id)
    SELECT id, unnest(%s::integer[]) FROM record"""


def log_access(request, act, *, customer=None, detail="", rows=None, keys=()):
    """One record per act; `act` is AccessRecord.Act.

    Of a file or page of many `rows` says how many records it held, and `keys` whose. `detail` may
    name what somebody searched for, which nobody has read yet.
    """
    record = AccessRecord(
        user=request.user,
        customer=customer,
        act=act,
        source=current_source(),
        detail=without_my_numbers(detail),
        rows=rows,
        request_id=getattr(request, "request_id", ""),
    )
    if keys:
        save_with_keys(record, keys)
    elif rows is not None:
        record.save()
    else:
        with recording_a_look():
            record.save()


def save_with_keys(record, keys):
    """On PostgreSQL in one statement: each page of the API's list leaves such a record."""
    if connection.vendor != "postgresql":
        record.save()
        with connection.cursor() as cursor:
            cursor.execute(KEYS_ON_SQLITE, [record.pk, json.dumps(keys)])
        return
    fields = [one for one in record._meta.local_concrete_fields if not one.primary_key]
    columns, values = ", ".join(one.column for one in fields), ", ".join(["%s"] * len(fields))
    prepared = [one.get_db_prep_save(one.pre_save(record, add=True), connection) for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(WITH_KEYS.format(columns=columns, values=values), [*prepared, keys])


class ShowsRecord:
    """A page of one customer: showing it, or showing it again with what was refused, is a look.

    `title` is what the access record says of the page.
    """

    title = ""

    def get_customer(self):
        return self.object

    def render_to_response(self, context, **options):
        act = AccessRecord.Act.VIEW
        log_access(self.request, act, customer=self.get_customer(), detail=self.title)
        return super().render_to_response(context, **options)
