"""The pieces by which a search key is indexed: two characters that end in a Japanese one, three
where an ASCII one follows: Latin letters and digits are few, and pairs with them stand everywhere.

Each position of a key begins exactly one gram, so a word of fewer characters than a gram is the
beginning of one.
"""

from collections.abc import Iterator

GAP = " "  # between the grams of a text; keys have no white space but their separators


def gram_at(text: str, start: int) -> str:
    return text[start : start + (3 if text[start + 1].isascii() else 2)]


def grams(key: str) -> str:
    """The grams of a search key, each once, with gaps between; its last character, a separator,
    begins none."""
    places = zip(key, key[1:], [*key[2:], ""], strict=False)
    return GAP.join(dict.fromkeys([a + b + c if b.isascii() else a + b for a, b, c in places]))


def whole_grams(word: str) -> Iterator[str]:
    """The grams that every key with `word` in it has; a short word has none, see `beginning`."""
    for start in range(len(word) - 1):
        gram = gram_at(word, start)
        if len(gram) == 3 or not gram[1].isascii():
            yield gram


def ending(word: str) -> str:
    """What else every key with `word` in it has a gram to begin with: of 青葉台1 the 台1."""
    is_part = len(word) > 2 and word[-1].isascii() and not word[-2].isascii()
    return word[-2:] if is_part else ""


def is_short(word: str) -> bool:
    return not any(whole_grams(word))
