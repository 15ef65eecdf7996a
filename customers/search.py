"""How customers are found by what somebody types: every word must stand somewhere in the record.

One implementation for the list, the API, the admin and the suggestions. What `matches` says of one
search key is what `matching` finds in a million, by the index of customers/search_index.py.
"""

import re

from django.db import models

from customers.folding import fold, legal_parts
from customers.grams import grams
from customers.kana_order import kana_key
from customers.search_hits import Hits
from customers.search_index import SEPARATOR, Word
from wealthai.digits import HYPHENS, narrow
from wealthai.text import is_storable

MAX_LENGTH = 200
LABEL = r"(?:〒|郵便番号|電話番号|電話|携帯|☎|tel|fax)[:.]?"
NUMBER = re.compile(rf"(?P<label>{LABEL})?(?P<number>[+0-9().-]+)")
ABROAD = re.compile(r"\(?\+81[-()0]*(?=[1-9])")
# What a number begins with may stand apart from it.
APART = re.compile(rf"(?<!\S)(?:{LABEL} ?)?(?:\(?\+81[-()0 ]*(?=[1-9])|(?=[(+0-9]))")
POSTAL_CODE = re.compile(r"(?<![0-9-])[0-9]{3} ?- ?[0-9]{4}(?![0-9-])")
ONE_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-"))
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
    phone, address = fold(customer.phone or ""), customer.address or ""
    texts = [
        fold(customer.name),
        fold(customer.name_kana or ""),
        fold(code),
        phone,
        digits(phone),
        fold(customer.email or ""),
        fold(address),
        *postal_codes(address),
    ]
    return "".join(SEPARATOR + text for text in texts if text) + SEPARATOR


def digits(folded: str) -> str:
    """A telephone number or postal code as bare digits, a Japanese one from abroad as at home."""
    return "".join(re.findall("[0-9]", ABROAD.sub("0", folded)))


def postal_codes(address: str) -> list[str]:
    """Read before folding takes the space away that ends one: 〒060-0001 1-2-3."""
    plain = " ".join(narrow(address).translate(ONE_HYPHEN).split())
    return list(map(digits, POSTAL_CODE.findall(plain)))


def words_of(text: str) -> list[Word]:
    """What must stand in a key: for each word the spellings of which one is enough.

    Words are parted by white space, half or full width, and at the legal forms of firms: 山田商事㈱
    finds 株式会社山田商事. What says that a number follows (TEL, 〒, +81) is one word with it.
    """
    folded = APART.sub(lambda found: "".join(found[0].split()), " ".join(map(fold, text.split())))
    parts = [part for word in folded.split() for part in legal_parts(word)]
    return list(dict.fromkeys(map(spellings, parts)))


def spellings(word: str) -> Word:
    """As typed and, where it may be a telephone number or postal code, as bare digits."""
    found = NUMBER.fullmatch(word)
    bare = digits(found["number"]) if found else ""
    is_named = bool(found and (found["label"] or ABROAD.match(found["number"])))
    if not bare or bare == word or (len(bare) < LEAST_DIGITS and not is_named):
        return (word,)
    return (word, bare)


def matches(key: str, text: str) -> bool:
    """Whether a customer with this search key is found by `text`: what searching means.

    Everybody is found by no text at all, nobody by characters that folding leaves nothing of.
    """
    words = words_of(text)
    found = all(any(s in key for s in word) for word in words) if words else not text.strip()
    return is_answerable(text) and found


def is_answerable(text: str) -> bool:
    """No record holds NUL or lone surrogates, and nobody types over MAX_LENGTH characters."""
    return len(text) <= MAX_LENGTH and is_storable(text)


def matching(customers, text):
    """`customers` narrowed to those whom `matches` finds. Asks the index at once; the rest is lazy."""
    if not is_answerable(text):
        return customers.none()
    words = words_of(text)
    if words:
        return Hits(customers, words).found()
    return customers.none() if text.strip() else customers


def having_code(customers, code):
    """Those whose code is `code` however it is typed: Ｃ００１ and c001 are read and said like C001."""
    folded = fold(code)
    if not (folded and is_answerable(code)):
        return customers.none()
    hits = Hits(customers, [(SEPARATOR + folded + SEPARATOR,)]).found()
    alike = [row.pk for row in hits if fold(row.code) == folded]
    # What another system has just written has no search key yet.
    return customers.filter(models.Q(customer_code=code) | models.Q(pk__in=alike))
