"""On paper nothing can be opened: what a chart shows stands in its table."""

import datetime

import pytest
from django.utils import timezone

from chat.models import ChatExchange
from customers.roles import Role
from tests.browser import IN_BROWSER
from tests.factories import AdviserFactory, HoldingFactory
from wealthai.models import Measurement

pytestmark = IN_BROWSER
TABLE = ".usage-days .table"


@pytest.fixture
def operator(screen, log_in):
    person = AdviserFactory(rep_code="AD001", is_staff=True, role=Role.ADMINISTRATOR)
    log_in(person)
    return person


def shown(screen):
    return screen.locator(TABLE).evaluate_all("all => all.map((one) => one.checkVisibility())")


def test_start_page_prints_the_table_of_its_chart(screen, operator):
    HoldingFactory()
    ChatExchange.objects.create(adviser=operator, message="質問")
    screen.goto("/")
    on_screen = shown(screen)

    screen.emulate_media(media="print")

    assert (on_screen, shown(screen)) == ([False], [True])
    assert screen.locator(f"{TABLE} tbody tr").first.bounding_box()["height"] > 10


def test_system_page_prints_the_table_of_every_chart(screen, operator):
    at = timezone.now() - datetime.timedelta(minutes=5)
    figures = {"views": {"customers:list": {"seconds": {"0.1": 3}, "errors": 0}}}
    Measurement.objects.create(node="one", at=at, figures=figures)
    screen.goto("/status")
    charts = screen.locator(".system-charts .bars").count()

    screen.emulate_media(media="print")

    assert charts > 5
    assert shown(screen) == [True] * charts
