"""The conflict page as a person meets it, with a mouse and on the phone."""

import pytest

from customers.models import Customer
from tests.browser import IN_BROWSER
from tests.customers.test_customer_browser import PAST_THE_EDGE
from tests.customers.test_two_editors import change

pytestmark = IN_BROWSER


@pytest.fixture
def conflict(screen, log_in, tanaka, ito, suzuki):
    """Tanaka has pressed 保存 after Suzuki saved the same customer."""
    log_in(tanaka)
    screen.goto(f"/customers/{ito.pk}/edit")
    screen.fill("#id_occupation", "医師")
    screen.fill("#id_phone", "090-2222-2222")
    change(ito, by=suzuki, occupation="弁護士", annual_income=25_000_000)
    screen.press("#id_phone", "Control+Enter")
    screen.wait_for_selector(".conflicts")
    return screen


def test_both_versions_stand_beside_what_was_typed(conflict):
    rows = [row.inner_text().split() for row in conflict.locator(".conflicts tbody tr").all()]

    assert rows == [
        ["職業", "―", "職業はいまの内容：", "弁護士", "職業はこの画面の内容：", "医師"],
        ["年収（円）", "―", "25,000,000", "いまの内容を取り込みました"],
    ]
    assert conflict.input_value("#id_phone") == "090-2222-2222"
    assert conflict.input_value("#id_annual_income") == "25,000,000"


def test_choice_is_made_with_the_keyboard(conflict, ito):
    conflict.focus(".conflicts input[value=typed]")
    conflict.keyboard.press("ArrowLeft")
    conflict.keyboard.press("Control+Enter")
    conflict.wait_for_url(f"**/customers/{ito.pk}")

    saved = Customer.objects.get(pk=ito.pk)
    assert (saved.occupation, saved.phone, saved.annual_income) == (
        "弁護士",
        "090-2222-2222",
        25_000_000,
    )


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_conflict_page_is_not_wider_than_the_window(conflict, width):
    conflict.set_viewport_size({"width": width, "height": 844})

    assert conflict.evaluate(PAST_THE_EDGE) == 0
