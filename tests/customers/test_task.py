"""One task: written, given away, ticked off and opened again."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Task
from customers.roles import Role
from tests.factories import AdviserFactory, CustomerFactory, TaskFactory

DAY = datetime.date(2026, 12, 1)


def new(customer):
    return reverse("customers:task-create", args=[customer.pk])


def edit(task):
    return reverse("customers:task-update", args=[task.pk])


def act(name, task):
    return reverse(f"customers:task-{name}", args=[task.pk])


def test_task_is_added_for_oneself(page, ito, tanaka):
    response = page.post(new(ito), {"title": "円債の提案", "due_date": "2026/12/01"})

    task = Task.objects.get()
    assert response.url == ito.get_absolute_url()
    assert (task.customer, task.assignee, task.title, task.due_date) == (
        ito,
        tanaka,
        "円債の提案",
        DAY,
    )


def test_day_of_another_era_is_taken_with_a_warning(page, ito):
    page.post(new(ito), {"title": "提案", "due_date": "S64.1.8"}, headers={"HX-Request": "true"})

    text = page.get(ito.get_absolute_url()).text
    assert Task.objects.get().due_date == datetime.date(1989, 1, 8)
    assert "「S64.1.8」は 1989/01/08（平成元年） として読み取りました" in text


def test_task_without_words_is_refused(page, ito):
    form = page.post(new(ito), {"title": " ", "due_date": "12月"}).context["form"]

    assert list(form.errors) == ["title", "due_date"]
    assert form["due_date"].value() == "12月"


def test_manager_gives_tasks_to_those_who_see_the_customer(client, manager, ito, tanaka, suzuki):
    AdviserFactory(branch="東京本店", role=Role.ADVISER)  # sees own customers only
    client.force_login(manager)

    form = client.get(new(ito)).context["form"]
    client.post(new(ito), {"title": "提案", "assignee": tanaka.pk})

    assert set(form.fields["assignee"].queryset) == {manager, tanaka}
    assert Task.objects.get().assignee == tanaka


def test_task_cannot_be_given_to_who_does_not_see_the_customer(client, manager, ito, suzuki):
    client.force_login(manager)

    response = client.post(new(ito), {"title": "提案", "assignee": suzuki.pk})

    assert list(response.context["form"].errors) == ["assignee"]


def test_adviser_cannot_give_a_task_away(page, ito, tanaka, manager):
    page.post(new(ito), {"title": "提案", "assignee": manager.pk})

    assert Task.objects.get().assignee == tanaka


def test_task_on_the_page_of_tasks_names_its_customer(page, ito, tanaka):
    CustomerFactory(name="大野達也", sales_rep=tanaka)

    response = page.post(
        reverse("customers:any-task-create"), {"customer_named": "伊藤", "title": "提案"}
    )

    assert (response.url, Task.objects.get().customer) == (reverse("customers:tasks"), ito)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("中村健一", "見つかりません"), ("伊藤", "2名います（C001 伊藤正雄、"), ("a\x00", "文字化け")],
    ids=["foreign", "several", "nul"],
)
def test_customer_who_is_not_one_is_refused(typed, word, page, ito, nakamura, tanaka):
    CustomerFactory(name="伊藤花", sales_rep=tanaka)

    response = page.post(
        reverse("customers:any-task-create"), {"customer_named": typed, "title": "提案"}
    )

    assert word in response.context["form"].errors["customer_named"][0]
    assert Task.objects.count() == 0


def refusal(page, typed):
    url = reverse("customers:any-task-create")
    form = page.post(url, {"customer_named": typed, "title": "提案"}).context["form"]
    return form.errors["customer_named"][0]


def test_namesakes_are_counted_and_some_of_them_named(page, tanaka):
    for number in range(1, 6):
        CustomerFactory(name="佐藤花", customer_code=f"D{number}", sales_rep=tanaka)

    assert refusal(page, "佐藤花") == (
        "「佐藤花」に当てはまる顧客は5名います（D1 佐藤花、D2 佐藤花、D3 佐藤花 など）。"
        "顧客コードで入力してください。"
    )


def test_namesakes_are_counted_to_a_cap(page, tanaka, settings):
    settings.SEARCH_COUNT_CAP = 4
    CustomerFactory.create_batch(6, name="佐藤花", sales_rep=tanaka)

    assert "4名以上います" in refusal(page, "佐藤")


def test_namesakes_of_others_are_not_counted(page, ito, suzuki):
    CustomerFactory(name="伊藤正雄", sales_rep=suzuki)
    url = reverse("customers:any-task-create")

    page.post(url, {"customer_named": "伊藤正雄", "title": "提案"})

    assert Task.objects.get().customer == ito


@pytest.mark.parametrize("typed", ["D1", "D1 佐藤　花", " D1  佐藤　花 "])
def test_customer_is_named_by_code_or_as_suggested(typed, page, tanaka):
    meant = CustomerFactory(name="佐藤　花", customer_code="D1", sales_rep=tanaka)
    CustomerFactory(name="佐藤　花", customer_code="D10", sales_rep=tanaka)
    url = reverse("customers:any-task-create")

    page.post(url, {"customer_named": typed, "title": "提案"})

    assert Task.objects.get().customer == meant


@pytest.mark.parametrize("with_name", [False, True])
def test_customer_without_a_code_is_named_by_the_key_that_people_see(with_name, page, tanaka):
    meant, _ = CustomerFactory.create_batch(2, name="佐藤", customer_code=None, sales_rep=tanaka)
    url = reverse("customers:any-task-create")

    typed = f"{meant.code} 佐藤" if with_name else meant.code
    page.post(url, {"customer_named": typed, "title": "提案"})

    assert Task.objects.get().customer == meant


def test_task_is_changed(page, ito, tanaka):
    task = TaskFactory(customer=ito, assignee=tanaka)
    version = page.get(edit(task)).context["form"]["version"].value()

    page.post(edit(task), {"title": "提案", "due_date": "2026/12/01", "version": version})

    task.refresh_from_db()
    assert (task.title, task.due_date, task.assignee) == ("提案", DAY, tanaka)


def test_task_changed_meanwhile_is_not_overwritten(page, ito):
    task = TaskFactory(customer=ito)
    version = page.get(edit(task)).context["form"]["version"].value()
    task.title = "先の変更"
    task.save()

    response = page.post(edit(task), {"title": "提案", "version": version})

    assert (response.status_code, Task.objects.get().title) == (200, "先の変更")


def test_task_is_done_with_one_post_and_may_be_opened_again(page, ito, tanaka):
    task = TaskFactory(customer=ito)

    response = page.post(act("done", task), headers={"HX-Request": "true"})
    task.refresh_from_db()
    done = (task.done_at is not None, task.done_by)
    page.post(act("reopen", task))
    task.refresh_from_db()

    assert (response.status_code, response.headers["HX-Trigger"]) == (204, "saved")
    assert (done, task.done_at) == ((True, tanaka), None)


def test_task_done_twice_stays_with_who_did_it_first(page, ito, manager):
    task = TaskFactory(customer=ito)
    task.finish(by=manager)

    page.post(act("done", task))

    assert Task.objects.get().done_by == manager


def test_done_task_offers_to_be_opened_again(page, ito):
    task = TaskFactory(customer=ito)

    text = page.post(act("done", task), follow=True).text

    toast = text.split('class="note-toast"')[1].split("</form>")[0]
    assert [f'action="{act("reopen", task)}"' in toast, 'data-seconds="10"' in toast] == [True] * 2


def test_history_says_who_finished_a_task(page, ito, tanaka):
    task = TaskFactory(customer=ito)
    page.post(act("done", task))

    newest = task.history.first()

    assert (newest.done_by, newest.history_user, newest.source) == (tanaka, tanaka, "page")


@pytest.mark.parametrize("name", ["update", "done", "reopen"])
def test_task_of_anothers_or_archived_customer_is_missing(name, page, ito, nakamura):
    foreign, archived = TaskFactory(customer=nakamura), TaskFactory(customer=ito)
    ito.archive()

    answers = [page.post(act(name, task), {"title": "提案"}) for task in (foreign, archived)]

    told = 409 if name == "update" else 404
    assert [answer.status_code for answer in answers] == [404, told]
    assert Task.objects.filter(done_at=None).count() == 2


def test_compliance_may_not_touch_tasks(client, compliance, ito):
    client.force_login(compliance)
    task = TaskFactory(customer=ito)

    answers = [client.post(act(name, task)) for name in ("update", "done", "reopen")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_done_is_asked_for_by_post_only(page, ito):
    assert page.get(act("done", TaskFactory(customer=ito))).status_code == 405


def test_days_left_count_from_today():
    today = timezone.localdate()
    late = Task(due_date=today - datetime.timedelta(days=2))

    assert (late.days_left, late.days_overdue) == (-2, 2)
    assert (Task(due_date=today).days_left, Task().days_left) == (0, None)
