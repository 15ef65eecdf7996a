"""What a stored text may contain. Names are kept as typed: nothing here changes a letter."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from wealthai.invisible import INVISIBLE
from wealthai.my_number import my_number_in

BOM = "\ufeff"
# NUL and lone surrogates cannot be stored; U+FFFD is what remains of an undecodable character.
UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffd]")
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(17)
)
# What no text may contain, and what to do about it.
REFUSED = (
    (
        UNSTORABLE,
        "保存できない文字（文字化け）があります。入力し直してください。",
        "unstorable",
    ),
    # Marks that reorder text on screen make a name read as another one (Unicode TR 36, section 2.2).
    (
        re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
        "文字の並びを変える制御文字があります。削除してから保存してください。",
        "bidi",
    ),
    # Gaiji: the same code is another glyph at each firm, so it cannot be taken over as it is.
    (
        re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"),
        "外字があります。〓 かカナに置き換えてください。",
        "gaiji",
    ),
    (
        re.compile(f"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{BOM}{NONCHARACTERS}]"),
        "目に見えない制御文字があります。削除してから保存してください。",
        "control",
    ),
)
LINE_ENDS = re.compile("[\t\n\r\u2028\u2029]")
SHOWN_PLACES = 5


def is_storable(value: str) -> bool:
    """True when both databases can hold `value` and searching for it can match something."""
    return not UNSTORABLE.search(value)


def is_invisible(value: str) -> bool:
    """True for text of which a reader sees nothing (joiners, fillers, selectors, white space)."""
    return all(ord(char) in INVISIBLE or unicodedata.category(char)[0] in "CZ" for char in value)


def without_bom(value: str) -> str:
    """Editors put it before the first letter; it belongs to a file, not to a text."""
    return value.lstrip(BOM)


def validate_plain_text(value: str) -> None:
    """Refuse what cannot be stored or nobody can see, what misleads the eye, and a マイナンバー.

    Raises ValidationError with a Japanese sentence that says where and what to do.
    """
    for pattern, advice, code in REFUSED:
        places = [found.start() for found in pattern.finditer(value)]
        if places:
            raise ValidationError(f"{where(value, places)}に、{advice}", code=code)
    if value and is_invisible(value):
        raise ValidationError("目に見える文字を入力してください。", code="invisible")
    start = my_number_in(value)
    if start is not None:
        raise ValidationError(
            f"{where(value, [start])}からの12桁の数字は、マイナンバーとみられるため保存できません。"
            "マイナンバーは専用のシステムをお使いください。"
            "別の番号のときは、途中に「/」を入れて書いてください。",
            code="my_number",
        )


def validate_line(value: str) -> None:
    """Refuse what ends a line or a cell: a name with it breaks the list or file that it stands in."""
    places = [found.start() for found in LINE_ENDS.finditer(value)]
    if places:
        message = f"{where(value, places)}に、改行かタブがあります。空白に置き換えてください。"
        raise ValidationError(message, code="line")


def where(value: str, places: list[int]) -> str:
    """`3文字目`, `3・7文字目`; in a text of several lines `2行目の3文字目`."""
    if "\n" in value.strip():
        line = value.count("\n", 0, places[0]) + 1
        column = places[0] - (value.rfind("\n", 0, places[0]) + 1) + 1
        return f"{line}行目の{column}文字目"
    shown = "・".join(str(place + 1) for place in places[:SHOWN_PLACES])
    return f"{shown}文字目" + ("ほか" if len(places) > SHOWN_PLACES else "")
