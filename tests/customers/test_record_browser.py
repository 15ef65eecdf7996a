"""The record as a person works in it: few clicks, few keys, nothing typed lost."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import CashInflow, Holding, SalesNote, Task
from tests.browser import IN_BROWSER
from tests.factories import (
    CashInflowFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    TaskFactory,
)

pytestmark = IN_BROWSER
PAST_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = "document.activeElement.id || document.activeElement.getAttribute('href')"
LONG = "株式会社" + "浪速製作所" * 11 + "本"


@pytest.fixture
def desk(screen, log_in, tanaka):
    """A window in which Tanaka is logged in."""
    log_in(tanaka)
    return screen


@pytest.fixture
def record(desk, ito):
    """The same window, on Ito's record."""
    desk.goto(ito.get_absolute_url())
    return desk


@pytest.fixture
def clicks(desk):
    """Counts the clicks from now on, over all pages."""
    desk.context.add_init_script(
        "addEventListener('click', (event) => event.isTrusted && event.detail &&"
        " sessionStorage.setItem('clicks', 1 + Number(sessionStorage.getItem('clicks'))), true)"
    )
    return lambda: int(desk.evaluate("sessionStorage.getItem('clicks')"))


def says(window, text):
    expect(window.locator(".note-toast")).to_contain_text(text)


def opened(window, link):
    window.click(link)
    window.wait_for_selector("#dialog.show form")


def test_note_takes_three_clicks_from_the_list(desk, clicks, ito):
    desk.goto("/customers")

    desk.click("tbody a")
    desk.wait_for_url("**/customers/*")
    desk.click("#id_content")
    desk.keyboard.type("円債に関心")
    desk.click("#note-save")
    says(desk, "メモを保存しました")

    assert (clicks(), SalesNote.objects.get().content) == (3, "円債に関心")
    expect(desk.locator("#timeline")).to_contain_text("円債に関心")
    expect(desk.locator("#id_content")).to_have_value("")


def test_note_is_written_and_saved_by_keys_alone(record):
    record.keyboard.press("m")
    record.keyboard.type("maturity")
    record.keyboard.press("Control+Enter")
    says(record, "メモを保存しました")

    assert SalesNote.objects.get().content == "maturity"
    expect(record.locator("#id_content")).to_be_focused()


def test_refused_note_keeps_its_words_beside_the_error(record):
    record.fill("#id_content", "円債に関心")
    record.click(".note-more summary")
    record.fill("#id_follow_up_date", "2026/12/01")
    record.click("#note-save")

    error = record.locator("#id_next_step_error")
    expect(error).to_contain_text("期日までにすること")
    expect(record.locator("#id_next_step")).to_be_focused()
    assert record.input_value("#id_content") == "円債に関心"
    assert error.locator("..").locator("input").get_attribute("id") == "id_next_step"


def test_next_step_shows_up_among_the_tasks_and_in_the_sidebar(record):
    record.fill("#id_content", "円債に関心")
    record.click(".note-more summary")
    record.fill("#id_next_step", "円債の提案")
    record.fill("#id_follow_up_date", f"{timezone.localdate():%Y/%m/%d}")
    record.click("#note-save")

    expect(record.locator("#tasks")).to_contain_text("円債の提案")
    expect(record.locator("#nav-item-count")).to_contain_text("1")


def test_holding_is_added_over_the_record_and_focus_comes_back(record, ito):
    ProductFactory(product_name="ソフト社債", product_code="SB-1")
    opened(record, "#holding-add")
    record.keyboard.type("ソフト")
    option = record.locator('#product-choices option[value="ソフト社債（SB-1）"]')
    expect(option).to_have_count(1)
    record.fill("#id_quantity", "20")
    record.fill("#id_unit_price", "1000")
    record.fill("#id_purchase_date", "2026/04/01")
    record.press("#id_purchase_date", "Control+Enter")
    says(record, "保有商品を追加しました")

    expect(record.locator("#holdings")).to_contain_text("ソフト社債")
    assert record.evaluate(FOCUSED) == "holding-add"
    assert Holding.objects.get().customer == ito


def test_refused_dialog_keeps_what_was_typed_and_goes_to_the_error(record):
    opened(record, "#holding-add")
    record.fill("#id_product", "ない商品")
    record.fill("#id_quantity", "20")
    expect(record.locator("#id_quantity_read")).to_contain_text("20")  # moves the button down
    record.click("#dialog [type=submit]")

    expect(record.locator("#id_product_error")).to_contain_text("見つかりません")
    expect(record.locator("#id_product")).to_be_focused()
    assert record.input_value("#id_quantity") == "20"
    assert Holding.objects.count() == 0


def test_inflow_is_added_on_its_tab_with_the_key_for_new(desk, ito):
    desk.goto(f"{ito.get_absolute_url()}/inflows")
    desk.keyboard.press("n")
    desk.wait_for_selector("#dialog.show form")
    desk.fill("#id_predicted_amount", "1.5億")
    desk.fill("#id_predicted_date", "2027/03/31")
    desk.click("#dialog [type=submit]")
    says(desk, "入金予測を追加しました")

    expect(desk.locator("#inflows")).to_contain_text("150,000,000")
    assert CashInflow.objects.get().customer == ito


def test_task_is_added_edited_and_ticked_off_in_place(record, ito):
    opened(record, "#task-add")
    record.fill("#id_title", "提案")
    record.press("#id_title", "Enter")
    says(record, "タスクを追加しました")
    task = Task.objects.get()
    edit = f"/tasks/{task.pk}/edit"
    opened(record, f"a[href='{edit}']")
    record.fill("#id_title", "円債の提案")
    record.click("#dialog [type=submit]")
    says(record, "変更を保存しました")
    assert record.evaluate(FOCUSED) == edit

    record.click(".task-check")
    says(record, "完了にしました")
    record.click(".toast-undo")
    says(record, "未完了に戻しました")

    task.refresh_from_db()
    assert (task.title, task.done_at) == ("円債の提案", None)


def test_typed_note_survives_a_save_elsewhere_on_the_page(record):
    record.fill("#id_content", "書きかけ")
    opened(record, "#task-add")
    record.fill("#id_title", "提案")
    record.press("#id_title", "Control+Enter")
    says(record, "タスクを追加しました")

    assert record.input_value("#id_content") == "書きかけ"


def test_leaving_with_an_unsaved_note_asks_first(record):
    asked = []
    record.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    record.click("#id_content")
    record.keyboard.type("書きかけ")
    record.click("text=顧客一覧 >> nth=0", no_wait_after=True)
    record.wait_for_timeout(300)

    assert (asked, record.input_value("#id_content")) == (["beforeunload"], "書きかけ")
    record.fill("#id_content", "")


def test_closing_a_dialog_with_typed_words_asks_first(record):
    answers = []
    record.on("dialog", lambda dialog: (answers.append(dialog.type), dialog.dismiss()))
    opened(record, "#task-add")
    record.fill("#id_title", "提案")
    record.keyboard.press("Escape")

    assert (answers, record.input_value("#id_title")) == (["confirm"], "提案")


def test_escape_closes_an_untouched_dialog_and_focus_returns(record):
    opened(record, "#task-add")
    record.keyboard.press("Escape")

    expect(record.locator("#dialog")).to_be_hidden()
    assert record.evaluate(FOCUSED) == "task-add"


def test_note_is_corrected_and_both_versions_stay(desk, ito):
    SalesNoteFactory(customer=ito, content="三女に贈与")
    desk.goto(f"{ito.get_absolute_url()}/notes")
    opened(desk, ".note-correct")
    desk.fill("#dialog #id_content", "次女に贈与")
    desk.click("#dialog [type=submit]")
    says(desk, "訂正を保存しました")

    expect(desk.locator("#notes")).to_contain_text("次女に贈与")
    desk.click("text=訂正前の内容")
    expect(desk.locator("#notes s")).to_have_text("三女に贈与")


def test_back_office_deletes_after_a_question_that_names_the_thing(screen, log_in, office, ito):
    log_in(office)
    HoldingFactory(customer=ito, product=ProductFactory(product_name="ソフト社債"))
    screen.goto(ito.get_absolute_url())
    opened(screen, ".cell-acts a")
    screen.click(".dialog-delete")
    expect(screen.locator(".delete-thing")).to_contain_text("ソフト社債")
    screen.click("#dialog [type=submit]")
    says(screen, "削除しました")

    assert (Holding.objects.count(), screen.locator("#holdings table").count()) == (0, 0)


def test_failed_save_says_so_and_keeps_the_dialog(record):
    opened(record, "#task-add")
    record.fill("#id_title", "提案")
    record.route("**/tasks/new", lambda route: route.abort())
    record.click("#dialog [type=submit]")

    expect(record.locator("#dialog [role=alert]")).to_contain_text("残っています")
    assert record.input_value("#id_title") == "提案"
    record.fill("#id_title", "")


def test_lost_answer_is_said_in_the_form_and_pressing_again_saves_one_note(record):
    record.set_viewport_size({"width": 390, "height": 844})
    record.fill("#id_content", "円債に関心")
    record.route("**/notes/new", lambda route: (route.fetch(), route.abort()))
    record.click("#note-save")

    alert = record.locator("#note-form [role=alert]")
    expect(alert).to_contain_text("保存されたか確かめられませんでした")
    expect(alert).to_be_in_viewport()
    expect(alert).to_be_focused()
    record.unroute("**/notes/new")
    record.click("#note-save")
    expect(record.locator("#id_content")).to_have_value("")
    assert SalesNote.objects.count() == 1


def test_warning_of_a_save_is_brought_into_sight(record):
    record.set_viewport_size({"width": 390, "height": 844})
    record.fill("#id_content", "円債に関心")
    record.click(".note-more summary")
    record.fill("#id_next_step", "円債の提案")
    record.fill("#id_follow_up_date", "平成39年1月8日")
    record.click("#note-save")

    expect(record.locator("[data-message]")).to_contain_text("2027/01/08（令和9年）")
    expect(record.locator("[data-message]")).to_be_in_viewport()


def test_failed_look_says_nothing_of_saving(record):
    record.route("**/customers/*?kind=task", lambda route: route.abort())
    record.click("#kind-task")

    expect(record.locator("#content > [role=alert]")).to_contain_text("表示できませんでした")


def test_ended_session_is_said_in_the_dialog_and_keeps_what_was_typed(record):
    opened(record, "#task-add")
    record.fill("#id_title", "提案")
    record.context.clear_cookies(name="wealthai_session")
    record.click("#dialog [type=submit]")

    expect(record.locator("#dialog [role=alert]")).to_contain_text("期限が切れて")
    assert record.input_value("#id_title") == "提案"
    record.fill("#id_title", "")


def test_timeline_narrows_in_place_and_stays_so_after_a_save(record, ito):
    record.click("#kind-task")
    expect(record.locator("#timeline")).to_contain_text("この種類の記録はまだありません")
    expect(record.locator("#kind-task")).to_be_focused()
    opened(record, "#task-add")
    record.fill("#id_title", "提案")
    record.fill("#id_due_date", "2030/12/01")
    record.click("#dialog [type=submit]")

    expect(record.locator("#timeline")).to_contain_text("タスク　提案")
    expect(record.locator("#timeline")).not_to_contain_text("顧客を登録")


def test_g_then_t_opens_the_tasks_and_e_edits_the_customer(record, ito):
    record.keyboard.press("e")
    record.wait_for_url("**/edit")
    record.go_back()
    record.keyboard.press("g")
    record.keyboard.press("t")
    record.wait_for_url("**/tasks")

    assert record.inner_text("h1") == "タスク"


def test_letters_do_nothing_where_they_are_switched_off(record):
    record.evaluate("localStorage.setItem('wealthai.keys', 'off')")
    record.keyboard.press("m")

    assert record.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize("width", [390, 768, 1024, 1440])
def test_no_page_of_a_full_record_is_wider_than_the_window(width, desk, ito, tanaka):
    product = ProductFactory(product_name=LONG, currency="USD")
    HoldingFactory(customer=ito, product=product, current_value=5, maturity_date="2026-12-31")
    note = SalesNoteFactory(customer=ito, subject=LONG, content=LONG * 9, sales_rep=tanaka)
    SalesNoteFactory(customer=ito, content=LONG, corrects=note)
    CashInflowFactory(customer=ito, source_note=LONG, source_type="business_sale")
    TaskFactory(customer=ito, title=LONG, due_date=datetime.date(2026, 1, 5), assignee=tanaka)
    desk.set_viewport_size({"width": width, "height": 844})
    beyond = {}
    for page in ("", "/holdings", "/notes", "/tasks", "/inflows"):
        desk.goto(ito.get_absolute_url() + page)
        beyond[page] = desk.evaluate(PAST_THE_EDGE)
    desk.goto("/tasks")

    assert beyond | {"list": desk.evaluate(PAST_THE_EDGE)} == dict.fromkeys([*beyond, "list"], 0)
