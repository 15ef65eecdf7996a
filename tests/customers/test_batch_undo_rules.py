"""Undoing an act goes by the rules of restoring one customer, and says what it leaves and why."""

import pytest
from django.contrib.auth.models import Group

from customers.hand_over import book_of, hand_over
from customers.models import Customer, Task
from customers.roles import Role
from tests.customers.test_batch_undo import edited, path, press, said
from tests.customers.trails import save
from tests.factories import CustomerFactory, TaskFactory
from wealthai.models import ChangeBatch


@pytest.fixture
def desk(client, office):
    """A session of the back office."""
    client.force_login(office)
    return client


def handed_over(giver, taker, *, by):
    """The batch of a whole book that went to `taker`."""
    book = book_of(giver, taker, Customer.objects.all())
    return hand_over(book, seen=book.mark(), user=by, reason="異動")


def reasons(response):
    """{code: why} of the rows that would be left as they are."""
    return {line.customer.code: line.why for line in response.context["lines"] if line.is_left}


def stored(row):
    return type(row).objects.get(pk=row.pk)


def refused(why, count=1):
    return [f"元に戻せる行がありません（{why} {count}件）。"]


def test_adviser_who_left_gets_no_customers_back(desk, office, tanaka, suzuki, ito):
    batch = handed_over(tanaka, suzuki, by=office)
    save(tanaka, is_active=False)

    response = press(desk, batch)

    assert (said(response), stored(ito).sales_rep) == (refused("元の担当者が退職か他支店"), suzuki)
    assert reasons(response) == {"C001": "元の担当者が退職か他支店"}


def test_archived_customer_stays_as_it_is(page, tanaka, ito, ono):
    batch = edited(tanaka, ito, ono, risk_tolerance="4")
    stored(ito).archive()

    assert reasons(page.get(path(batch))) == {"C001": "保管済み"}
    response = press(page, batch)

    assert said(response) == ["元に戻しました。1件はそのままです（保管済み 1件）"]
    assert (stored(ito).risk_tolerance, stored(ono).risk_tolerance) == ("4", None)


def test_later_decision_for_the_same_value_stays(page, tanaka, ito):
    batch = edited(tanaka, ito, risk_tolerance="4")
    save(stored(ito), risk_tolerance="5")
    save(stored(ito), risk_tolerance="4")

    response = press(page, batch)

    assert (said(response), stored(ito).risk_tolerance) == (refused("その後に変更"), "4")


def test_manager_who_became_an_adviser_gives_nobody_away(client, manager, tanaka, ito):
    batch = handed_over(tanaka, manager, by=manager)
    manager.groups.set([Group.objects.get(name=Role.ADVISER)])
    client.force_login(manager)

    response = press(client, batch)

    assert (said(response), stored(ito).sales_rep) == (refused("担当者を変える権限なし"), manager)


def test_manager_does_not_give_to_another_branch_by_undoing(client, manager, tanaka, ito):
    batch = handed_over(tanaka, manager, by=manager)
    save(tanaka, branch="大阪支店")
    client.force_login(manager)

    press(client, batch)

    assert stored(ito).sales_rep == manager


def test_task_that_is_done_by_now_stays_with_who_did_it(desk, office, tanaka, suzuki, ito):
    task = TaskFactory(customer=ito, assignee=tanaka, title="電話")
    batch = handed_over(tanaka, suzuki, by=office)
    stored(task).finish(by=suzuki)

    response = press(desk, batch)

    assert said(response) == ["元に戻しました。1件はそのままです（完了済み 1件）"]
    assert (stored(task).assignee, stored(ito).sales_rep) == (suzuki, tanaka)


def test_tasks_stay_with_a_customer_who_does_not_go_back(desk, office, tanaka, suzuki, ito, ono):
    task = TaskFactory(customer=ito, assignee=tanaka)
    batch = handed_over(tanaka, suzuki, by=office)
    stored(ito).archive()

    response = press(desk, batch)

    words = "元に戻しました。2件はそのままです（保管済み 1件、顧客の担当が戻らない 1件）"
    assert (said(response), stored(task).assignee) == ([words], suzuki)


def test_record_of_the_undoing_names_what_was_left_with_the_reason(page, tanaka, ito, ono):
    batch = edited(tanaka, ito, ono, risk_tolerance="4")
    stored(ito).archive()

    press(page, batch)

    summary = ChangeBatch.objects.get(undoes=batch).summary
    assert summary.endswith("（1件を戻しました）。残した1件: C001（保管済み）")


def test_page_says_the_reason_beside_the_customer_before_anybody_presses(page, tanaka, ito, ono):
    batch = edited(tanaka, ito, ono, risk_tolerance="4")
    save(stored(ono), risk_tolerance="5")

    text = page.get(path(batch)).text

    assert "1件は、元に戻さずにそのまま残します（その後に変更 1件）" in text
    assert 'badge-warn">その後に変更</span>' in text


@pytest.mark.parametrize("count", [1, 3])
def test_rules_take_the_same_queries_for_any_number(
    desk, office, tanaka, suzuki, count, django_assert_num_queries
):
    for customer in CustomerFactory.create_batch(count, sales_rep=tanaka):
        TaskFactory(customer=customer, assignee=tanaka)
    batch = handed_over(tanaka, suzuki, by=office)

    with django_assert_num_queries(16):
        desk.get(path(batch))

    assert Task.objects.filter(assignee=suzuki).count() == count
