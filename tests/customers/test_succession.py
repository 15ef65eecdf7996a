"""Open tasks go along when a customer gets another adviser, by whatever way that is saved."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.foreign_writes import catch_up
from customers.models import Customer, Task
from tests.customers.test_admin_conflict import filled
from tests.customers.test_admin_form import change_url
from tests.customers.test_batch_undo import edited, press
from tests.customers.test_customer_form_page import edit, typed
from tests.customers.test_restore import answer, revert_url
from tests.customers.trails import by_copy, forget, save
from tests.factories import CustomerFactory, TaskFactory
from wealthai.models import ChangeBatch
from wealthai.tracking import update_many


@pytest.fixture
def desk(client, office):
    """A session of the back office."""
    client.force_login(office)
    return client


@pytest.fixture
def task(ito, tanaka):
    """Tanaka has to telephone Ito."""
    return TaskFactory(customer=ito, assignee=tanaka, title="電話")


def whose(*tasks):
    """The assignee of each task; of all, where none is named."""
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks]) if tasks else Task.objects.all()
    return list(rows.order_by("pk").values_list("assignee__name", flat=True))


# --- By each way ------------------------------------------------------------------------------


def by_form(desk, ito, suzuki):
    desk.post(edit(ito), typed(ito, sales_rep=suzuki.pk, change_reason="異動"))


def by_api(desk, ito, suzuki):
    url, headers = f"/api/customers/{ito.pk}", {"Change-Reason": "%E7%95%B0%E5%8B%95"}
    data = {"sales_rep_id": suzuki.pk}
    desk.patch(url, data, content_type="application/json", headers=headers)


def by_admin(desk, ito, suzuki):
    sent = filled(desk.get(change_url(ito)), sales_rep=suzuki.pk, change_reason="異動")
    desk.post(change_url(ito), sent)


@pytest.mark.parametrize("way", [by_form, by_api, by_admin])
def test_tasks_follow_the_customer_with_person_way_and_reason(desk, office, ito, suzuki, task, way):
    way(desk, ito, suzuki)

    of_task, of_customer = task.history.first(), ito.history.first()
    assert whose() == ["鈴木一郎"]
    assert (of_task.history_user, of_task.history_change_reason) == (office, "異動")
    assert of_task.source == of_customer.source


def test_tasks_follow_a_bulk_edit_as_part_of_the_act(desk, office, ito, suzuki, task):
    batch = edited(office, ito, sales_rep_id=suzuki.pk, reason="異動")

    newest = task.history.first()
    assert whose() == ["鈴木一郎"]
    assert (newest.batch, newest.source, newest.history_change_reason) == (batch, "bulk", "異動")


def test_tasks_follow_an_earlier_adviser_who_comes_back(desk, ito, tanaka, suzuki, task):
    first = ito.history.get()
    save(ito, sales_rep=suzuki)
    assert whose() == ["鈴木一郎"]

    answer(desk, revert_url(ito, first))

    assert whose() == ["田中太郎"]


@pytest.mark.postgres
def test_tasks_follow_what_another_system_wrote(sql, ito, suzuki, task):
    sql("UPDATE customers SET sales_rep_id = %s", suzuki.pk)
    catch_up()

    assert (whose(), task.history.first().source) == (["鈴木一郎"], "sql")


# --- Which tasks ------------------------------------------------------------------------------


def test_done_tasks_and_those_of_others_stay(ito, tanaka, suzuki, office, nakamura):
    done = TaskFactory(customer=ito, assignee=tanaka, done_at=timezone.now(), done_by=tanaka)
    others = TaskFactory(customer=ito, assignee=office)
    elsewhere = TaskFactory(customer=nakamura, assignee=tanaka)

    save(ito, sales_rep=suzuki)

    assert whose(done, others, elsewhere) == ["田中太郎", "西村恵", "田中太郎"]


def test_task_of_somebody_who_sees_the_customer_no_more_moves_too(ito, manager, suzuki):
    managers = TaskFactory(customer=ito, assignee=manager)

    save(ito, sales_rep=suzuki)

    assert whose(managers) == ["鈴木一郎"]


def test_task_of_the_office_stays_where_a_customer_has_no_adviser(ito, office):
    others = TaskFactory(customer=ito, assignee=office)

    save(ito, sales_rep=None)

    assert whose(others) == ["西村恵"]


def test_tasks_of_a_customer_without_adviser_wait_for_the_next_one(ito, suzuki, task):
    save(ito, sales_rep=None)
    assert whose() == [None]

    save(ito, sales_rep=suzuki)

    assert whose() == ["鈴木一郎"]


def test_task_of_another_system_gets_its_first_history_row_too(ito, suzuki, task):
    forget(task.history)

    save(ito, sales_rep=suzuki)

    assert [row.history_type for row in task.history.all()] == ["~", "+"]


@pytest.mark.parametrize("count", [1, 3])
def test_many_take_the_same_queries_for_any_number(
    tanaka, suzuki, count, django_assert_num_queries
):
    customers = CustomerFactory.create_batch(count, sales_rep=tanaka)
    for customer in customers:
        TaskFactory(customer=customer, assignee=tanaka)
        customer.sales_rep = suzuki

    with django_assert_num_queries(by_copy(15, 16)):
        update_many(Customer, customers, ["sales_rep"])

    assert whose() == ["鈴木一郎"] * count


def test_save_that_leaves_the_adviser_asks_for_no_tasks(ito, django_assert_num_queries):
    ito.phone = "1"

    with django_assert_num_queries(3):
        ito.save()


# --- And back ---------------------------------------------------------------------------------


def test_undoing_brings_the_tasks_back(desk, office, ito, suzuki, task):
    batch = edited(office, ito, sales_rep_id=suzuki.pk)
    written_since = TaskFactory(customer=ito, assignee=suzuki)

    press(desk, batch)

    undoing = ChangeBatch.objects.get(undoes=batch)
    assert whose(task, written_since) == ["田中太郎"] * 2
    assert [row.batch for row in task.history.all()] == [undoing, batch, None]


def test_page_of_a_bulk_edit_tells_the_tasks_that_went_along(desk, office, ito, suzuki, task):
    batch = edited(office, ito, sales_rep_id=suzuki.pk)

    text = desk.get(reverse("customers:batch-detail", args=[batch.pk])).text

    assert "タスク「電話」" in text
