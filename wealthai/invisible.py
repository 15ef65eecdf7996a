"""Characters of which a reader sees nothing, beside white space and control characters.

Alone they are no name, within a number they part nothing, and a search passes over them. They may
well carry meaning beside a letter (a variation selector chooses the form of a kanji), so stored
names keep them.
"""

# Default_Ignorable_Code_Point of Unicode: joiners, fillers, variation selectors, tags.
DEFAULT_IGNORABLE = (
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
)
# Drawn as nothing all the same: braille without a dot, a notehead without a head, a filler.
BLANK = (0x2800, 0x1D159, 0x16FE4)
INVISIBLE = frozenset((*DEFAULT_IGNORABLE, *BLANK))
