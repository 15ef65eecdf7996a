"""The firm's sums: live for a small firm, of the last minute for a large one."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboard.scopes import Scope
from dashboard.statistics.summary import Everybody, keep, live, summary
from tests.factories import CustomerFactory

NOW = timezone.now()


@pytest.fixture
def kept(office, ito):
    """The sums of one customer, and after them a second customer."""
    keep(live(Scope(Everybody()), NOW), many=1)
    CustomerFactory()


def count(scope, now=NOW):
    return summary(scope, now).customers.count


def test_small_firm_is_summed_up_anew_each_time(office, ito):
    before = count(Scope(office))
    CustomerFactory()

    assert (before, count(Scope(office))) == (1, 2)


def test_large_firm_is_as_of_the_last_sums(office, kept):
    found = summary(Scope(office), NOW)

    assert (found.customers.count, found.is_live, found.at) == (1, False, NOW)


def test_sums_of_yesterday_are_none_of_today(office, kept):
    assert count(Scope(office), NOW + datetime.timedelta(days=1)) == 2


def test_book_and_branch_never_come_from_the_firms_sums(tanaka, office, kept):
    scopes = [Scope(tanaka), Scope(office, is_own=True), Scope(office, branch="大阪支店")]

    assert [count(scope) for scope in scopes] == [1, 0, 0]


def test_page_says_as_of_when_its_sums_are(client, office, kept):
    client.force_login(office)

    content = client.get(reverse("dashboard:home")).content.decode()

    assert f"{timezone.localtime(NOW):%H:%M} 現在" in content
