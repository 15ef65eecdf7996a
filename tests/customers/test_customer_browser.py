"""The customers' pages as a person uses them: keys, widths, nothing lost."""

import pytest

from customers.models import Customer, SalesNote
from tests.browser import IN_BROWSER
from tests.factories import CustomerFactory, HoldingFactory, ProductFactory

pytestmark = IN_BROWSER
LONG_NAME = "株式会社" + "浪速製作所" * 11 + "本"
PAST_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def advisers_screen(screen, log_in, tanaka):
    """A window in which Tanaka is logged in."""
    log_in(tanaka)
    return screen


@pytest.fixture
def full_list(tanaka):
    """20 customers of Tanaka, one of them with the longest name, a loss and three currencies."""
    customers = CustomerFactory.create_batch(20, sales_rep=tanaka, risk_tolerance="5")
    Customer.objects.filter(pk=customers[0].pk).without_history().update(
        name=LONG_NAME, name_kana=LONG_NAME
    )
    for currency in ("JPY", "USD", "EUR"):
        product = ProductFactory(currency=currency)
        HoldingFactory(customer=customers[0], product=product, current_value=5_000)
    return customers


def test_slash_searches_and_the_name_opens_the_record(advisers_screen, ito):
    advisers_screen.goto("/customers")
    advisers_screen.keyboard.press("/")
    advisers_screen.keyboard.type("伊藤 赤坂")
    advisers_screen.keyboard.press("Enter")
    advisers_screen.wait_for_url("**/customers?q=*")

    advisers_screen.click("tbody a")
    advisers_screen.wait_for_url(f"**/customers/{ito.pk}")

    assert advisers_screen.inner_text("h1") == "伊藤正雄 様"


def test_control_enter_saves_the_note_and_says_so(advisers_screen, ito):
    advisers_screen.goto(f"/customers/{ito.pk}")
    advisers_screen.click("text=来店")
    advisers_screen.fill("#id_content", "円債に関心")
    advisers_screen.press("#id_content", "Control+Enter")

    advisers_screen.wait_for_selector("[role=status] >> text=メモを保存しました")

    assert SalesNote.objects.values_list("note_type", "content").get() == ("visit", "円債に関心")


def test_refused_registration_puts_the_cursor_into_the_first_wrong_field(advisers_screen, ito):
    advisers_screen.goto("/customers/new")
    advisers_screen.fill("#id_name", "大野達也")
    advisers_screen.fill("#id_birth_date", "2026/02/30")
    advisers_screen.fill("#id_email", ito.email)
    advisers_screen.press("#id_email", "Enter")

    advisers_screen.wait_for_selector(".error-summary")

    assert advisers_screen.evaluate("document.activeElement.id") == "id_birth_date"
    assert advisers_screen.input_value("#id_name") == "大野達也"


def test_list_shows_seventeen_customers_at_once(advisers_screen, full_list):
    advisers_screen.goto("/customers")

    foot = advisers_screen.locator(".pager").bounding_box()["y"]
    boxes = [row.bounding_box() for row in advisers_screen.locator("tbody tr").all()]

    assert sum(box["y"] + box["height"] <= foot + 1 for box in boxes) >= 17


@pytest.mark.parametrize("width", [390, 768, 1024, 1280, 1440])
def test_no_page_is_wider_than_the_window(width, advisers_screen, full_list):
    advisers_screen.set_viewport_size({"width": width, "height": 844})
    record = full_list[0].get_absolute_url()
    beyond = []
    for path in ("/customers", "/customers/new", record, f"{record}/edit"):
        advisers_screen.goto(path)
        beyond.append(advisers_screen.evaluate(PAST_THE_EDGE))

    assert beyond == [0, 0, 0, 0]


def test_card_of_the_phone_shows_a_company_s_whole_name_and_kana(advisers_screen, ito):
    Customer.objects.without_history().update(
        name="株式会社日本未来創造研究開発", name_kana="ニホンミライソウゾウ"
    )
    advisers_screen.set_viewport_size({"width": 390, "height": 844})
    advisers_screen.goto("/customers")

    cut = "all => all.map(one => one.scrollWidth > one.clientWidth)"

    assert advisers_screen.eval_on_selector_all(".cell-name > *", cut) == [False, False]


def test_whole_card_of_the_phone_opens_the_record(advisers_screen, ito):
    advisers_screen.set_viewport_size({"width": 390, "height": 844})
    advisers_screen.goto("/customers")

    advisers_screen.click("tbody tr", position={"x": 300, "y": 40})
    advisers_screen.wait_for_url(f"**/customers/{ito.pk}")

    assert advisers_screen.is_visible(".record-bar >> text=電話")
