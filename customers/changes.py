"""Who changed what in a customer's record, from the history rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from wealthai.history import changes

CHANGED = "~"  # django-simple-history's mark, beside + and -


@dataclass(frozen=True)
class Saved:
    """One save. `who` is None where no person was signed in (imports, commands).

    `is_oldest` marks the first row there is: what stood before it nobody recorded.
    """

    when: object
    who: object
    kind: str
    reason: str
    changes: list
    is_oldest: bool

    @property
    def is_seen(self) -> bool:
        """Not one that altered nothing a reader sees."""
        return bool(self.changes) or self.is_oldest or self.kind != CHANGED


def saves_of(customer, chunk) -> Iterator[Saved]:
    """The newest first, as far as somebody reads on: one query, whose rows come in chunks."""
    rows = customer.history.select_related("history_user", "sales_rep").iterator(chunk)
    saves = (saved(row, before) for row, before in pairwise(chain(rows, [None])))
    return (save for save in saves if save.is_seen)


def saved(row, before):
    people = [one.sales_rep for one in (row, before) if one and one.sales_rep]
    names = {("sales_rep", person.pk): str(person) for person in people}
    return Saved(
        when=row.history_date,
        who=row.history_user,
        kind=row.history_type,
        reason=row.history_change_reason or "",
        changes=changes(row, before, names) if before is not None else [],
        is_oldest=before is None,
    )
