"""How customers are found by what somebody types: every word must stand somewhere in the record."""

import re
import unicodedata

from django.db import models
from django.db.models import Q

from customers.folding import SEPARATOR, fold, kana_key
from wealthai.text import is_storable

MAX_LENGTH = 200
PHONE_MARKS = re.compile(r"[-‐‑–−ー()+\s]")


class SearchKeyField(models.TextField):
    """The folded texts of a customer, computed on every save."""

    def pre_save(self, model_instance, add):
        key = search_key(model_instance)
        setattr(model_instance, self.attname, key)
        return key


class KanaKeyField(models.TextField):
    def pre_save(self, model_instance, add):
        key = kana_key(model_instance.name_kana) if model_instance.name_kana else None
        setattr(model_instance, self.attname, key)
        return key


def search_key(customer):
    texts = (
        customer.name,
        customer.name_kana,
        customer.code,
        customer.phone,
        digits(customer.phone or ""),
        customer.email,
        customer.address,
    )
    return "".join(fold(text or "") + SEPARATOR for text in texts)


def matching(customers, text):
    """`customers` narrowed to those in whom each word of `text` occurs.

    Words are parted by half- or full-width spaces. What no record can contain (NUL, lone
    surrogates) and what nobody types (over MAX_LENGTH) finds nothing.
    """
    if len(text) > MAX_LENGTH or not is_storable(text):
        return customers.none()
    for word in text.split():
        found = Q(search_key__contains=fold(word))
        if digits(word).isdecimal():
            found |= Q(search_key__contains=digits(word))
        customers = customers.filter(found)
    return customers


def digits(text):
    return PHONE_MARKS.sub("", unicodedata.normalize("NFKC", text))
