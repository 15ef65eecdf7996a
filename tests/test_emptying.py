from django.contrib.auth.models import Group

from customers.models import Customer
from customers.roles import Role
from tests.emptying import Emptier


def test_what_a_test_committed_is_gone(transactional_db, ito):
    Emptier().empty()

    assert not Customer.objects.exists()


def test_rows_go_without_the_roles_being_made_anew(transactional_db):
    emptier = Emptier()
    emptier.empty()
    roles = list(Group.objects.values_list("pk", "name"))

    emptier.empty()

    assert list(Group.objects.values_list("pk", "name")) == roles


def test_role_that_a_test_changed_is_made_anew(transactional_db):
    emptier = Emptier()
    emptier.empty()
    Group.objects.get(name=Role.ADVISER).permissions.clear()

    emptier.empty()

    assert Group.objects.get(name=Role.ADVISER).permissions.exists()
