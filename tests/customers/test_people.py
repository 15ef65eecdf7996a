"""Roles: groups decide, the row of the person names them, and its history tells of each change."""

import pytest
from django.contrib.auth.models import Group

from customers.models import Adviser
from customers.people import join
from customers.roles import Role
from wealthai.writing import writing


def group(role):
    return Group.objects.get(name=role)


def told(person):
    """The roles by each history row, oldest first."""
    return list(person.history.order_by("pk").values_list("role_names", flat=True))


GIVEN = {
    "add": lambda person: person.groups.add(group(Role.ADMINISTRATOR)),
    "add from the group": lambda person: group(Role.ADMINISTRATOR).user_set.add(person),
}
TAKEN = {
    "remove": lambda person: person.groups.remove(group(Role.ADVISER)),
    "clear": lambda person: person.groups.clear(),
    "set to none": lambda person: person.groups.set([]),
    "remove from the group": lambda person: group(Role.ADVISER).user_set.remove(person),
    "empty the group": lambda person: group(Role.ADVISER).user_set.clear(),
}


@pytest.mark.parametrize("act", GIVEN.values(), ids=GIVEN)
def test_role_that_code_gives_is_in_the_history(tanaka, act):
    act(tanaka)

    assert told(tanaka) == ["担当者", "管理者、担当者"]


@pytest.mark.parametrize("act", TAKEN.values(), ids=TAKEN)
def test_role_that_code_takes_is_in_the_history(tanaka, suzuki, act):
    act(tanaka)

    assert told(tanaka) == ["担当者", ""]


def test_roles_by_code_say_who_and_why(tanaka, office):
    with writing(user_id=office.pk, reason="異動"):
        tanaka.groups.clear()

    newest = tanaka.history.first()
    assert (newest.history_user, newest.history_change_reason) == (office, "異動")


def test_what_changes_nothing_leaves_nothing(tanaka):
    tanaka.groups.add(group(Role.ADVISER))
    tanaka.groups.remove(group(Role.COMPLIANCE))

    assert told(tanaka) == ["担当者"]


def test_person_loaded_before_brings_no_role_back(tanaka):
    before = Adviser.objects.get(pk=tanaka.pk)
    tanaka.groups.set([group(Role.BACK_OFFICE)])

    before.phone = "03-1111-1111"
    before.save()

    assert Adviser.objects.get(pk=tanaka.pk).role_names == "事務"


def test_unsaved_values_are_not_saved_with_a_role(tanaka):
    tanaka.name = "まだ保存しない"

    tanaka.groups.clear()

    assert (Adviser.objects.get().name, tanaka.history.first().name) == ("田中太郎", "田中太郎")
    assert tanaka.role_names == ""


def test_groups_follow_what_the_row_names(tanaka):
    tanaka.role_names = "コンプライアンス、事務"

    join([tanaka])

    assert {one.name for one in tanaka.groups.all()} == {Role.COMPLIANCE, Role.BACK_OFFICE}


def test_roles_change_the_version(tanaka):
    before = tanaka.version()

    tanaka.groups.clear()

    assert Adviser.objects.get().version() != before
