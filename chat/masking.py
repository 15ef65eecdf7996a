"""Names and addresses do not leave the building: tokens go out, and are put back on display.

How a secret may be written is in chat/writings.py; a text is never changed except where one stands.
Tokens are numbered in the order in which a conversation meets them, and the conversation keeps that
order: who was ［顧客B］ in the first question is so in the fifth, in whatever process it is answered.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import itemgetter
from typing import Any

from chat.patterns import BIRTHDAY, MY_NUMBER, NOUNS, days_in, found_in, left_of
from chat.writings import (
    PREFECTURE,
    SPELLED,
    Secret,
    folded_alone,
    folded_with_places,
    people_in,
    places_of,
    whole_span,
)
from customers.mentions import Named
from wealthai.spans import Taken

# A field that holds less than this is no address or number, and would blank out other text.
SHORTEST = {"フリガナ": 2, "電話番号": 6, "メールアドレス": 4, "住所": 4}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PERSON = "氏名"
MAY_BE_A_FORM = re.compile("[0-9０-９〇○一二三四五六七八九十@＠]|アット|[(（]at", re.I)
# What a text of ours has written like a token: it goes out under a token of its own, or it would come
# back as the name of whoever has that token here.
SIGN = "記号"
STEMS = "|".join(["顧客カナ", "顧客", "人物", SIGN, *NOUNS.values()])
LIKE_A_TOKEN = re.compile(
    rf"［(?:(?:{STEMS})(?:別?[A-Z]\d*|\d{{1,3}})(?:の[^［］\n]{{1,9}}|・\d{{1,3}}歳)?|(?P<number>\d{{1,3}}))］"
)
TOKEN = re.compile("［[^［］]+］")
Span = tuple[int, int, Secret]


@dataclass
class Memory:
    """Who and what has a number in a conversation, in the order of the numbers; kept with it.

    Who is hidden from the person has letters of their own: a gap in the others would tell of them.
    """

    people: list[int] = field(default_factory=list)  # keys of customers, by letter
    hidden: list[int] = field(default_factory=list)
    written: dict[str, list[str]] = field(default_factory=dict)  # by stem of the token

    def letter_of(self, key: int, hidden: bool) -> str:
        letter = letters(_place(self.hidden if hidden else self.people, key))
        return f"別{letter}" if hidden else letter

    def number_of(self, stem: str, written: str) -> int:
        return _place(self.written.setdefault(stem, []), written) + 1


def _place(known: list[Any], one: Any) -> int:
    if one not in known:
        known.append(one)
    return known.index(one)


@dataclass
class Masker:
    """Replaces the secrets of one conversation and remembers which fields it replaced."""

    secrets: list[Secret]
    memory: Memory = field(default_factory=Memory)
    replaced: Counter[tuple[str, bool]] = field(default_factory=Counter)
    formed: dict[tuple[str, str], Secret] = field(default_factory=dict)
    joined: set[int] = field(default_factory=set)  # keys of customers
    met: list[tuple[Any, list[Secret]]] = field(default_factory=list)
    born: dict[date, Secret] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)  # what names a person before a title, folded
    readings: list[str] = field(default_factory=list)  # what names one by itself, folded
    given: set[str] = field(default_factory=set)  # tokens that went out
    sorted: list[Secret] = field(default_factory=list)
    sorted_of: int = 0  # secrets when `sorted` was made

    def join(self, customers: Iterable, hidden: bool = False) -> None:
        """More customers, met while the answer is looked up; known ones keep their tokens."""
        for customer in customers:
            key = customer.pk or -len(self.joined) - 1
            if key in self.joined:
                continue
            self.joined.add(key)
            letter = self.memory.letter_of(key, hidden)
            self.secrets += secrets_of(customer, letter, hidden)
            if customer.birth_date:
                token = f"［{NOUNS[BIRTHDAY]}{letter}・{customer.age}歳］"
                value = f"{customer.birth_date:%Y/%m/%d}"
                born = Secret(BIRTHDAY, token, value, hidden, spelling=True)
                self.born.setdefault(customer.birth_date, born)
                self.secrets.append(born)

    def meet(self, customers: Iterable) -> None:
        """Whom the conversation was about once: they join where something of theirs is written, for
        a talk may have met hundreds, and each who joined is sought in every text."""
        self.met += [(one, list(secrets_of(one, "", False))) for one in customers]

    def met_in(self, text: str) -> list:
        folded = folded_alone(text)
        days = {day for _, _, day in days_in(text)} if self.met else set()
        return [
            one
            for one, secrets in self.met
            if one.birth_date in days or any(is_in(folded, secret) for secret in secrets)
        ]

    def know(self, named: Named) -> None:
        """Names in a text of which only a part, or the reading, is somebody's of the firm."""
        self.called |= set(map(folded_alone, named.beginnings))
        readings = {*self.readings, *map(folded_alone, named.readings)}
        self.readings = sorted(readings, key=len, reverse=True)  # the longer ones first

    def mask(self, text: str) -> str:
        """`text` with every secret replaced by its token: the customers' first, the longer ones before
        the shorter, then other people's, then what its form alone gives away (chat/patterns.py)."""
        folded, origins = folded_with_places(text)
        spans: list[Span] = []
        taken = Taken(len(text))
        for like in LIKE_A_TOKEN.finditer(text):
            taken.take(*like.span())
            number = like["number"]  # else it would come back as the mark of a source
            spans.append(
                (*like.span(), self._anybodys(SIGN, f"〔{number}〕" if number else like[0]))
            )
        for secret in self._sought():
            for place in places_of(secret, folded):
                first, last = origins[place.start], origins[place.end - 1] + 1
                if place.stands_in(text, first, last) and taken.is_free(first, last):
                    first, last = whole_span(secret.label, text, first, last)
                    taken.take(first, last)
                    spans.append((first, last, self._written(secret, place.noun, text[first:last])))
        others = chain(self._people(text, folded, origins, taken), self._formed(text, taken))
        for span in others:  # one by one: what stands there is no longer free for the next
            taken.take(*span[:2])
            spans.append(span)
        return self._with_tokens(text, spans)

    def _with_tokens(self, text: str, spans: list[Span]) -> str:
        parts, rest = [], 0
        for first, last, secret in sorted(spans, key=itemgetter(0, 1)):
            parts += [text[rest:first], secret.token]
            rest = max(rest, last)  # one that grew by a bracket may reach into the next
            self.given.add(secret.token)
            if secret.label != SIGN:
                self.replaced[secret.label, secret.hidden] += 1
        return "".join([*parts, text[rest:]])

    def _sought(self) -> list[Secret]:
        """The longer ones first. Sorted anew only where some came: an answer's texts are hundreds."""
        if self.sorted_of != len(self.secrets):
            sought = (secret for secret in self.secrets if not secret.spelling)
            self.sorted = sorted(sought, key=lambda secret: -len(secret.value))
            self.sorted_of = len(self.secrets)
        return self.sorted

    def _people(self, text: str, folded: str, origins: list[int], taken: Taken) -> Iterable[Span]:
        for start, end in people_in(text, folded, origins, self.called, self.readings):
            first, last = whole_span(PERSON, text, origins[start], origins[end - 1] + 1)
            if taken.is_free(first, last):
                yield first, last, self._anybodys(PERSON, text[first:last])

    def _formed(self, text: str, taken: Taken) -> Iterable[Span]:
        if not MAY_BE_A_FORM.search(text):
            return
        for first, last, day in days_in(text) if self.born else ():
            born = self.born.get(day)
            if born and taken.is_free(first, last):
                yield first, last, self._written(born, "", text[first:last])
        for found in found_in(text):
            for first, last, label in left_of(found, text, taken):
                yield first, last, self._anybodys(label, text[first:last])

    def _written(self, secret: Secret, noun: str, written: str) -> Secret:
        """A secret of its own for a part of a name and for a hidden one in another spelling, so that
        exactly what was written comes back. A hidden one's number is told like anybody's."""
        if secret.hidden and secret.label in NOUNS and secret.label != BIRTHDAY:
            return self._anybodys(secret.label, written)
        if not noun and (not secret.hidden or written == secret.value):
            return secret
        noun = noun or SPELLED
        stem = f"{secret.token[:-1]}の{noun}"
        number = self.memory.number_of(stem, written)
        token = f"{stem}{number if number > 1 else ''}］"
        for other in self.secrets:
            if other.token == token:
                return other
        part = Secret(secret.label, token, written, secret.hidden, spelling=True)
        self.secrets.append(part)
        return part

    def _anybodys(self, label: str, written: str) -> Secret:
        """For what is known by its form, one for the same letters. A マイナンバー does not come back.
        Whether a name is a customer's is nobody's to know who may not see the customer."""
        value = "●" * 12 if label == MY_NUMBER else written
        if (label, value) not in self.formed:
            noun = SIGN if label == SIGN else NOUNS.get(label, "人物")
            token = f"［{noun}{self.memory.number_of(noun, value)}］"
            secret = Secret(label, token, value, hidden=label == PERSON, spelling=True)
            self.formed[label, value] = secret
            self.secrets.append(secret)
        return self.formed[label, value]

    def restore(self, text: str) -> str:
        """A token of somebody hidden that never went out is guessed, and tells nothing."""
        return self._with_values(text, lambda one: not one.hidden or one.token in self.given)

    def as_told(self, masked: str) -> str:
        """What was sent, for the person who asked: what is hidden stands as it was written, and what was
        written like a token: nothing was hidden behind it."""

        def is_told(one: Secret) -> bool:
            return (one.hidden or one.label == SIGN) and one.token in self.given

        return self._with_values(masked, is_told)

    def _with_values(self, text: str, is_shown: Callable[[Secret], bool]) -> str:
        """All at once: what is put back may look like a token."""
        if "［" not in text:
            return text
        values = {one.token: one.value for one in reversed(self.secrets) if is_shown(one)}
        return TOKEN.sub(lambda token: values.get(token[0], token[0]), text)

    def ledger(self) -> list[dict[str, object]]:
        """What was replaced, for the row and the notice above the answer. A stop asks for it from another
        thread, while a tool's result may be masked."""
        return [
            {"field": label, "count": count} | ({"hidden": True} if hidden else {})
            for (label, hidden), count in list(self.replaced.items())
        ]


class Restorer:
    """Puts values back into text that arrives in pieces, also where a token is cut in two."""

    def __init__(self, masker: Masker):
        self.masker = masker
        self.held = ""
        self.tokens = [secret.token for secret in masker.secrets]

    def feed(self, piece: str) -> str:
        """The text that can be shown now; the possible beginning of a token is held back."""
        text = self.masker.restore(self.held + piece)
        keep = max(
            (
                length
                for token in self.tokens
                for length in range(1, len(token))
                if text.endswith(token[:length])
            ),
            default=0,
        )
        self.held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def flush(self) -> str:
        held, self.held = self.held, ""
        return held


def is_in(folded: str, secret: Secret) -> bool:
    return any(True for _ in places_of(secret, folded))


def masker_for(customers: Iterable, hidden: Iterable = (), memory: Memory | None = None) -> Masker:
    """A masker for what identifies these customers: name, kana, phone, e-mail, address, birth date."""
    masker = Masker([], memory or Memory())
    masker.join(customers)
    masker.join(hidden, hidden=True)
    return masker


def secrets_of(customer: Any, letter: str, hidden: bool) -> Iterable[Secret]:
    is_person = customer.kind == customer.Kind.INDIVIDUAL
    for label, noun, value in (
        ("氏名", "顧客", customer.name),
        ("フリガナ", "顧客カナ", customer.name_kana),
        ("電話番号", "電話", customer.phone),
        ("メールアドレス", "メール", customer.email),
        ("住所", "住所", customer.address),
    ):
        if value and len(folded_alone(value)) >= SHORTEST.get(label, 1):
            reading = customer.name_kana or "" if label == "氏名" else ""
            yield Secret(label, f"［{noun}{letter}］", value, hidden, False, reading, is_person)


def letters(number: int) -> str:
    """A … Z, then A2 … Z2: no two customers share a token."""
    rounds, place = divmod(number, len(LETTERS))
    return f"{LETTERS[place]}{rounds + 1 if rounds else ''}"


def prefecture(address: str | None) -> str | None:
    """The prefecture at the head of an address: all of it that a model may know."""
    match = PREFECTURE.match(address or "")
    return match.group(1) if match else None
