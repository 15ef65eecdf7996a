"""A session that ends while somebody types: whatever the form, nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from customers.models import Customer, SalesNote, Task
from tests.browser import IN_BROWSER

pytestmark = IN_BROWSER
SAVE = ".record-form [type=submit]"
ENDED = "ログインの期限が切れています"


@pytest.fixture
def desk(screen, log_in, tanaka):
    """A window in which Tanaka is logged in."""
    log_in(tanaka)
    return screen


@pytest.fixture
def log_in_beside(desk):
    """Somebody logs in through the link of the notice, in the tab that it opens."""

    def through_the_notice(adviser):
        adviser.set_password("another-long-passphrase")
        adviser.save()
        with desk.context.expect_page() as opened:
            desk.click("[data-complaint] a")
        tab = opened.value
        tab.fill("input[name=login]", adviser.rep_code)
        tab.fill("input[name=password]", "another-long-passphrase")
        tab.press("input[name=password]", "Enter")
        tab.wait_for_url("**/")
        tab.close()

    return through_the_notice


def end_session(window):
    window.context.clear_cookies(name="wealthai_session")


def test_big_form_waits_for_the_log_in_and_is_saved(desk, log_in_beside, ito, tanaka):
    desk.goto(f"{ito.get_absolute_url()}/edit")
    desk.fill("#id_occupation", "医師")
    end_session(desk)
    desk.click(SAVE)
    expect(desk.locator("[data-complaint]")).to_contain_text(ENDED)

    log_in_beside(tanaka)
    assert desk.input_value("#id_occupation") == "医師"
    desk.click(SAVE)
    desk.wait_for_url(f"**{ito.get_absolute_url()}")

    assert Customer.objects.get(pk=ito.pk).occupation == "医師"


def test_note_waits_for_the_log_in_and_is_saved_once(desk, log_in_beside, ito, tanaka):
    desk.goto(ito.get_absolute_url())
    desk.fill("#id_content", "円債に関心")
    end_session(desk)
    desk.press("#id_content", "Control+Enter")
    expect(desk.locator("#note [role=alert]")).to_contain_text(ENDED)

    log_in_beside(tanaka)
    desk.click("#note-save")
    expect(desk.locator("#timeline")).to_contain_text("円債に関心")

    assert SalesNote.objects.count() == 1


def test_dialog_waits_for_the_log_in_and_is_saved(desk, log_in_beside, ito, tanaka):
    desk.goto(ito.get_absolute_url())
    desk.click("#task-add")
    desk.fill("#id_title", "提案")
    end_session(desk)
    desk.click("#dialog [type=submit]")
    expect(desk.locator("#dialog [role=alert]")).to_contain_text(ENDED)

    log_in_beside(tanaka)
    desk.click("#dialog [type=submit]")
    expect(desk.locator("#tasks")).to_contain_text("提案")

    assert Task.objects.get().title == "提案"


def test_what_was_typed_is_not_saved_as_somebody_elses(desk, log_in_beside, ito, manager):
    desk.goto(f"{ito.get_absolute_url()}/edit")
    desk.fill("#id_occupation", "医師")
    end_session(desk)
    desk.click(SAVE)
    log_in_beside(manager)
    desk.click(SAVE)

    expect(desk.locator("[data-complaint]")).to_contain_text("別の担当者でログインしています")
    assert Customer.objects.get(pk=ito.pk).occupation is None
    desk.fill("#id_occupation", "")


def test_big_form_stays_where_the_server_does_not_answer(desk, ito):
    desk.goto(f"{ito.get_absolute_url()}/edit")
    desk.fill("#id_occupation", "医師")
    desk.context.set_offline(True)
    desk.click(SAVE)

    expect(desk.locator("[data-complaint]")).to_contain_text("残っています")
    assert desk.input_value("#id_occupation") == "医師"
    desk.context.set_offline(False)
    desk.fill("#id_occupation", "")


@pytest.mark.parametrize("path", ["/customers/new", "/customers/{}/edit"])
def test_leaving_the_big_form_with_typed_words_asks_first(desk, ito, path):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desk.goto(path.format(ito.pk))
    desk.click("#id_occupation")
    desk.keyboard.type("isha")
    desk.click("text=キャンセル", no_wait_after=True)
    desk.wait_for_timeout(300)

    assert (asked, desk.input_value("#id_occupation")) == (["beforeunload"], "isha")
    desk.fill("#id_occupation", "")
