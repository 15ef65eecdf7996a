"""The keys of the mockups' README §8: each page lists what it answers to."""

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER

pytestmark = IN_BROWSER
TABS = ["", "/holdings", "/notes", "/tasks", "/inflows", "/history"]


@pytest.fixture
def desk(screen, log_in, tanaka):
    """A window in which Tanaka is logged in."""
    log_in(tanaka)
    return screen


def listed(window):
    """What the open list says, each key with its words."""
    rows = window.locator(".keys > div:visible").all()
    return [" ".join(row.inner_text().split()) for row in rows]


@pytest.mark.parametrize("tab", TABS)
def test_e_edits_on_every_tab_of_the_record(desk, ito, tab):
    desk.goto(ito.get_absolute_url() + tab)
    desk.keyboard.press("e")

    desk.wait_for_url("**/edit")


@pytest.mark.parametrize("tab", TABS)
def test_m_leads_to_the_note_on_every_tab_of_the_record(desk, ito, tab):
    desk.goto(ito.get_absolute_url() + tab)
    desk.keyboard.press("m")

    expect(desk.locator("#id_content")).to_be_focused()


def test_n_registers_a_customer_on_the_list(desk, ito):
    desk.goto("/customers")
    desk.keyboard.press("n")

    desk.wait_for_url("**/customers/new")


def test_list_of_keys_says_what_the_page_answers_to(desk, ito):
    desk.goto(f"{ito.get_absolute_url()}/tasks")
    desk.keyboard.press("?")

    assert listed(desk) == [
        "M メモ",
        "E 編集",
        "N 追加",
        "G H ダッシュボード",
        "G C 顧客一覧",
        "G A AIチャット",
        "G T タスク",
        "Ctrl K 検索",
        "/ 検索",
        "Ctrl Enter 入力した内容を保存",
        "Esc 開いた窓やメニューを閉じる",
        "? この一覧",
    ]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/customers", "Space 選んだ行に印を付ける"),
        ("/chat", "Esc 回答を止める"),
        ("/", "G C 顧客一覧"),
        ("/nowhere", "? この一覧"),
    ],
)
def test_every_page_has_a_list_of_keys(desk, ito, path, line):
    desk.goto(path)
    desk.locator("h1").first.click()
    desk.keyboard.press("?")

    assert line in listed(desk)


def test_escape_closes_the_list_and_other_keys_wait_for_it(desk, ito):
    desk.goto(ito.get_absolute_url())
    desk.keyboard.press("?")
    desk.keyboard.press("e")
    desk.keyboard.press("Escape")

    expect(desk.locator(".keys-dialog")).to_be_hidden()
    assert desk.url.endswith(ito.get_absolute_url())


def test_list_is_opened_by_the_menu_too_and_gives_the_focus_back(desk):
    desk.goto("/tasks")
    desk.click(".person summary")
    desk.click(".person [data-keys-open]")
    desk.click("[data-keys-close]")

    expect(desk.locator(".keys-dialog")).to_be_hidden()
    expect(desk.locator(".person summary")).to_be_focused()


def test_without_letters_the_list_holds_none(desk, ito):
    desk.goto(ito.get_absolute_url())
    desk.evaluate("localStorage.setItem('wealthai.keys', 'off')")
    desk.keyboard.press("?")
    assert not desk.locator(".keys-dialog").is_visible()
    desk.click(".person summary")
    desk.click(".person [data-keys-open]")

    assert [line.split()[0] for line in listed(desk)] == ["Ctrl", "Ctrl", "Esc"]
    expect(desk.locator("[data-keys-off]")).to_be_visible()


@pytest.mark.parametrize(("width", "least"), [(1440, 24), (390, 44)])
def test_way_to_the_facts_can_be_hit(desk, ito, width, least):
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto(ito.get_absolute_url())

    box = desk.locator(".key-facts dt > a").bounding_box()

    assert min(box["width"], box["height"]) >= least
