"""What a stored text may contain. Names are kept as typed: nothing here changes a value."""

import re
import unicodedata

from django.core.exceptions import ValidationError

# NUL and lone surrogates cannot be stored; U+FFFD is what remains of an undecodable character.
UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffd]")
# Marks that reorder text on screen make a name read as another one (Unicode TR 36, section 2.2).
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_storable(value: str) -> bool:
    """True when both databases can hold `value` and searching for it can match something."""
    return not UNSTORABLE.search(value)


def is_invisible(value: str) -> bool:
    """True for text of which a reader sees nothing (zero-width marks, fillers, white space)."""
    return all(
        char in BLANK_LETTERS or unicodedata.category(char)[0] in "CZ" or char == "\ufe0f"
        for char in value
    )


def validate_plain_text(value: str) -> None:
    """Refuse what cannot be stored, what reorders the screen, and what nobody can see.

    Raises ValidationError with a Japanese sentence that says what to do.
    """
    if UNSTORABLE.search(value):
        raise ValidationError(
            "保存できない文字が含まれています。文字化けした部分を入力し直してください。",
            code="unstorable",
        )
    if BIDI_CONTROLS.search(value):
        raise ValidationError(
            "文字の並びを変える制御文字が含まれています。削除してから保存してください。",
            code="bidi",
        )
    if value and is_invisible(value):
        raise ValidationError("目に見える文字を入力してください。", code="invisible")
