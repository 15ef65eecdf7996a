"""Geometry of the start page's two charts, in whole units of a drawing 1000 wide.

The templates draw it as SVG with attributes and classes only: the security policy allows neither
inline styles nor scripts.
"""

from dataclasses import dataclass

WIDTH = 1000
HEIGHT = 100
COLOURS = 5


@dataclass(frozen=True)
class Bar:
    """One bar, its lower part `rest_height` tall for what went well and the other on top."""

    x: int
    width: int
    height: int
    flaw_height: int
    title: str

    @property
    def y(self):
        return HEIGHT - self.height


def bars(points):
    """`points` are (title, value, flawed part of it); the tallest fills the drawing."""
    peak = max((value for _, value, _ in points), default=0)
    step = WIDTH // max(len(points), 1)
    return [
        Bar(
            x=step * place + step // 8,
            width=step * 3 // 4,
            height=height_of(value, peak),
            flaw_height=height_of(flawed, peak),
            title=title,
        )
        for place, (title, value, flawed) in enumerate(points)
    ]


def height_of(value, peak):
    """Never less than a visible line for what is not zero."""
    return max(round(HEIGHT * value / peak), 3) if value else 0


@dataclass(frozen=True)
class Part:
    x: int
    width: int
    colour: int
    title: str


def stack(parts):
    """`parts` are (title, share of 1), largest first; the last colour is for all that remain."""
    drawn, x = [], 0
    for place, (title, share) in enumerate(parts):
        width = min(round(WIDTH * share), WIDTH - x)
        drawn.append(Part(x, width, min(place + 1, COLOURS), title))
        x += width
    return drawn
