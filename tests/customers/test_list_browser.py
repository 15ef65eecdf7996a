"""The customer list as a person uses it: keys, ticked rows, menus, what fits on the screen."""

import csv

import pytest

from customers.models import AccessRecord, Customer
from tests.browser import IN_BROWSER
from tests.factories import CustomerFactory, HoldingFactory

pytestmark = IN_BROWSER
FOCUSED = "document.activeElement.querySelector('[data-open]')?.innerText"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
VISIBLE_ROWS = """
(() => {
  const frame = document.querySelector(".list-scroll").getBoundingClientRect();
  const rows = [...document.querySelectorAll("[data-row]")].map((r) => r.getBoundingClientRect());
  return rows.filter((row) => row.bottom <= frame.bottom + 1).length;
})()
"""


@pytest.fixture
def list_screen(screen, log_in, tanaka):
    """Tanaka before a list of 20 customers in the order of their codes."""
    for number in range(20):
        customer = CustomerFactory(
            customer_code=f"C{number}",
            name=f"顧客{number}",
            name_kana="コキャク",
            birth_date="1940-01-01",
            occupation="不動産賃貸業",
            risk_tolerance="4",
            investment_experience="上級者",
            annual_income=12_000_000,
            net_worth=410_000_000,
            sales_rep=tanaka,
        )
        HoldingFactory(customer=customer, current_value=286_400_000)
    log_in(tanaka)
    screen.goto("/customers?sort=code")
    return screen


def test_seventeen_rows_fit_and_no_bar_is_needed_sideways(list_screen):
    scroll = "document.querySelector('.list-scroll')"

    assert list_screen.evaluate(VISIBLE_ROWS) >= 17
    assert list_screen.evaluate(f"{scroll}.scrollWidth - {scroll}.clientWidth") == 0


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_page_never_moves_sideways(list_screen, width):
    list_screen.set_viewport_size({"width": width, "height": 844})

    list_screen.click("text=条件を追加")

    assert list_screen.evaluate(SIDEWAYS) == 0


def test_letters_and_arrows_move_and_enter_opens(list_screen):
    list_screen.keyboard.press("j")
    list_screen.keyboard.press("j")
    list_screen.keyboard.press("ArrowDown")
    list_screen.keyboard.press("k")
    assert list_screen.evaluate(FOCUSED) == "顧客1"

    list_screen.keyboard.press("Enter")
    list_screen.wait_for_selector("h1 >> text=顧客1")


def test_space_ticks_and_the_foot_says_how_many(list_screen):
    assert not list_screen.is_visible("text=選んだ顧客を出力")

    list_screen.keyboard.press("j")
    list_screen.keyboard.press("Space")
    list_screen.keyboard.press("j")
    list_screen.keyboard.press("Space")

    assert list_screen.inner_text("[data-chosen]") == "2名を選択中"
    assert list_screen.is_visible("text=選んだ顧客を出力")


def test_letters_do_nothing_while_somebody_types(list_screen):
    list_screen.focus("#id_q")
    list_screen.keyboard.type("jk")

    assert list_screen.input_value("#id_q") == "jk"


def test_letters_can_be_switched_off(list_screen):
    list_screen.evaluate("localStorage.setItem('wealthai.keys', 'off')")
    list_screen.keyboard.press("j")

    assert list_screen.evaluate("document.activeElement.tagName") == "BODY"


def test_conditions_make_a_short_address(list_screen):
    list_screen.click("text=条件を追加")
    list_screen.fill("#id_assets", "1億")
    list_screen.click("text=この条件で表示")

    list_screen.wait_for_selector(".chip >> text=預り資産 1億円以上")
    assert list_screen.url.endswith("/customers?sort=code&assets=1%E5%84%84")


def test_ticked_rows_leave_as_a_file(list_screen, tanaka):
    list_screen.check("[data-tick-all]")
    list_screen.click("text=選んだ顧客を出力")
    list_screen.fill("#id_reason", "訪問の準備")
    with list_screen.expect_download() as download:
        list_screen.click("button >> text=20名を出力")

    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)][:3] == ["顧客コード", "C0", "C1"]
    assert AccessRecord.objects.get().rows == 20


def test_acts_of_a_row_appear_with_the_pointer(list_screen):
    row = list_screen.locator("[data-row]").nth(3)
    act = row.locator("[data-note]")
    assert act.evaluate("act => getComputedStyle(act).opacity") == "0"

    row.hover()

    assert act.evaluate("act => getComputedStyle(act).opacity") == "1"


def test_menu_of_the_last_row_opens_within_the_frame(list_screen):
    last = list_screen.locator("[data-row]").last
    last.locator(".row-menu > summary").click()

    assert last.locator(".row-panel").bounding_box()["y"] < last.bounding_box()["y"]


def test_cards_of_the_phone_show_chosen_columns_with_their_labels(list_screen):
    list_screen.set_viewport_size({"width": 390, "height": 844})
    list_screen.goto("/customers?sort=code&cols=code&cols=phone&cols=worth&cols=contact")
    lines = list_screen.locator("[data-row]").first.locator("td[data-label]:visible")

    label = "(cell) => getComputedStyle(cell, '::before').content.slice(1, -1)"
    shown = [(line.evaluate(label), line.inner_text()) for line in lines.all()]

    assert shown == [
        ("コード", "C0"),
        ("純資産(円)", "4億1,000万"),
        ("最終接触", "―"),
        ("電話番号", "―"),
    ]
    assert list_screen.evaluate(SIDEWAYS) == 0


def test_columns_are_chosen_on_the_phone_too(list_screen):
    list_screen.set_viewport_size({"width": 390, "height": 844})
    list_screen.click("text=列の表示")
    ticks = list_screen.locator(".list-columns input[type=checkbox]")
    ticks.evaluate_all("(boxes) => boxes.forEach((box) => (box.checked = false))")
    list_screen.click(".list-columns button[type=submit]")

    list_screen.wait_for_url("**cols=name_kana")
    assert list_screen.locator("td[data-label]").count() == 0


def test_cards_of_the_phone_show_what_matters(list_screen):
    Customer.objects.filter(customer_code="C0").without_history().update(name="株" * 100)
    list_screen.set_viewport_size({"width": 390, "height": 844})
    list_screen.reload()

    card = list_screen.locator("[data-row]").nth(1).inner_text().split()

    assert [word for word in ("顧客1", "2億8,640万", "80歳以上") if word in card] == [
        "顧客1", "2億8,640万", "80歳以上",
    ]  # fmt: skip
    assert list_screen.evaluate(SIDEWAYS) == 0
