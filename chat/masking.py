"""Names and addresses do not leave the building: tokens go out, and are put back on display.

A text is compared in folded form (width, case, kana, kanji forms, spaces and hyphens do not count),
so that ｲﾄｳ ﾏｻｵ, いとうまさお, 高橋 for 髙橋 and 090ー1111ー1111 are found as well; the text itself is never changed
except where a secret stands.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from chat.patterns import MY_NUMBER, NOUNS, found_in
from customers.folding import FOLDED, LEGAL_FORM, fold

IGNORED_CATEGORIES = ("Z", "C", "Pd")
IGNORED = frozenset("ー−ｰ－().（）・_,/+")
ADDRESS_UNITS = re.compile(r"(?<=\d)(?:丁目|番地の|番地|番|号)")
TITLES = """
    サマ サン 様 君 クン チャン 氏 殿 先生 社長 会長 部長 課長 専務 常務 代表 理事長 院長 夫妻 夫人 家
    御夫妻 御夫人 奥様 奥サマ 奥サン ノ奥様 ノ奥サマ ノ奥サン 御主人 ノ御主人
"""
KANJI = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
PART_NOUNS = ("姓", "名")
BESIDE_NUMBER = re.compile(r"(代表?)?(内線\d+)?$")
FIRM_NOUN = "商号"
SPELLING = "別記"
# A field that holds less than this is no address or number, and would blank out other text.
SHORTEST = {"フリガナ": 2, "電話番号": 6, "メールアドレス": 4, "住所": 4}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` in comparable form and, for each of its characters, the index it came from."""
    letters, origins = [], []
    for index, original in enumerate(text):
        for char in unicodedata.normalize("NFKD", original).casefold():
            if char in IGNORED or unicodedata.category(char).startswith(IGNORED_CATEGORIES):
                continue
            letter = "\u3099" if char == "゛" else FOLDED.get(ord(char), char)
            if letter in (None, "-"):
                continue
            letters.append(letter)
            origins.append(index)
    folded = "".join(letters)
    for unit in reversed(list(ADDRESS_UNITS.finditer(folded))):
        folded = folded[: unit.start()] + folded[unit.end() :]
        del origins[unit.start() : unit.end()]
    return folded, origins


CALLED = "|".join(_folded(title)[0] for title in TITLES.split())


@dataclass(frozen=True)
class Secret:
    """`label` names the field in the ledger; `token` stands for `value` outside.

    `hidden` says that the person who asks may not know that there is such a customer: what was
    written comes back then, not what is stored. `spelling` marks the token of a writing alone.
    """

    label: str
    token: str
    value: str
    hidden: bool = False
    spelling: bool = False

    @cached_property
    def wholes(self) -> list[str]:
        """The folded forms in which the whole of a field is written; the first is the field's own.

        Kept: an answer's texts are hundreds, and so are the secrets that each is searched for.
        """
        whole = _folded(self.value)[0]
        if self.label == "電話番号" and whole.startswith("0"):
            number = BESIDE_NUMBER.sub("", whole)  # in a note it stands alone
            return list(dict.fromkeys([whole, "81" + number[1:], number]))
        if self.label == "住所":
            city = PREFECTURE.sub("", self.value, count=1)
            town = re.sub(r"^.{1,6}?[市区町村]", "", city)
            forms = [_folded(form)[0] for form in (self.value, city, town)]
            return [form for form in forms if re.search(r"\d", form) or form == forms[0]]
        return [whole]

    @cached_property
    def firm(self) -> str:
        """What is left of a firm's name: ㈱山田商事 and 山田商事（株） for 株式会社山田商事. "" of a person."""
        plain = fold(self.value)
        rest = _folded(LEGAL_FORM.sub("", plain))[0]
        return rest if rest != _folded(plain)[0] and len(rest) > 1 else ""


class Place(NamedTuple):
    """Where a secret stands in folded text.

    `noun` names a part of a name, or is "". `starts` says that it counts only where no kanji
    stands before it: 林様, but not 小林様.
    """

    start: int
    end: int
    noun: str = ""
    starts: bool = False


def _places(secret: Secret, folded: str) -> Iterable[Place]:
    for whole in secret.wholes:
        if whole not in folded:
            continue
        single = secret.label == "氏名" and len(whole) == 1
        behind = f"(?={CALLED}|[^{KANJI.pattern[1:]}|$)" if single else ""
        for match in re.finditer(re.escape(whole) + behind, folded):
            yield Place(*match.span(), starts=single)
    if secret.label in {"氏名", "フリガナ"}:
        yield from _called_by_part(secret, secret.wholes[0], folded)
    if secret.label == "氏名" and secret.firm:
        for match in re.finditer(re.escape(secret.firm), folded):
            yield Place(*match.span(), FIRM_NOUN)


def _called_by_part(secret: Secret, whole: str, folded: str) -> Iterable[Place]:
    """伊藤様, 正雄さん: a part of the name, known by what is said behind it."""
    in_kanji = secret.label == "氏名"
    for length in range(len(whole) - 1, 0 if in_kanji else 1, -1):
        for noun, part in zip(PART_NOUNS, (whole[:length], whole[-length:]), strict=True):
            if part not in folded:
                continue
            for match in re.finditer(f"({re.escape(part)})(?:{CALLED})", folded):
                yield Place(*match.span(1), noun, starts=in_kanji)


@dataclass
class Masker:
    """Replaces the secrets of one conversation and remembers which fields it replaced."""

    secrets: list[Secret]
    replaced: Counter[tuple[str, bool]] = field(default_factory=Counter)
    formed: dict[tuple[str, str], Secret] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)  # {key: number of the letter}
    given: set[str] = field(default_factory=set)  # tokens that went out

    def join(self, customers: Iterable, hidden: bool = False) -> None:
        """More customers, met while the answer is looked up; known ones keep their tokens."""
        for customer in customers:
            number = len(self.people)
            key = customer.pk or -number - 1
            if key in self.people:
                continue
            self.people[key] = number
            self.secrets += secrets_of(customer, number, hidden)

    def mask(self, text: str) -> str:
        """`text` with every secret replaced by its token: the customers' first, the longer ones before
        the shorter, then what its form alone gives away (chat/patterns.py)."""
        folded, origins = _folded(text)
        spans: list[tuple[int, int, Secret]] = []
        sought = [secret for secret in self.secrets if not secret.spelling]
        for secret in sorted(sought, key=lambda secret: -len(secret.value)):
            for start, end, noun, starts in _places(secret, folded):
                first, last = origins[start], origins[end - 1] + 1
                if starts and first and KANJI.match(text[first - 1]):
                    continue
                if all(last <= begin or finish <= first for begin, finish, _ in spans):
                    spans.append((first, last, self._written(secret, noun, text[first:last])))
        for first, last, label in found_in(text):
            if all(last <= begin or finish <= first for begin, finish, _ in spans):
                spans.append((first, last, self._anybodys(label, text[first:last])))
        for first, last, secret in sorted(spans, key=lambda span: -span[0]):
            text = text[:first] + secret.token + text[last:]
            self.given.add(secret.token)
            self.replaced[secret.label, secret.hidden] += 1
        return text

    def _written(self, secret: Secret, noun: str, written: str) -> Secret:
        """A secret of its own for a part of a name and for a hidden one in another spelling, so that
        exactly what was written comes back."""
        if not noun and (not secret.hidden or written == secret.value):
            return secret
        noun = noun or SPELLING
        stem = f"{secret.token[:-1]}の{noun}"
        known = [other for other in self.secrets if other.token.startswith(stem)]
        for other in known:
            if other.value == written:
                return other
        token = f"{stem}{len(known) + 1 if known else ''}］"
        part = Secret(secret.label, token, written, secret.hidden, noun == SPELLING)
        self.secrets.append(part)
        return part

    def _anybodys(self, label: str, written: str) -> Secret:
        """For what is known by its form, one for the same letters. A マイナンバー does not come back."""
        value = "●" * 12 if label == MY_NUMBER else written
        if (label, value) not in self.formed:
            number = 1 + sum(known == label for known, _ in self.formed)
            secret = Secret(label, f"［{NOUNS[label]}{number}］", value, spelling=True)
            self.formed[label, value] = secret
            self.secrets.append(secret)
        return self.formed[label, value]

    def restore(self, text: str) -> str:
        """A token of somebody hidden that never went out is guessed, and tells nothing."""
        for secret in self.secrets:
            if not secret.hidden or secret.token in self.given:
                text = text.replace(secret.token, secret.value)
        return text

    def as_told(self, masked: str) -> str:
        """What was sent, for the person who asked: what is hidden stands as it was written. A token
        that the person wrote stays one: nothing was hidden behind it."""
        for secret in self.secrets:
            if secret.hidden and secret.token in self.given:
                masked = masked.replace(secret.token, secret.value)
        return masked

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


def masker_for(customers: Iterable, hidden: Iterable = ()) -> Masker:
    """A masker for what identifies these customers: name, kana, phone, e-mail, address.

    Tokens depend on the order alone, so one conversation keeps the same ones.
    """
    masker = Masker([])
    masker.join(customers)
    masker.join(hidden, hidden=True)
    return masker


def secrets_of(customer: Any, number: int, hidden: bool) -> Iterable[Secret]:
    letter = letters(number)
    for label, noun, value in (
        ("氏名", "顧客", customer.name),
        ("フリガナ", "顧客カナ", customer.name_kana),
        ("電話番号", "電話", customer.phone),
        ("メールアドレス", "メール", customer.email),
        ("住所", "住所", customer.address),
    ):
        if value and len(_folded(value)[0]) >= SHORTEST.get(label, 1):
            yield Secret(label, f"［{noun}{letter}］", value, hidden)


def letters(number: int) -> str:
    """A … Z, then A2 … Z2: no two customers share a token."""
    rounds, place = divmod(number, len(LETTERS))
    return f"{LETTERS[place]}{rounds + 1 if rounds else ''}"


PREFECTURE = re.compile(r"\s*(東京都|北海道|京都府|大阪府|.{2,3}?県)")


def prefecture(address: str | None) -> str | None:
    """The prefecture at the head of an address: all of it that a model may know."""
    match = PREFECTURE.match(address or "")
    return match.group(1) if match else None
