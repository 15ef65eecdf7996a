from dataclasses import dataclass


@dataclass
class Figure:
    """One line of the table; `met` is None where there is no target."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None
