"""The same figures in other widths: what keyboards and other systems write for - and 0 to 9."""

from wealthai.invisible import INVISIBLE

# Everything that looks like a hyphen, ー and ｰ included: between digits nobody means a long vowel.
HYPHENS = (
    "-\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501"
    "\u30fc\ufe58\ufe63\uff0d\uff70"
)
# What is copied from a page or a mail brings blanks of other widths along.
BLANKS = "\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
NARROW |= dict.fromkeys(map(ord, BLANKS), 0x20)
WITHOUT_INVISIBLE = dict.fromkeys(INVISIBLE)


def narrow(text: str) -> str:
    """Full-width letters, digits and marks as ASCII, letter by letter.

    Not NFKC: that makes digits of ² and ①, which nobody means as part of a number.
    """
    return text.translate(NARROW)


def bare(text: str) -> str:
    """The same without what nobody sees, so letters do not stay in their places."""
    return narrow(text.translate(WITHOUT_INVISIBLE))
