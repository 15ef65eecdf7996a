"""Who changed what in a customer's record, from the history rows."""

from dataclasses import dataclass
from itertools import pairwise

from wealthai.history import changes, names_of

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


def changes_of(customer, *, user, limit=20):
    """The newest saves first; one that altered nothing a reader sees is left out."""
    rows = list(customer.history.select_related("history_user", "sales_rep")[: limit + 1])
    names = names_of(rows, user)
    saves = [saved(row, before, names) for row, before in pairwise([*rows, None])]
    return [
        save for save in saves[:limit] if save.changes or save.is_oldest or save.kind != CHANGED
    ]


def saved(row, before, names):
    return Saved(
        when=row.history_date,
        who=row.history_user,
        kind=row.history_type,
        reason=row.history_change_reason or "",
        changes=changes(row, before, names) if before is not None else [],
        is_oldest=before is None,
    )


def author_of(row):
    """Who wrote what is stored now; None when that was another system, or nobody signed in."""
    newest = row.history.select_related("history_user").first()
    columns = [column.attname for column in row.history.model.tracked_fields]
    if newest and all(getattr(newest, name) == getattr(row, name) for name in columns):
        return newest.history_user
    return None
