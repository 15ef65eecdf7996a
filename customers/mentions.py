"""Whose names or codes stand in a text, among all customers of the firm.

A Japanese name may begin at any character, so every piece of the text that could be a name, or the
beginning of a long one, is looked up in an index of names (NameKey). The table is never read
through: the cost follows the length of the text, not the number of customers.
"""

import json
import re
import unicodedata

from django.db import connections
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import StrIndex

from customers.folding import fold

LONGEST = 8  # letters of a name in the index
AT_ONCE = 50_000  # pieces in one query
CODE = re.compile(r"[0-9A-Za-z]+(?:[-_.][0-9A-Za-z]+)*")
OWN_CODE = re.compile(r"W(\d{1,9})", re.ASCII)
KNOWN = """
    SELECT piece FROM (
        SELECT piece, (SELECT 1 FROM customers WHERE {key} = piece LIMIT 1) AS is_known FROM {pieces}
    ) AS asked WHERE is_known = 1"""
PIECES = {
    "postgresql": "unnest(%s::text[]) AS pieces(piece)",
    "sqlite": "(SELECT value AS piece FROM json_each(%s)) AS pieces",
}


class FoldedName(Func):
    """The folded name out of a search key, where it comes first."""

    output_field = TextField()
    template = "substr(%(expressions)s, 2, instr(substr(%(expressions)s, 2), char(10)) - 1)"
    on_postgres = "split_part(%(expressions)s, chr(10), 2)"

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template=self.on_postgres, **context)


class NameKey(FoldedName):
    """Its first letters, as the index holds them. Figures stand in the SQL itself: SQLite uses an
    index only for the very same expression."""

    template = (
        "substr(%(expressions)s, 2,"
        f" min({LONGEST}, instr(substr(%(expressions)s, 2), char(10)) - 1))"
    )
    on_postgres = f"left(split_part(%(expressions)s, chr(10), 2), {LONGEST})"


def named_in(customers, text):
    """Those of `customers` whose whole name, however written, or code stands in `text`.

    Asks the index of names at once; the rest is lazy.
    """
    folded = fold(text)
    codes = set(CODE.findall(unicodedata.normalize("NFKC", text)))
    own = [int(found[1]) for found in map(OWN_CODE.fullmatch, codes) if found]
    standing = Q(name_key__in=known_pieces(folded, customers.db), place__gt=0)
    by_code = Q(customer_code__in=codes) | Q(customer_code=None, pk__in=own)
    place = StrIndex(Value(folded), FoldedName("search_key"))
    return customers.alias(name_key=NameKey("search_key"), place=place).filter(standing | by_code)


def known_pieces(folded, alias):
    """The pieces of `folded` that are somebody's name, or the beginning of a long one."""
    pieces = sorted(
        {
            folded[start : start + length]
            for start in range(len(folded))
            for length in range(1, LONGEST + 1)
        }
    )
    connection = connections[alias]
    vendor = connection.vendor
    key = NameKey.on_postgres if vendor == "postgresql" else NameKey.template
    sql = KNOWN.format(key=key % {"expressions": "search_key"}, pieces=PIECES[vendor])
    known = []
    with connection.cursor() as cursor:
        for start in range(0, len(pieces), AT_ONCE):
            part = pieces[start : start + AT_ONCE]
            cursor.execute(sql, [part if vendor == "postgresql" else json.dumps(part)])
            known += [piece for (piece,) in cursor.fetchall()]
    return known
