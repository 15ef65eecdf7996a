"""`/api/docs` in a real browser; `screen` fails a test on script errors and policy violations."""

import pytest

from customers.models import Customer
from tests.browser import IN_BROWSER

pytestmark = IN_BROWSER
ADD = "#operations-customers-customers_create"


@pytest.fixture
def docs(screen, log_in, tanaka):
    log_in(tanaka)
    screen.asked = []
    screen.on("request", lambda request: screen.asked.append(request.url))
    screen.goto("/api/docs")
    screen.wait_for_selector(ADD)
    return screen


def test_docs_list_the_operations_and_ask_nobody_else(docs, live_server):
    summaries = docs.locator(".opblock-summary-description").all_inner_texts()

    assert "顧客の登録" in summaries
    assert [url for url in docs.asked if not url.startswith((live_server.url, "data:"))] == []


def test_docs_try_an_operation_out_with_the_session(docs, tanaka):
    docs.click(f"{ADD} .opblock-summary-control")
    docs.click(f"{ADD} .try-out__btn")
    docs.fill(f"{ADD} textarea", '{"name": "大野達也"}')
    docs.click(f"{ADD} .execute")
    docs.wait_for_selector(f"{ADD} .live-responses-table .response:has-text('201')")

    assert Customer.objects.get().history.get().history_user == tanaka
