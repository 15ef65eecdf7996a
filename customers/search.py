"""How customers are found by what somebody types: every word must stand somewhere in the record."""

import re
import unicodedata

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat, Replace

from wealthai.text import is_storable

FIELDS = ("name", "name_kana", "shown_code", "phone", "email", "address")
MAX_LENGTH = 200
PHONE_MARKS = re.compile(r"[-‐‑–−ー()+\s]")


def matching(customers, text):
    """`customers` narrowed to those in whom each word of `text` occurs, upper case or lower.

    Words are parted by half- or full-width spaces. What no record can contain (NUL, lone
    surrogates) and what nobody types (over MAX_LENGTH) finds nothing.
    """
    if len(text) > MAX_LENGTH or not is_storable(text):
        return customers.none()
    words = text.split()
    if words:
        customers = with_searched_texts(customers)
    for word in words:
        customers = customers.filter(occurs(word))
    return customers


def with_searched_texts(customers):
    own_code = Concat(Value("W"), Cast("customer_id", CharField()))
    return customers.alias(
        shown_code=Coalesce(F("customer_code"), own_code),
        dialled=Replace(Replace("phone", Value("-")), Value(" ")),
    )


def occurs(word):
    found = Q()
    for field in FIELDS:
        found |= Q(**{f"{field}__icontains": word})
    digits = PHONE_MARKS.sub("", unicodedata.normalize("NFKC", word))
    if digits.isascii() and digits.isdigit():
        found |= Q(dialled__contains=digits)
    return found
