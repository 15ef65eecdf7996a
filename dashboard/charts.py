"""Geometry of the start page's charts, in whole units of a drawing 1000 wide and 100 high.

The templates draw it as SVG with attributes and classes only: the security policy allows neither
inline styles nor scripts. `key` is whatever the template needs to name a part.
"""

from dataclasses import dataclass

WIDTH = 1000
HEIGHT = 100
COLOURS = 5
THINNEST = 3


@dataclass(frozen=True)
class Bar:
    """One bar from the ground up; `flaw_height` of it, at the top, went wrong."""

    key: object
    x: int
    width: int
    height: int
    flaw_height: int

    @property
    def y(self):
        return HEIGHT - self.height


def bars(points):
    """`points` are (key, value, flawed part of it); the tallest fills the drawing."""
    peak = max((value for _, value, _ in points), default=0)
    step = WIDTH // max(len(points), 1)
    return [
        Bar(
            key=key,
            x=step * place + step // 8,
            width=step * 3 // 4,
            height=height_of(value, peak),
            flaw_height=height_of(flawed, peak),
        )
        for place, (key, value, flawed) in enumerate(points)
    ]


def height_of(value, peak):
    """Never less than a visible line for what is not zero."""
    return max(round(HEIGHT * value / peak), THINNEST) if value else 0


@dataclass(frozen=True)
class Part:
    """A piece of a bar of 100 %; `width` 0 where the share is unknown or nothing."""

    key: object
    x: int
    width: int
    colour: int


def stack(parts):
    """`parts` are (key, percent), largest first; the last colour is for all that remain."""
    drawn, x = [], 0
    for place, (key, percent) in enumerate(parts):
        wanted = max(round(WIDTH * percent / 100), THINNEST) if percent and percent > 0 else 0
        width = min(wanted, WIDTH - x)
        drawn.append(Part(key, x, width, min(place + 1, COLOURS)))
        x += width
    return drawn
