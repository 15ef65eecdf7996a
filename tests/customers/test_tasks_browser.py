"""Writing a task down on the page of tasks: whom it is about is found while one types."""

import pytest
from playwright.sync_api import expect

from customers.models import Task
from tests.browser import IN_BROWSER
from tests.customers.test_search_browser import compose
from tests.factories import CustomerFactory
from wealthai.tracking import create_many

pytestmark = IN_BROWSER
FIELD = "#id_customer_named"
OPTION = "#dialog [role=option]"
WORDS = "#dialog .suggestions-words"


@pytest.fixture
def dialog(screen, log_in, tanaka, ito):
    """The dialog of a new task, a dozen namesakes among Tanaka's customers."""
    CustomerFactory.create_batch(12, name="田村次郎", name_kana="タムラジロウ", sales_rep=tanaka)
    log_in(tanaka)
    screen.goto("/tasks")
    screen.click("#task-add")
    screen.wait_for_selector("#dialog.show form")
    return screen


def test_chosen_suggestion_is_the_tasks_customer(dialog, ito):
    dialog.fill(FIELD, "イトウ")
    dialog.wait_for_selector(f"{OPTION} >> text=伊藤正雄")
    dialog.keyboard.press("ArrowDown")
    dialog.keyboard.press("Enter")
    assert dialog.input_value(FIELD) == "C001 伊藤正雄"

    dialog.fill("#id_title", "提案")
    dialog.keyboard.press("Enter")

    expect(dialog.locator(".note-toast")).to_contain_text("追加しました")
    assert Task.objects.get().customer == ito


def test_suggestion_is_chosen_by_a_tap_and_leaves_the_page_where_it_is(dialog):
    dialog.set_viewport_size({"width": 390, "height": 844})
    dialog.fill(FIELD, "C001")
    dialog.click(f"{OPTION} >> text=伊藤正雄")

    assert dialog.input_value(FIELD) == "C001 伊藤正雄"
    assert dialog.url.endswith("/tasks")
    assert dialog.locator(OPTION).count() == 0


def test_field_says_that_there_are_more_and_offers_customers_only(dialog):
    dialog.fill(FIELD, "田村")
    dialog.wait_for_selector(OPTION)

    assert dialog.locator(OPTION).count() == 10
    expect(dialog.locator(WORDS)).to_contain_text("10名以上の候補")


def test_escape_closes_the_suggestions_and_not_the_dialog(dialog):
    dialog.fill(FIELD, "田村")
    dialog.wait_for_selector(OPTION)
    dialog.keyboard.press("Escape")

    assert dialog.locator(OPTION).count() == 0
    assert dialog.locator("#dialog.show").count() == 1
    assert dialog.input_value(FIELD) == "田村"


def test_enter_that_confirms_a_conversion_does_not_send_the_task(dialog):
    compose(dialog, "伊藤", confirm=False)
    dialog.dispatch_event(FIELD, "keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    compose(dialog, "伊藤")
    dialog.keyboard.press("Enter")  # Safari's, right behind the end of the composition

    assert dialog.locator("#dialog .field-error").count() == 0
    assert dialog.input_value(FIELD) == "伊藤"


def test_field_that_came_back_with_an_error_suggests_again(dialog):
    dialog.fill(FIELD, "田村")
    dialog.fill("#id_title", "提案")
    dialog.keyboard.press("Enter")
    expect(dialog.locator("#dialog .field-error")).to_contain_text("12名います")

    dialog.fill(FIELD, "伊藤")

    dialog.wait_for_selector(f"{OPTION} >> text=伊藤正雄")
    assert dialog.get_attribute(FIELD, "role") == "combobox"


def test_page_of_its_own_suggests_too(dialog):
    dialog.goto("/tasks/new")
    dialog.fill(FIELD, "伊藤")
    dialog.click("main [role=option] >> text=伊藤正雄")

    assert dialog.input_value(FIELD) == "C001 伊藤正雄"


def test_page_further_on_stays_when_a_task_of_it_is_done(dialog, ito, tanaka):
    create_many(
        Task, [Task(customer=ito, assignee=tanaka, title=f"第{n}件") for n in range(1, 104)]
    )
    dialog.goto("/tasks")
    dialog.click("[rel=next]")
    dialog.click("[aria-label='「第102件」を完了にする']")

    expect(dialog.locator(".task-title")).to_have_text(["第101件", "第103件"])
    expect(dialog.locator(".task-group .hint").first).to_have_text("102件のうち2件")
