"""Whose names, readings or codes stand in a text, among all customers of the firm.

A Japanese name may begin at any character, so every piece of the text that could be a name, or the
beginning of one, is looked up in the indexes of names (NameKey) and of readings (kana_key). No table
is read through: the cost follows the length of the text, not the number of customers. Two letters are
asked first; only where some name begins so, longer pieces are.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from django.apps import apps
from django.db import connections
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import StrIndex

from customers.folding import fold
from customers.kana_order import END, kana_weights
from customers.search_hits import Hits
from customers.search_index import SEPARATOR
from wealthai.database import OneOf, planned_once

LONGEST = 8  # letters of a name in the index
SURNAME = 5
READINGS = range(4, 17)  # letters; a shorter word stands in many a text
AT_ONCE = 50_000  # pieces in one query
CODE = re.compile(r"[0-9A-Za-z]+(?:[-_.][0-9A-Za-z]+)*")
OWN_CODE = re.compile(r"W(\d{1,9})", re.ASCII)
SENTENCE_MARKS = "。、「」『』?!@"
# Whatever else people put between the parts of a name: 伊藤/正雄, 伊藤(正雄), 伊藤-正雄.
BETWEEN = re.compile(rf"(?:[^\w\n{SENTENCE_MARKS}]|_)+")
KANA_RUN = re.compile("[ァ-ヺ][ァ-ヺ-]+")
KANJI = "[々〆\u3400-\u9fff\uf900-\ufaff]"
# Two letters at least in kanji, or one that no kanji stands before; katakana from where they begin.
KANJI_THEN_KANA = re.compile(
    rf"(?=((?<!{KANJI}){KANJI}|{KANJI}{{2,4}})([ァ-ヺー]{{2,8}}|[ぁ-ゖ]{{2,8}}))"
)
KANA_THEN_KANJI = re.compile(
    rf"(?=((?<![ァ-ヺー])[ァ-ヺー]{{2,5}}|[ぁ-ゖ]{{3,5}})({KANJI}{{1,3}}))"
)
# What follows a name or a place in kanji and is no given name.
AFTER_NAMES = "さん さま くん ちゃん から まで より など だけ です でも との とは には では にも への のご のお"
AFTER_NAMES_FOLDED = tuple(map(fold, AFTER_NAMES.split()))
LONGEST_GIVEN = 6
MOST_HALVES = 30  # asked for in one text, and read of one
# The first key that is not before the piece begins with it when any does, and is it when any is.
BEGUN = """
    SELECT piece, next = piece FROM (
        SELECT piece, (
            SELECT {key} FROM customers WHERE {key} >= piece ORDER BY {key} LIMIT 1
        ) AS next FROM {pieces}
    ) AS asked WHERE substr(next, 1, length(piece)) = piece"""
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


@dataclass
class Named:
    """What in a text names somebody of the firm though no whole name stands there, folded.

    `beginnings` of names and readings do so before a title, `readings` by themselves.
    """

    beginnings: set[str] = field(default_factory=set)
    readings: set[str] = field(default_factory=set)


class Mentions:
    """Of one text; the indexes are asked once, whoever is asked for."""

    def __init__(self, text, alias):
        self.text, self.alias = text, alias
        folded = fold(text)
        joined = BETWEEN.sub("", folded)
        self.folded = folded if joined == folded else f"{folded}\n{joined}"

    def among(self, customers):
        """Those of `customers` whose whole name, however written, or code stands in the text."""
        return named_by(customers, *self.sought)

    @cached_property
    def sought(self) -> tuple[str, list[str], list[str], list[int]]:
        """The text, and what of it is asked for: names, codes and keys that are codes."""
        codes = sorted(set(CODE.findall(unicodedata.normalize("NFKC", self.text))))
        own = [int(found[1]) for found in map(OWN_CODE.fullmatch, codes) if found]
        return self.folded, self.names, codes, own

    def within(self, part):
        """Those of a part of the text, without asking again."""
        mentions = Mentions(part, self.alias)
        mentions.names = [name for name in self.names if name in mentions.folded]
        return mentions

    @cached_property
    def named(self) -> Named:
        surnames = {piece for piece in self.begun if len(piece) <= SURNAME}
        singles = {piece for piece in surnames if len(piece) == 1 and not re.match(KANJI, piece)}
        readings = self.whole_readings | self.half_kana
        return Named((surnames - singles) | self.kana_surnames, readings)

    @cached_property
    def names(self) -> list[str]:
        """The pieces that are somebody's name, or the beginning of a long one."""
        return [piece for piece, is_whole in self._names_begun.items() if is_whole]

    @cached_property
    def begun(self) -> set[str]:
        """The pieces with which a name begins."""
        return set(self._names_begun)

    @cached_property
    def _names_begun(self) -> dict[str, bool]:
        """Those pieces, and whether each is a whole key."""
        text = self.folded
        short = {text[start : start + size] for start in range(len(text)) for size in (1, 2)}
        begun = self._begun(self._name_key(), short)
        longer = {
            text[start : start + size]
            for start in range(len(text))
            if text[start : start + 2] in begun
            for size in range(3, LONGEST + 1)
        }
        return begun | self._begun(self._name_key(), longer)

    @cached_property
    def kana_runs(self):
        """Runs of kana, each with the weights of its letters and of their marks."""
        runs = dict.fromkeys(KANA_RUN.findall(self.folded))
        return [(run, *kana_weights(run)) for run in runs]

    @cached_property
    def kana_begun(self) -> set[str]:
        """Two or three letters with which a reading begins, their marks aside."""
        return self._kana_asked(
            ("".join(weights[start : start + size]), run[start : start + size])
            for run, weights, _ in self.kana_runs
            for start in range(len(run))
            for size in (2, 3)
        )

    @cached_property
    def kana_surnames(self) -> set[str]:
        return self.kana_begun | self._kana_asked(
            ("".join(weights[start : start + size]), run[start : start + size])
            for run, weights, _ in self.kana_runs
            for start in range(len(run))
            if run[start : start + 3] in self.kana_begun
            for size in range(4, SURNAME + 1)
        )

    @cached_property
    def whole_readings(self) -> set[str]:
        return self._kana_asked(
            (
                "".join([*weights[start : start + size], END, *marks[start : start + size]]),
                run[start : start + size],
            )
            for run, weights, marks in self.kana_runs
            for start in range(len(run))
            if run[start : start + 3] in self.kana_begun
            for size in READINGS[: max(0, len(run) - start - READINGS[0] + 1)]
        )

    @cached_property
    def half_kana(self) -> set[str]:
        """伊藤マサオ, いとう正雄: where a name may begin so, the search is asked whether one ends so."""
        plain = BETWEEN.sub("", "".join(unicodedata.normalize("NFKC", self.text).split()))
        ends = {}
        for form, begun in (KANJI_THEN_KANA, self.begun), (KANA_THEN_KANJI, self.kana_surnames):
            for match in form.finditer(plain):
                head, tail = map(fold, match.groups())
                if head in begun and not tail.startswith(AFTER_NAMES_FOLDED):
                    shortest = 2 if form is KANJI_THEN_KANA else 1
                    sizes = range(shortest, min(len(tail), LONGEST_GIVEN) + 1)
                    ends.setdefault((head, form), set()).update(tail[:size] for size in sizes)
        found = set()
        for number, ((head, form), tails) in enumerate(ends.items()):
            if number < MOST_HALVES:
                found |= self._ending_so(head, tails, form is KANJI_THEN_KANA)
            else:
                found |= all_halves(head, tails)
        return found

    def _ending_so(self, head, tails, in_kanji):
        words = [(SEPARATOR + head,), tuple(sorted(tail + SEPARATOR for tail in tails))]
        manager = apps.get_model("customers", "Customer").objects.using(self.alias)
        hits = Hits(manager.all(), words).found().values_list("search_key", flat=True)
        keys = list(hits[: MOST_HALVES + 1])
        if len(keys) > MOST_HALVES:
            return all_halves(head, tails)
        found = set()
        for key in keys:
            name, reading, *_ = key.strip(SEPARATOR).split(SEPARATOR) + [""]
            begins, ends = (name, reading) if in_kanji else (reading, name)
            if begins.startswith(head):
                said = (tail for tail in tails if len(ends) > len(tail) and ends.endswith(tail))
                found |= all_halves(head, said)
        return found

    def _kana_asked(self, keys) -> set[str]:
        """Of pairs of a key and its piece the pieces with whose key a reading's key begins."""
        pieces = {}
        for key, piece in keys:
            pieces.setdefault(key, set()).add(piece)
        begun = self._begun("kana_key", pieces)
        return set().union(*(pieces[key] for key in begun))

    def _name_key(self):
        vendor = connections[self.alias].vendor
        key = NameKey.on_postgres if vendor == "postgresql" else NameKey.template
        return key % {"expressions": "search_key"}

    def _begun(self, key, pieces) -> dict[str, bool]:
        """{piece with which a key begins: whether it is one}"""
        connection = connections[self.alias]
        vendor = connection.vendor
        sql = BEGUN.format(key=key, pieces=PIECES[vendor])
        found, pieces = {}, sorted(pieces)
        with planned_once(connection), connection.cursor() as cursor:
            for start in range(0, len(pieces), AT_ONCE):
                part = pieces[start : start + AT_ONCE]
                cursor.execute(sql, [part if vendor == "postgresql" else json.dumps(part)])
                found |= {piece: bool(is_whole) for piece, is_whole in cursor.fetchall()}
        return found


def named_by(customers, folded, names, codes, own):
    """Those of `customers` whom `Mentions.sought` of a text means; for wealthai.prepared as well."""
    standing = Q(OneOf(NameKey("search_key"), names), place__gt=0)
    by_code = Q(OneOf("customer_code", codes)) | Q(OneOf("pk", own), customer_code=None)
    place = StrIndex(Value(folded), FoldedName("search_key"))
    return customers.alias(place=place).filter(standing | by_code)


def all_halves(head, tails) -> set[str]:
    """Also where there are too many to ask for: rather one too many is masked."""
    return {head + tail for tail in tails}
