"""What the page says while one types is what the server reads."""

import re

import pytest
from django.core.exceptions import ValidationError

from customers.models import Customer
from customers.reading import read_amount, read_yen
from tests.browser import IN_BROWSER
from tests.customers.reading.amounts import YEN

pytestmark = IN_BROWSER
SAID = "([kind, texts]) => texts.map((text) => window.wealthaiAmounts.said(kind, text))"
WORDS = {
    "1.5億": "1億5,000万円",
    "３，０００万": "3,000万円",
    "48億2310万5678": "48億2,310万5,678円",
    "▲500万": "▲500万円",
    "1.2兆": "1兆2,000億円",
    "0": "0円",
}


@pytest.fixture
def form(screen, log_in, tanaka):
    log_in(tanaka)
    screen.goto("/customers/new")
    return screen


def read(reader, text):
    try:
        return reader(text)
    except ValidationError:
        return None


def test_page_reads_every_amount_of_the_table_as_the_server_does(form):
    said = form.evaluate(SAID, ["yen", list(YEN)])

    spoken = [words and words.removesuffix(" と読み取りました") for words in said]
    assert [read(read_yen, words or "") for words in spoken] == list(YEN.values())


def test_page_reads_decimals_as_the_server_does(form):
    texts = [*YEN, "1,234.56", "０．２５", "▲0.5", "1.5万", ".5"]
    said = form.evaluate(SAID, ["decimal", texts])

    spoken = [words and words.removesuffix(" と読み取りました") for words in said]
    expected = [read(read_amount, text) for text in texts]
    assert [read(read_amount, words or "") for words in spoken] == expected


def test_page_says_amounts_in_words(form):
    said = form.evaluate(SAID, ["yen", list(WORDS)])

    assert said == [f"{words} と読み取りました" for words in WORDS.values()]


def test_amount_is_read_back_below_its_field_while_one_types(form):
    form.type("#id_net_worth", "1.5億")

    form.wait_for_selector("#id_net_worth_read >> text=1億5,000万円 と読み取りました")


def test_choice_of_the_kind_shows_its_fields_and_hides_the_others(form):
    form.click("label[for=id_kind_1]")
    assert form.is_visible("#id_corporate_number")
    assert not form.is_visible("#id_birth_date")

    form.click("label[for=id_kind_0]")
    assert [form.is_visible("#id_corporate_number"), form.is_visible("#id_birth_date")] == [
        False,
        True,
    ]


def test_field_that_holds_a_value_stays_in_sight_until_it_is_mended(form):
    form.fill("#id_name", "青葉商事株式会社")
    form.fill("#id_birth_date", "S30.4.1")
    form.click("label[for=id_kind_1]")
    assert form.is_visible("#id_birth_date")

    form.fill("#id_birth_date", "")
    form.click("button[type=submit].btn-primary")
    form.wait_for_url(re.compile(r"/customers/\d+$"))
    assert Customer.objects.get().kind == "corporation"
