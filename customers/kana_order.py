"""五十音順 as digits: sorted by any database in any collation, kana come in dictionary order.

After JIS X 4061: first the letters without their marks (a long vowel mark is the vowel before it,
an iteration mark the kana before it), then the voicing marks, then the form of the letters. What is
no kana comes after all kana.
"""

import unicodedata

from customers.folding import HYPHENS, IGNORED, LARGE, TO_KATAKANA

ROWS = "アイウエオ カキクケコ サシスセソ タチツテト ナニヌネノ ハヒフヘホ マミムメモ ヤユヨ ラリルレロ ワヰヱヲ ン"
LETTERS = ROWS.replace(" ", "")
WEIGHTS = {kana: str(10 + place) for place, kana in enumerate(LETTERS)}
VOWELS = {
    kana: vowel
    for vowel, column in {
        "ア": "アカサタナハマヤラワ",
        "イ": "イキシチニヒミリヰ",
        "ウ": "ウクスツヌフムユル",
        "エ": "エケセテネヘメレヱ",
        "オ": "オコソトノホモヨロヲ",
    }.items()
    for kana in column
}
SMALL = {small: large for small, large in LARGE.items() if small not in "ヰヱヲ"}
MARKS = {"\u3099": "1", "\u309a": "2"}
LONG, ITERATION = "-", "ヽ"
BASE = TO_KATAKANA | dict.fromkeys(map(ord, HYPHENS), LONG) | dict.fromkeys(IGNORED)
END = "00"  # before any letter: ア comes before アイ


def kana_key(kana: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", kana).casefold().translate(BASE).split())
    letters, voices, forms, before = [], [], [], ""
    for char in unicodedata.normalize("NFD", plain):
        if char in MARKS and before in WEIGHTS and voices:
            voices[-1] = MARKS[char]
            continue
        base, form = _base_and_form(char, before)
        letters.append(WEIGHTS.get(base) or f"9{ord(base):07}")
        voices.append("0")
        forms.append(form)
        before = base
    return "".join([*letters, END, *voices, *forms])


def kana_weights(folded: str) -> tuple[list[str], list[str]]:
    """For each letter of folded kana the digits that begin a key, and those of its mark."""
    letters, voices, before = [], [], ""
    for char in folded:
        base, *marks = unicodedata.normalize("NFD", char)
        base, _ = _base_and_form(base, before)
        letters.append(WEIGHTS.get(base) or f"9{ord(base):07}")
        voices.append(MARKS.get(marks[0], "0") if marks else "0")
        before = base
    return letters, voices


def _base_and_form(char, before):
    if char == LONG and before in VOWELS:
        return VOWELS[before], "0"
    if char in SMALL:
        return SMALL[char], "1"
    if char in (ITERATION, "々") and before:
        return before, "2"
    return char, "3"
