"""A book of customers goes from one adviser to another: one act, at once, and undoable."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Task
from customers.roles import Role
from tests.customers.trails import by_copy
from tests.factories import AdviserFactory, CustomerFactory
from wealthai.models import ChangeBatch

PATH = "/customers/hand-over"


@pytest.fixture
def aoki(db):
    """A colleague of Tanaka's branch."""
    return AdviserFactory(rep_code="SR005", name="青木誠", branch="東京本店", role=Role.ADVISER)


@pytest.fixture
def task(ito, tanaka):
    """Tanaka has to telephone Ito."""
    return Task.objects.create(customer=ito, assignee=tanaka, title="電話")


@pytest.fixture
def desk(client, office):
    """A session of the back office."""
    client.force_login(office)
    return client


def choice(giver, taker, step="preview", **values):
    return {"giver": giver.pk, "taker": taker.pk, "step": step} | values


def confirmed(client, data):
    """What the preview's form would send when its button is pressed."""
    response = client.post(PATH, data)
    return data | {"step": "apply", "mark": response.context["mark"], "reason": "異動"}


def care():
    return dict(Customer.objects.values_list("name", "sales_rep__name"))


# --- Who may, and among whom ------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["tanaka", "compliance"])
def test_adviser_and_compliance_hand_nothing_over(method, role, client, request, ito, aoki):
    user = request.getfixturevalue(role)
    client.force_login(user)

    assert getattr(client, method)(PATH, choice(ito.sales_rep, aoki)).status_code == 403


def test_manager_chooses_among_the_branch(client, manager, tanaka, aoki, suzuki):
    client.force_login(manager)

    form = client.get(PATH).context["form"]

    assert set(form.fields["giver"].queryset) == {manager, tanaka, aoki}
    assert set(form.fields["taker"].queryset) == {manager, tanaka, aoki}


def test_who_left_gives_and_does_not_take(desk, tanaka, office):
    tanaka.is_active = False
    tanaka.save()

    form = desk.get(PATH).context["form"]

    assert tanaka in form.fields["giver"].queryset
    assert list(form.fields["taker"].queryset) == [office]


def test_manager_cannot_reach_another_branch(client, manager, tanaka, suzuki, ito, nakamura):
    client.force_login(manager)

    responses = [client.post(PATH, choice(*pair)) for pair in ((suzuki, tanaka), (tanaka, suzuki))]

    assert [list(response.context["form"].errors) for response in responses] == [
        ["giver"],
        ["taker"],
    ]


def test_nobody_hands_over_to_oneself(desk, tanaka, ito):
    errors = desk.post(PATH, choice(tanaka, tanaka)).context["form"].errors

    assert errors == {"taker": ["いまの担当と同じです。別の担当者を選んでください。"]}


def test_condition_that_cannot_be_read_offers_nothing_to_hand_over(desk, ito):
    response = desk.get(PATH, {"branch": "ない支店"})

    assert (response.context["keys"], response.context["is_part"]) == ([], True)
    assert "条件「支店」は、" in response.text
    assert "引き継ぐ顧客を確かめる" not in response.text


# --- Preview ----------------------------------------------------------------------------------


def test_preview_counts_and_names_the_book(desk, tanaka, suzuki, ito, ono, nakamura, task):
    response = desk.post(PATH, choice(tanaka, suzuki))

    assert [customer.name for customer in response.context["rows"]] == ["伊藤正雄", "大野達也"]
    assert response.context["counts"] == {"customers": 2, "tasks": 1, "yen": None}
    assert care()["伊藤正雄"] == "田中太郎"


def test_preview_says_whose_tasks_go_along(desk, tanaka, suzuki, ito, ono, task):
    Task.objects.create(customer=ono, assignee=suzuki, title="手紙")

    rows = desk.post(PATH, choice(tanaka, suzuki)).context["rows"]

    assert [(row.name, row.moving_tasks) for row in rows] == [("伊藤正雄", 1), ("大野達也", 0)]


def test_preview_counts_whose_tasks_would_be_out_of_their_sight(
    desk, manager, tanaka, suzuki, ito, task
):
    Task.objects.create(customer=ito, assignee=manager, title="同席")
    sent = confirmed(desk, choice(tanaka, suzuki))
    shown = desk.post(PATH, choice(tanaka, suzuki)).context["counts"]["tasks"]

    desk.post(PATH, sent)

    assert (shown, Task.objects.filter(assignee=suzuki).count()) == (2, 2)
    assert "タスク 2件" in ChangeBatch.objects.get().summary


def test_preview_of_ticked_customers_is_about_the_givers_part(
    desk, tanaka, suzuki, ito, ono, nakamura
):
    response = desk.post(PATH, choice(tanaka, suzuki, ids=f"{ito.pk},{nakamura.pk}"))

    assert list(response.context["rows"]) == [ito]


def test_lists_address_chooses_too(desk, ito, ono):
    assert desk.get(PATH, {"q": "大野"}).context["keys"] == [ono.pk]


def test_address_that_finds_nobody_is_nobody_and_not_the_book(desk, ito):
    response = desk.get(PATH, {"q": "いない"})

    assert "対象の顧客がいません" in response.text
    assert 'name="giver"' not in response.text


def test_keys_that_are_none_are_nobody_and_not_the_book(desk, ito):
    assert "一覧から選び直してください" in desk.post(PATH, {"ids": "x"}).text


def test_preview_of_an_empty_book_offers_no_button(desk, tanaka, suzuki):
    response = desk.post(PATH, choice(tanaka, suzuki))

    assert "引き継ぐ顧客がいません" in response.text
    assert 'value="apply"' not in response.text


# --- Handing over -----------------------------------------------------------------------------


def test_whole_book_moves_in_one_act(desk, office, tanaka, suzuki, ito, ono, nakamura, task):
    response = desk.post(PATH, confirmed(desk, choice(tanaka, suzuki)))

    batch = ChangeBatch.objects.get()
    assert response.url == reverse("customers:batch-detail", args=[batch.pk])
    assert set(care().values()) == {"鈴木一郎"}
    assert (batch.kind, batch.user, batch.reason, batch.summary) == (
        "hand_over",
        office,
        "異動",
        "田中太郎 → 鈴木一郎（顧客 2名、タスク 1件）",
    )


def test_history_names_person_way_reason_and_act(desk, office, tanaka, suzuki, ito, task):
    desk.post(PATH, confirmed(desk, choice(tanaka, suzuki)))

    batch = ChangeBatch.objects.get()
    for newest in (ito.history.first(), task.history.first()):
        assert (newest.history_user, newest.source, newest.history_change_reason) == (
            office,
            "bulk",
            "異動",
        )
        assert newest.batch == batch


def test_open_tasks_of_the_giver_move_and_others_stay(desk, office, tanaka, suzuki, ito, task):
    done = Task.objects.create(
        customer=ito, assignee=tanaka, title="済", done_at=timezone.now(), done_by=tanaka
    )
    others = Task.objects.create(customer=ito, assignee=office, title="事務")

    desk.post(PATH, confirmed(desk, choice(tanaka, suzuki)))

    assert list(Task.objects.order_by("pk").values_list("pk", "assignee__name")) == [
        (task.pk, "鈴木一郎"),
        (done.pk, "田中太郎"),
        (others.pk, "西村恵"),
    ]


def test_archived_customers_stay(desk, tanaka, suzuki, ito, ono):
    ono.archive()

    desk.post(PATH, confirmed(desk, choice(tanaka, suzuki)))

    assert care() == {"伊藤正雄": "鈴木一郎", "大野達也": "田中太郎"}


def test_reason_is_required(desk, tanaka, suzuki, ito):
    response = desk.post(PATH, confirmed(desk, choice(tanaka, suzuki)) | {"reason": ""})

    assert response.context["reason"].errors == {"reason": ["理由を入力してください。"]}
    assert care() == {"伊藤正雄": "田中太郎"}


def test_customer_who_came_since_the_preview_stops_everything(desk, tanaka, suzuki, ito):
    data = confirmed(desk, choice(tanaka, suzuki))
    CustomerFactory(name="大野達也", sales_rep=tanaka)

    response = desk.post(PATH, data)

    assert "対象の顧客かタスクが変わりました" in response.text
    assert set(care().values()) == {"田中太郎"}


def test_manager_hands_over_within_the_branch(client, manager, tanaka, aoki, ito, nakamura):
    client.force_login(manager)

    client.post(PATH, confirmed(client, choice(tanaka, aoki)))

    assert care() == {"伊藤正雄": "青木誠", "中村健一": "鈴木一郎"}


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_any_number(
    desk, tanaka, suzuki, count, django_assert_num_queries
):
    CustomerFactory.create_batch(count, sales_rep=tanaka)

    with django_assert_num_queries(7):
        desk.get(PATH)
    with django_assert_num_queries(12):
        data = confirmed(desk, choice(tanaka, suzuki))
    with django_assert_num_queries(by_copy(19, 20)):
        desk.post(PATH, data)


# --- It takes effect at the next request ------------------------------------------------------


def statuses(client, customer):
    """Page, form and API of a customer, in a session that has been open for long."""
    paths = [
        customer.get_absolute_url(),
        reverse("customers:update", args=[customer.pk]),
        f"/api/customers/{customer.pk}",
    ]
    return [client.get(path).status_code for path in paths]


def test_former_adviser_gets_404_at_once_and_the_new_one_the_record(
    client, page, office, tanaka, suzuki, ito
):
    before = statuses(page, ito)
    desk, new = type(page)(), type(page)()
    desk.force_login(office)
    new.force_login(suzuki)
    desk.post(PATH, confirmed(desk, choice(tanaka, suzuki)))

    assert (before, statuses(page, ito), statuses(new, ito)) == (
        [200] * 3,
        [404] * 3,
        [200] * 3,
    )


def test_role_that_is_taken_away_is_gone_at_the_next_request(desk, office, ito):
    before = statuses(desk, ito)
    office.groups.set([Group.objects.get(name=Role.ADVISER)])

    assert (before, statuses(desk, ito)) == ([200] * 3, [404] * 3)


def test_manager_of_another_branch_sees_that_one_at_the_next_request(
    client, manager, ito, nakamura
):
    client.force_login(manager)
    before = [statuses(client, customer) for customer in (ito, nakamura)]
    manager.branch = "大阪支店"
    manager.save()

    after = [statuses(client, customer) for customer in (ito, nakamura)]

    assert (before, after) == ([[200] * 3, [404] * 3], [[404] * 3, [200] * 3])


def test_person_who_is_switched_off_is_logged_out_at_the_next_request(page, tanaka, ito):
    tanaka.is_active = False
    tanaka.save()

    assert page.get(ito.get_absolute_url()).status_code == 302
