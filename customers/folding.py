"""Text in the one form in which it is searched and sorted. Stored names never pass through here."""

import unicodedata

import jaconv

SEPARATOR = "\n"
# The new form stands for every old one.
VARIANTS = str.maketrans("髙﨑", "高崎")


def fold(text: str) -> str:
    """`text` for searching: width, case and kana in one form, without white space."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(jaconv.hira2kata(plain).translate(VARIANTS).split())


def kana_key(kana: str) -> str:
    """ASCII that sorts as 五十音 whatever the collation of the database."""
    return "".join(f"{ord(char):05x}" for char in fold(kana))
