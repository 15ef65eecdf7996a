"""History, earlier states and access records as a person uses them, by mouse and on the phone."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from tests.browser import IN_BROWSER
from tests.customers.trails import history_url, rewrite, save
from tests.factories import HoldingFactory, SalesNoteFactory

pytestmark = IN_BROWSER
PAST_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = "浪速製作所" * 10


@pytest.fixture
def changed(ito, tanaka):
    """Ito with changes of every length, of rows of every kind."""
    yesterday = timezone.now() - datetime.timedelta(days=1)
    rewrite(ito.history, history_date=yesterday)
    HoldingFactory(customer=ito, product__product_name=LONG, current_value=5_000)
    SalesNoteFactory(customer=ito, content=LONG * 9)
    save(ito, by=tanaka, reason=LONG, occupation=LONG, address=f"{LONG}\n{LONG}{LONG}{LONG}")
    return save(ito, by=tanaka, phone="03-2222-2222")


def test_change_is_taken_back_in_four_steps(screen, log_in, tanaka, changed):
    log_in(tanaka)
    screen.goto(history_url(changed))

    screen.click("tbody:first-of-type a:has-text('戻す')")
    screen.fill("input[name=change_reason]", "番号の誤り")
    screen.click("button:has-text('選んだ項目を戻す')")
    screen.wait_for_url(f"**{history_url(changed)}")

    assert Customer.objects.get(pk=changed.pk).phone == "090-1111-1111"


def test_day_is_chosen_and_shown(screen, log_in, tanaka, changed):
    log_in(tanaka)
    screen.goto(reverse("customers:as-of", args=[changed.pk]))

    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    screen.fill("input[name=date]", yesterday.isoformat())
    screen.click("button:has-text('この日を見る')")
    screen.wait_for_url("**date=*")

    assert "の終わりの時点の内容です" in screen.inner_text(".as-of-banner")
    assert "090-1111-1111" in screen.inner_text("section:has(#facts-title)")


@pytest.mark.parametrize("width", [390, 820, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_the_window(screen, log_in, office, changed, width, theme):
    log_in(office)
    screen.emulate_media(color_scheme=theme)
    screen.set_viewport_size({"width": width, "height": 844})
    first = changed.history.last()
    pages = [
        history_url(changed),
        history_url(changed, date_from="x"),
        reverse("customers:as-of", args=[changed.pk]),
        reverse("customers:as-of", args=[changed.pk], query={"date": "2001-01-01"}),
        reverse("customers:revert", args=[changed.pk, "customer", first.pk]),
        reverse("customers:archive", args=[changed.pk]),
    ]

    past = {url: screen.goto(url) and screen.evaluate(PAST_THE_EDGE) for url in pages}

    assert set(past.values()) == {0}


@pytest.mark.parametrize("width", [390, 1440])
def test_access_records_fit_the_window(screen, log_in, compliance, changed, width):
    log_in(compliance)
    screen.set_viewport_size({"width": width, "height": 844})
    screen.goto(history_url(changed))

    screen.click("a:has-text('閲覧記録'):visible >> nth=-1")
    screen.wait_for_url("**/access-records?customer=C001")

    assert screen.evaluate(PAST_THE_EDGE) == 0
    assert screen.inner_text(".access tbody").count("変更履歴の閲覧") == 1
