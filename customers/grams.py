"""The pieces by which a search key is indexed: two characters where Japanese is involved, three of
ASCII, since Latin letters and digits are few and their pairs stand in almost every record.

Each position of a key begins exactly one gram, so a word of fewer characters than a gram is the
beginning of one. The database's own function (customers/search_index.py) makes the same grams.
"""

from collections.abc import Iterator


def gram_at(text: str, start: int) -> str:
    pair = text[start : start + 2]
    return text[start : start + 3] if pair.isascii() else pair


def grams(key: str) -> set[str]:
    """All grams of a search key; its last character, a separator, begins none."""
    return {gram_at(key, start) for start in range(len(key) - 1)}


def whole_grams(word: str) -> Iterator[str]:
    """The grams that every key with `word` in it has; a short word has none, see `beginning`."""
    for start in range(len(word) - 1):
        gram = gram_at(word, start)
        if len(gram) == 3 or not gram.isascii():
            yield gram


def is_short(word: str) -> bool:
    return not any(whole_grams(word))
