"""根拠未確認 behind the very figure: in the answer as it is shown, and as it is written down elsewhere.

The marks are set after the answer was cleaned (chat/rendering.py), so that no answer can write one
itself or break one. The words are text, not decoration: who copies, prints or hears them has them too.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

from django.utils.safestring import SafeString, mark_safe

from chat.grounding import STRESS
from chat.quantities import figures_in

WORDS = "（根拠未確認）"
LABEL = f'<span class="unproved-words">{WORDS}</span>'
TAG = re.compile("(<[^>]*>)")
# What a figure may hold without being two: stress. What ends one: any other tag, a written sign.
IN_HTML = re.compile(r"(?P<within></?(?:strong|code)>)|(?P<between><[^>]*>|&#?\w+;)|.", re.DOTALL)
IN_TEXT = re.compile(rf"(?P<within>{STRESS.pattern})|(?P<between>［\d+］)|.", re.DOTALL)


def in_html(html: SafeString, unverified: Collection[str]) -> SafeString:
    """Cleaned `html` with a mark on each of the figures that `unverified` names."""
    for begin, end in places(html, unverified, IN_HTML):
        pieces = TAG.split(html[begin:end])
        pieces[::2] = [piece and f'<mark class="unproved">{piece}</mark>' for piece in pieces[::2]]
        html = html[:begin] + "".join(pieces) + LABEL + html[end:]
    return mark_safe(html)  # noqa: S308 - cleaned before, and the marks are our own


def in_text(text: str, unverified: Collection[str]) -> str:
    for _, end in places(text, unverified, IN_TEXT):
        text = text[:end] + WORDS + text[end:]
    return text


def places(
    text: str, unverified: Collection[str], pattern: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Where those figures stand, the last one first: what is put in moves none of the others."""
    if not unverified:
        return
    signs = [
        (sign, match.start(), match.end())
        for match in pattern.finditer(text)
        for sign in read(match)
    ]
    found = figures_in("".join(sign for sign, _, _ in signs))
    for figure in reversed(found):
        text = figure.text.strip()
        if figure.kind != "bare" and text in unverified:
            yield signs[figure.begin][1], signs[figure.begin + len(text) - 1][2]


def read(match: re.Match[str]) -> str:
    """One sign as chat.grounding reads it."""
    if match["within"] or unicodedata.category(match[0][0]) == "Cf":
        return ""
    return "\n" if match["between"] else unicodedata.normalize("NFKC", match[0])
