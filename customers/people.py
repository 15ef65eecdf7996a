"""Roles are given and taken in one place each way, and the history of the person tells of it.

`join` is for whoever writes the row: its groups follow it, in the same transaction and history row.
Where code changes groups themselves (`adviser.groups.set(…)`), the row follows them.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.signals import m2m_changed

from customers.models import Adviser
from customers.models.role_names import parted, role_names_of
from wealthai.tracking import update_many


@transaction.atomic
def join(people: Iterable[Adviser]) -> None:
    """Puts stored `people` into the groups that their rows name, and takes them out of others."""
    through = Adviser.groups.through
    ids = dict(Group.objects.values_list("name", "pk"))
    due = {(one.pk, ids[name]) for one in people for name in parted(one.role_names) if name in ids}
    held = through.objects.filter(adviser__in=[one.pk for one in people])
    pairs = {
        (adviser, group): pk for pk, adviser, group in held.values_list("pk", "adviser", "group")
    }
    through.objects.filter(pk__in=[pairs[pair] for pair in pairs.keys() - due]).delete()
    through.objects.bulk_create(
        through(adviser_id=adviser, group_id=group) for adviser, group in due - pairs.keys()
    )


def follow(instance, action, reverse, pk_set, **kwargs):
    """After a group gained or lost people: what their rows say is brought up to date."""
    if not action.startswith("post_"):
        return
    people = Adviser.objects.select_for_update()
    if not reverse:
        people = people.filter(pk=instance.pk)
    elif pk_set is None:  # the group was emptied
        people = people.filter(role_names__contains=instance.name)
    else:
        people = people.filter(pk__in=pk_set)
    people = list(people)
    names = role_names_of([one.pk for one in people])
    changed = [one for one in people if one.role_names != names[one.pk]]
    for one in changed:
        one.role_names = names[one.pk]
    update_many(Adviser, changed, ["role_names"])
    if not reverse:
        instance.role_names = names[instance.pk]


def connect():
    m2m_changed.connect(follow, sender=Adviser.groups.through, dispatch_uid="customers.people")
