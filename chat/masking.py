"""Names and addresses do not leave the building: tokens go out, and are put back on display.

A text is compared in folded form (width, case, kana, spaces and hyphens do not count), so that
ｲﾄｳ ﾏｻｵ, いとうまさお and 090ー1111ー1111 are found as well; the text itself is never changed
except where a secret stands.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

IGNORED_CATEGORIES = ("Z", "C", "Pd")
IGNORED = frozenset("ー−ｰ－().（）・_,、")
HONORIFICS = ("様", "さま", "さん", "氏", "殿", "先生", "社長")
# A field that holds less than this is no address or number, and would blank out other text.
SHORTEST = {"フリガナ": 2, "電話番号": 6, "メールアドレス": 4, "住所": 4}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Secret:
    """`label` names the field in the ledger; `token` stands for `value` outside."""

    label: str
    token: str
    value: str


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` in comparable form and, for each of its characters, the index it came from."""
    letters, origins = [], []
    for index, original in enumerate(text):
        for char in unicodedata.normalize("NFKD", original).casefold():
            if char in IGNORED or unicodedata.category(char).startswith(IGNORED_CATEGORIES):
                continue
            if "ぁ" <= char <= "ゖ":
                char = chr(ord(char) + 0x60)
            letters.append("\u3099" if char == "゛" else char)
            origins.append(index)
    return "".join(letters), origins


@dataclass
class Masker:
    """Replaces the secrets of one conversation and remembers which fields it replaced."""

    secrets: list[Secret]
    replaced: dict[str, int] = field(default_factory=dict)

    def mask(self, text: str) -> str:
        """`text` with every secret replaced by its token; longer secrets win over shorter ones."""
        folded, origins = _folded(text)
        spans: list[tuple[int, int, Secret]] = []
        for secret in sorted(self.secrets, key=lambda secret: -len(secret.value)):
            for start, end in self._places(secret, folded):
                first, last = origins[start], origins[end - 1] + 1
                if all(last <= begin or finish <= first for begin, finish, _ in spans):
                    spans.append((first, last, secret))
        for first, last, secret in sorted(spans, key=lambda span: -span[0]):
            text = text[:first] + secret.token + text[last:]
            self.replaced[secret.label] = self.replaced.get(secret.label, 0) + 1
        return text

    def _places(self, secret: Secret, folded: str) -> Iterable[tuple[int, int]]:
        needle = _folded(secret.value)[0]
        if not needle:
            return
        for match in re.finditer(re.escape(needle), folded):
            yield match.span()
        if secret.label == "氏名":  # 伊藤様: a part of the name, known by the honorific behind it
            for length in range(len(needle) - 1, 0, -1):
                called = "|".join(_folded(word)[0] for word in HONORIFICS)
                for match in re.finditer(f"({re.escape(needle[:length])})(?:{called})", folded):
                    yield match.span(1)

    def restore(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret.token, secret.value)
        return text

    def ledger(self) -> list[dict[str, object]]:
        """What was replaced, for the row and the notice above the answer."""
        return [{"field": label, "count": count} for label, count in self.replaced.items()]


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


def masker_for(customers: Iterable) -> Masker:
    """A masker for what identifies `customers`: name, kana, phone, e-mail, address.

    Tokens depend on the order alone, so one conversation keeps the same ones.
    """
    secrets = []
    for number, customer in enumerate(customers):
        letter = LETTERS[number % len(LETTERS)]
        for label, noun, value in (
            ("氏名", "顧客", customer.name),
            ("フリガナ", "顧客カナ", customer.name_kana),
            ("電話番号", "電話", customer.phone),
            ("メールアドレス", "メール", customer.email),
            ("住所", "住所", customer.address),
        ):
            if value and len(_folded(value)[0]) >= SHORTEST.get(label, 1):
                secrets.append(Secret(label, f"［{noun}{letter}］", value))
    return Masker(secrets)


PREFECTURE = re.compile(r"\s*(東京都|北海道|京都府|大阪府|.{2,3}?県)")


def prefecture(address: str | None) -> str | None:
    """The prefecture at the head of an address: all of it that a model may know."""
    match = PREFECTURE.match(address or "")
    return match.group(1) if match else None
