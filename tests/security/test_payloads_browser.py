"""A real browser looks at a customer whose every field would be a script: it runs none."""

from tests.browser import IN_BROWSER
from tests.security.payloads import SCRIPTS
from tests.security.test_payloads import attacked, pages_of

pytestmark = IN_BROWSER


def test_browser_opens_no_dialog_and_asks_nothing_of_anybody(screen, log_in, tanaka, live_server):
    """`screen` fails the test on any violation of the policy and on any error of a script."""
    log_in(tanaka)
    dialogs, asked = [], []
    screen.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    screen.on("request", lambda request: asked.append(request.url))
    screen.add_init_script("window.xss = () => alert('xss')")

    for url in pages_of(attacked(tanaka)):
        screen.goto(url)

    assert dialogs == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []


def test_browser_shows_every_word_as_it_was_typed(screen, log_in, tanaka):
    customer = attacked(tanaka)
    log_in(tanaka)

    screen.goto(f"{customer.get_absolute_url()}/notes")

    text = screen.inner_text("main")
    assert [script for script in SCRIPTS if script not in text] == []
