"""The roles of a person as text of the row.

Groups decide what somebody may do, but they are not part of the row: without this column its
history and its version would not know that a role came or went (customers/people.py keeps both).
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import models

from customers.model_fields import SameColumn
from customers.roles import Role

COMMA = "、"
RANKS = {role.value: rank for rank, role in enumerate(Role)}


class RoleNamesColumn(SameColumn, models.TextField):
    """A stored row says what its groups are, also when it was loaded before they changed."""

    stored_as = "django.db.models.TextField"

    def pre_save(self, adviser, add):
        if not add:
            adviser.role_names = role_names_of([adviser.pk])[adviser.pk]
        return adviser.role_names


def role_names_of(pks: Iterable[int]) -> dict[int, str]:
    """{key: the roles of this person}, from the groups."""
    found: dict[int, list[str]] = {pk: [] for pk in pks}
    for pk, name in Group.objects.filter(user__in=found).values_list("user", "name"):
        found[pk].append(name)
    return {pk: joined(names) for pk, names in found.items()}


def joined(names: Iterable[str]) -> str:
    """The widest role first."""
    return COMMA.join(sorted(names, key=lambda name: (RANKS.get(name, len(RANKS)), name)))


def parted(text: str) -> list[str]:
    return text.split(COMMA) if text else []
