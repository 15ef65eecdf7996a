"""A long preview as a person goes through it: page by page, and Enter still means what it says."""

import pytest
from playwright.sync_api import expect

from customers.models import Customer
from tests.browser import IN_BROWSER
from wealthai.tracking import create_many

pytestmark = IN_BROWSER


@pytest.fixture
def preview(screen, log_in, office, tanaka, suzuki):
    """What the back office sees before 203 customers go from Tanaka to Suzuki."""
    create_many(Customer, [Customer(name=f"顧客{n}", sales_rep=tanaka) for n in range(203)])
    log_in(office)
    screen.goto("/customers/hand-over")
    screen.select_option("#id_giver", str(tanaka.pk))
    screen.select_option("#id_taker", str(suzuki.pk))
    screen.click("[value=preview]")
    return screen


def test_reason_stays_while_one_reads_on_and_back(preview):
    preview.fill("#id_reason", "異動のため")
    preview.click("text=次へ")
    expect(preview.locator(".pager-facts")).to_have_text("203名のうち 201〜203名目")
    preview.click("text=前へ")

    expect(preview.locator(".pager-facts")).to_have_text("203名のうち 1〜200名目")
    assert preview.input_value("#id_reason") == "異動のため"


def test_enter_in_the_reason_confirms_and_turns_no_page(preview, suzuki):
    preview.fill("#id_reason", "異動のため")
    preview.keyboard.press("Enter")

    preview.wait_for_url("**/batches/*")
    assert Customer.objects.filter(sales_rep=suzuki).count() == 203
