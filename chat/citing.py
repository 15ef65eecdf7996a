"""The ids of records in what a model writes, in whatever form: [crm://holding/123@7] as it was told to,
but also CRM://…, ｃｒｍ：／／…, with spaces, in backticks, as a link.

Read is a folded copy (width, case, hidden signs and stress undone) of which every sign knows its place.
"""

import re
import unicodedata
from collections.abc import Callable

from chat.sources import MODELS

LONGEST = 300  # signs that are held back
STRESS = "*`\\"
LOOK_ALIKES = str.maketrans("∶꞉⁄∕╱", "::///")
KIND = "|".join(MODELS)
PART = r"(?:(?!crm ?:)[a-z0-9_%.#?=&+~-])+"
WORD = r"[^\x00-\x7f\s、。]{1,10}"
ID = re.compile(
    rf"(?<![a-z0-9])crm ?(?:(?::|%3a) ?(?:(?:/|%2f) ?)+|: ?(?={KIND})|/+ ?(?=(?:{KIND}) ?/))"
    rf"(?:(?:{KIND}) \d+(?: ?@ ?\d+)?|(?:{WORD}(?= ?[/@]))?(?:{PART})?)"
    rf"(?: ?[/@] ?(?:{PART}|{WORD}(?= ?@)))*"
)
OPENING = r"[ \[(<〈《「『【\"']"
REST = rf"[^\n。]{{0,{LONGEST}}}"
CRM = rf"c(?:r(?:m(?: ?(?:[:%/]{REST})?)?)?)?"
# What may be the beginning of one, or of the link around it, at the end of what has come so far.
BEGUN = re.compile(
    rf"(?:{OPENING}*(?:(?<![a-z0-9]){CRM})?"
    rf"|\[[^\[\]\n]{{0,{LONGEST}}}(?:\] ?(?:\( ?(?:{CRM})?)?)?)$"
)
# Signs that no text may hold stand for an id until its surroundings are read.
HERE = "\ufdd0\\d*\ufdd1"
ALL_HERE = rf"{HERE}(?:[ ,、;；・]*{HERE})*"
PAIRS = [
    "``",
    '""',
    "''",
    "[]",
    "［］",
    "()",
    "（）",
    "<>",
    "＜＞",
    "〈〉",
    "《》",
    "「」",
    "『』",
    "【】",
]
PAIRS = [("```", "```"), ("**", "**"), ("\\[", "\\]"), ("\\(", "\\)"), "**", *PAIRS]
AROUND = re.compile(
    "|".join(
        rf"{re.escape(opening)} ?(?:{ALL_HERE}) ?{re.escape(closing)}" for opening, closing in PAIRS
    )
)
LINK = re.compile(rf"\[([^\[\]\n]*)\] ?\( ?({HERE})(?: ?\"[^\"\n]*\")? ?\)")
CUT = re.compile(rf"[ \[(<〈《「『【\"'［（＜*`\\]+({HERE})$")
CUT_BEFORE = re.compile(r"[ \[(<〈《「『【\"'［（＜*`\\]*[cCｃＣ][rRｒＲ][mMｍＭ] ?[:：] ?[/／]?$")


def held_from(text: str) -> int:
    """Where the part begins that must wait: more may make an id of it."""
    line = text.rfind("\n") + 1
    signs = folded(text[line:])
    begun = BEGUN.search("".join(sign for sign, _ in signs))
    start = begun.start() if begun else len(signs)
    place = line + signs[start][1] if start < len(signs) else len(text)
    while place > line and is_silent(text[place - 1]):
        place -= 1
    return place


def with_numbers(text: str, number_of: Callable[[str, bool], int | None], *, is_end=False) -> str:
    """`text` with ［n］ for each id and its brackets; nothing where `number_of` knows none.

    `number_of` is told the id as we would write it, and whether the answer breaks off in it.
    """
    text = text.translate({0xFDD0: None, 0xFDD1: None})
    signs, pieces, done = folded(text), [], 0
    for match in ID.finditer("".join(sign for sign, _ in signs)):
        found = match[0].rstrip(" .?-_&=+~#")
        begin = signs[match.start()][1]
        end = signs[match.start() + len(found) - 1][1] + 1
        number = number_of(as_uri(found), is_end and end == len(text))
        pieces += [text[done:begin], f"\ufdd0{number or ''}\ufdd1"]
        done = end
    text = bare("".join([*pieces, text[done:]]))
    if is_end:
        text = CUT_BEFORE.sub("", CUT.sub(r"\1", text))
    return re.sub(" ?\ufdd0(\\d*)\ufdd1", lambda at: f"［{at[1]}］" if at[1] else "", text)


def bare(text: str) -> str:
    """Without the brackets, quotes, links and stress around nothing but ids."""
    text = LINK.sub(lambda link: link[1].replace(link[2], "") + link[2], text)
    while (inner := AROUND.sub(lambda group: "".join(re.findall(HERE, group[0])), text)) != text:
        text = inner
    return text


def as_uri(found: str) -> str:
    path = re.sub(r"^crm ?:? ?[/ ]*", "", found)
    return "crm://" + re.sub(r"(?<=[a-z]) (?=\d)", "/", path).replace(" ", "")


def folded(text: str) -> list[tuple[str, int]]:
    """Each sign of the folded copy with its place in `text`."""
    return [
        (sign, place)
        for place, char in enumerate(text)
        if not is_silent(char)
        for sign in unicodedata.normalize("NFKC", char).translate(LOOK_ALIKES).lower()
    ]


def is_silent(char: str) -> bool:
    return char in STRESS or unicodedata.category(char) == "Cf"
