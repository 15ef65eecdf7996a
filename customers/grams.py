"""The pieces by which a search key is indexed: two characters that end in a Japanese one, three
where an ASCII one follows, four where three of a number begin it: the fewer letters a text is made
of, the more keys have the same few of them in a row.

Each position of a key begins exactly one gram, so a word of fewer characters than a gram is the
beginning of one.
"""

import re
from collections.abc import Iterator

GAP = " "  # between the grams of a text; keys have no white space but their separators
NUMBER = "[0-9-]{3}"
GRAM = rf"{NUMBER}.|.[^\x00-\x7f]|..."
WHOLE = re.compile(rf"(?={NUMBER}\Z|({GRAM}))", re.DOTALL)
ENDING = re.compile(rf"(?:[^0-9-]({NUMBER})|.([^\x00-\x7f][\x00-\x7f]))\Z", re.DOTALL)
EACH = re.compile(f"(?=({GRAM}|..))", re.DOTALL)


def grams(key: str) -> str:
    """The grams of a search key, each once, with gaps between; its last character, a separator,
    begins none."""
    return GAP.join(dict.fromkeys(EACH.findall(key)))


def whole_grams(word: str) -> Iterator[str]:
    """The grams that every key with `word` in it has; a short word has none, see `beginning`."""
    return filter(None, WHOLE.findall(word))


def ending(word: str) -> str:
    """What else every key with `word` in it has a gram to begin with: of 青葉台1 the 台1, of a123
    the 123."""
    found = ENDING.search(word)
    return found[1] or found[2] if found else ""


def is_short(word: str) -> bool:
    return not any(whole_grams(word))
