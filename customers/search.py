"""How customers are found by what somebody types: every word must stand somewhere in the record.

One implementation for the list, the API, the admin and the suggestions. What `matches` says of one
search key is what `matching` finds in a million, by the index of customers/search_index.py.
"""

import re

from django.db import models

from customers.folding import fold, legal_parts
from customers.grams import grams
from customers.kana_order import kana_key
from customers.search_index import SEPARATOR, Hits, Word
from wealthai.text import is_storable

MAX_LENGTH = 200
NUMBER = re.compile(r"\+?[0-9().-]+")
ABROAD = re.compile(r"\+81-?(\(0\)|0)?")
POSTAL_CODE = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{4}(?![0-9-])")
LEAST_DIGITS = 4  # 1-1-1 is a place in an address, not the 111 of a telephone number


class SearchKeyField(models.TextField):
    """The folded texts of a customer, computed on every save."""

    def pre_save(self, model_instance, add):
        key = search_key(model_instance)
        setattr(model_instance, self.attname, key)
        return key


class SearchGramsField(models.TextField):
    """What the database indexes of `search_key`, which is computed just before."""

    def pre_save(self, model_instance, add):
        text = grams(model_instance.search_key)
        setattr(model_instance, self.attname, text)
        return text


class KanaKeyField(models.TextField):
    def pre_save(self, model_instance, add):
        key = kana_key(model_instance.name_kana) if model_instance.name_kana else None
        setattr(model_instance, self.attname, key)
        return key


def search_key(customer):
    """The name first: suggestions rank by it. A separator stands before and behind each text."""
    code = customer.customer_code or (f"W{customer.pk}" if customer.pk else "")
    phone, address = fold(customer.phone or ""), fold(customer.address or "")
    texts = [
        fold(customer.name),
        fold(customer.name_kana or ""),
        fold(code),
        phone,
        digits(phone),
        fold(customer.email or ""),
        address,
        *map(digits, POSTAL_CODE.findall(address)),
    ]
    return "".join(SEPARATOR + text for text in texts if text) + SEPARATOR


def digits(folded: str) -> str:
    """A telephone number or postal code as bare digits, a Japanese one from abroad as at home."""
    return "".join(re.findall("[0-9]", ABROAD.sub("0", folded)))


def words_of(text: str) -> list[Word]:
    """What must stand in a key: for each word the spellings of which one is enough.

    Words are parted by white space, half or full width, and at the legal forms of firms: 山田商事㈱
    finds 株式会社山田商事.
    """
    parts = [part for word in text.split() for part in legal_parts(fold(word))]
    return list(dict.fromkeys(map(spellings, parts)))


def spellings(word: str) -> Word:
    """As typed and, where it may be a telephone number or postal code, as bare digits."""
    bare = digits(word) if NUMBER.fullmatch(word) else ""
    return (word,) if len(bare) < LEAST_DIGITS or bare == word else (word, bare)


def matches(key: str, text: str) -> bool:
    """Whether a customer with this search key is found by `text`: what searching means."""
    words = words_of(text)
    return is_answerable(text) and all(any(s in key for s in word) for word in words)


def is_answerable(text: str) -> bool:
    """No record holds NUL or lone surrogates, and nobody types over MAX_LENGTH characters."""
    return len(text) <= MAX_LENGTH and is_storable(text)


def matching(customers, text):
    """`customers` narrowed to those whom `matches` finds. Asks the index at once; the rest is lazy."""
    if not is_answerable(text):
        return customers.none()
    words = words_of(text)
    return Hits(customers, words).among(customers) if words else customers
