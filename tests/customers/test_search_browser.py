"""The search of every page as a person uses it: keys, input methods, answers out of order."""

import re

import pytest

from customers.folding import fold
from tests.browser import IN_BROWSER
from tests.factories import CustomerFactory

pytestmark = IN_BROWSER
FIELD = "#id_search"
OPTION = "[data-suggestions] [role=option]"
PAGES = ["/", "/chat", "/customers/{ito.pk}", "/accounts/password/change", "/api/docs"]
IN_ADMIN = ["/admin/", "/admin/customers/customer/", "/admin/customers/customer/{ito.pk}/change/"]


@pytest.fixture
def desk(screen, log_in, tanaka):
    """A window in which Tanaka is logged in."""
    log_in(tanaka)
    return screen


@pytest.fixture
def dialog(desk, tanaka, ito):
    """Tanaka's dashboard, a dozen customers to tell apart."""
    CustomerFactory.create_batch(12, name="田村次郎", name_kana="タムラジロウ", sales_rep=tanaka)
    desk.goto("/")
    return desk


def compose(screen, text, confirm=True):
    """Types as an input method does: a draft first, then, if confirmed, the text itself."""
    devtools = screen.context.new_cdp_session(screen)
    place = {"selectionStart": len(text), "selectionEnd": len(text)}
    devtools.send("Input.imeSetComposition", {"text": text, **place})
    if confirm:
        devtools.send("Input.insertText", {"text": text})


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
@pytest.mark.parametrize("address", PAGES, ids=range(5))
def test_key_opens_the_search_on_every_page(desk, ito, address, key):
    desk.goto(address.format(ito=ito))
    desk.keyboard.press(key)

    assert desk.evaluate("document.activeElement.id") == "id_search"


@pytest.mark.parametrize("key", ["/", "Control+k"])
@pytest.mark.parametrize("address", IN_ADMIN, ids=range(3))
def test_key_opens_the_search_in_the_admin_too(screen, log_in, office, ito, address, key):
    log_in(office)
    screen.goto(address.format(ito=ito))
    screen.evaluate("document.activeElement.blur()")
    screen.keyboard.press(key)
    screen.keyboard.type("イトウ")
    screen.wait_for_selector(f"{OPTION} >> text=伊藤正雄").click()

    screen.wait_for_url(f"**/customers/{ito.pk}")


def test_search_of_the_admin_is_not_for_a_window_that_chooses(client, office):
    client.force_login(office)

    assert "data-search-dialog" not in client.get("/admin/customers/customer/?_popup=1").text


def test_arrow_and_enter_open_the_customer(dialog, ito):
    dialog.keyboard.press("Control+k")
    dialog.keyboard.type("イトウ")
    dialog.wait_for_selector(f"{OPTION} >> text=伊藤正雄")
    dialog.keyboard.press("ArrowDown")
    assert dialog.get_attribute(FIELD, "aria-activedescendant") == "suggestions-0-0"
    dialog.keyboard.press("Enter")

    dialog.wait_for_url(f"**/customers/{ito.pk}")


def test_enter_alone_opens_the_list_of_hits(dialog, ito):
    dialog.keyboard.press("/")
    dialog.keyboard.type("C001")
    dialog.keyboard.press("Enter")

    dialog.wait_for_url("**/customers?q=C001")


def test_screen_reader_hears_how_many_there_are(dialog):
    dialog.keyboard.press("/")
    dialog.keyboard.type("田村")

    dialog.wait_for_selector("[role=status] >> text=10名以上の候補")
    assert dialog.get_attribute(FIELD, "aria-expanded") == "true"


def test_escape_closes_and_the_focus_returns(dialog):
    dialog.focus(".sidebar .search-button")
    dialog.keyboard.press("Enter")
    dialog.keyboard.type("田")
    dialog.keyboard.press("Escape")

    assert not dialog.is_visible(FIELD)
    assert "search-button" in dialog.evaluate("document.activeElement.className")


def test_pages_and_acts_are_offered_too(dialog):
    dialog.keyboard.press("/")
    dialog.keyboard.type("登録")
    dialog.click(f"{OPTION} >> text=顧客を登録")

    dialog.wait_for_url("**/customers/new")


def test_nothing_is_asked_while_the_input_method_composes(dialog):
    asked = []
    dialog.on("request", lambda request: "suggest" in request.url and asked.append(request.url))
    dialog.keyboard.press("/")
    compose(dialog, "いとう", confirm=False)
    dialog.wait_for_timeout(400)
    assert asked == []

    compose(dialog, "伊藤")

    dialog.wait_for_selector(f"{OPTION} >> text=伊藤正雄")
    assert len(asked) == 1


def test_enter_that_confirms_a_conversion_sends_nothing(dialog):
    dialog.keyboard.press("/")
    compose(dialog, "伊藤", confirm=False)
    dialog.dispatch_event(FIELD, "keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    compose(dialog, "伊藤")
    dialog.keyboard.press("Enter")  # Safari's, right behind the end of the composition

    assert dialog.url.endswith("/")
    assert dialog.input_value(FIELD) == "伊藤"


def test_late_answer_to_an_earlier_question_is_dropped(dialog, ito):
    held = []
    dialog.route(re.compile("suggest.*q=%E7%94%B0$"), lambda route: held.append(route))
    dialog.keyboard.press("/")
    dialog.keyboard.type("田")
    dialog.wait_for_timeout(400)
    dialog.fill(FIELD, "伊藤")
    dialog.wait_for_selector(f"{OPTION} >> text=伊藤正雄")

    held[0].continue_()
    dialog.wait_for_timeout(400)

    assert [
        fold(name) for name in dialog.locator(f"{OPTION} .suggestion-name").all_inner_texts()
    ] == ["伊藤正雄"]


def test_lost_session_is_said_in_words(dialog):
    dialog.context.clear_cookies()
    dialog.keyboard.press("/")
    dialog.keyboard.type("田")

    dialog.wait_for_selector("[role=status] >> text=候補を表示できませんでした")


def test_list_has_suggestions_under_its_own_field(dialog, ito):
    dialog.goto("/customers")
    dialog.keyboard.press("Control+k")
    dialog.keyboard.type("イトウ")
    dialog.click(".list-search [role=option] >> text=伊藤正雄")

    dialog.wait_for_url(f"**/customers/{ito.pk}")


def test_dialog_fits_a_telephone(dialog):
    dialog.set_viewport_size({"width": 390, "height": 844})
    dialog.click(".page-head [data-search-open]")
    dialog.keyboard.type("田村")
    dialog.wait_for_selector(OPTION)

    assert dialog.evaluate("document.documentElement.scrollWidth") == 390
    assert dialog.locator(OPTION).first.bounding_box()["height"] >= 44
