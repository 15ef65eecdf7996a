"""Every character that a Japanese Windows file can hold, from the form to the page and back.

Names of about ninety characters keep the requests few. Fixtures are code points: editors and tools
normalise what they show.
"""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from customers.forms import CustomerForm
from customers.models import Customer
from customers.reading import read_kana
from tests.customers.original import changed, write_files
from wealthai.text import validate_plain_text

NAME_LENGTH = 90
LEAD_BYTES = [*range(0x81, 0xA0), *range(0xE0, 0xFD)]
# The 22 that NFC rewrites: old-style forms in which legal names are registered.
CHANGED_BY_NFC = (
    "\uf929\uf9dc\ufa10\ufa12\ufa15\ufa16\ufa17\ufa18\ufa19\ufa1a\ufa1b"
    "\ufa1c\ufa1d\ufa1e\ufa20\ufa22\ufa25\ufa26\ufa2a\ufa2b\ufa2c\ufa2d"
)
LEGAL_NAMES = [
    CHANGED_BY_NFC,
    "\u9ad9\ufa11\U00020bb7\u5b50",  # 髙﨑𠮷子
    "\u845b\U000e0100\u98fe",  # 葛 with a variation selector
    "\u8fbb\U000e0101\u5cf0\ufe00",
    "\u304b\u3099\u30cf\u309a",  # が and パ with combining marks
]


def two_byte_characters():
    found = []
    for lead in LEAD_BYTES:
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFD)]:
            try:
                found.append(bytes([lead, trail]).decode("cp932"))
            except UnicodeDecodeError:
                continue
    return found


EVERY = list(dict.fromkeys(two_byte_characters()))  # 398 pairs are second names of a character
GAIJI = [char for char in EVERY if "\ue000" <= char <= "\uf8ff"]
ASSIGNED = [char for char in EVERY if char not in set(GAIJI)]
# White space parts words, and ・ stands in a name or not: nobody can look for them alone.
SPACE = "\u3000"
PASSED_OVER = "・"


def names(characters):
    """The characters in order, with a letter at both ends: what is at an end may be trimmed."""
    return [
        "あ" + "".join(characters[start : start + NAME_LENGTH]) + "ん"
        for start in range(0, len(characters), NAME_LENGTH)
    ]


@pytest.fixture
def cast(tanaka):
    """One customer for each name, saved by the form of the page."""
    for name in names(ASSIGNED):
        form = CustomerForm({"name": name}, user=tanaka)
        assert form.is_valid(), form.errors
        form.saved()
    return list(Customer.objects.order_by("pk"))


def test_corpus_is_complete():
    assert (len(EVERY), len(ASSIGNED), len(GAIJI)) == (9_206, 7_326, 1_880)


def test_corpus_comes_back_byte_for_byte(cast):
    typed = [name.encode() for name in names(ASSIGNED)]

    assert [customer.name.encode() for customer in cast] == typed
    assert [row.name.encode() for row in Customer.history.order_by("pk")] == typed


def test_corpus_is_shown_on_the_records_and_answered_by_the_api(page, cast):
    shown = [page.get(customer.get_absolute_url()) for customer in cast]
    answers = [page.get(reverse("customers:api-detail", args=[row.pk])).json() for row in cast]

    assert [response.context["customer"].name for response in shown] == names(ASSIGNED)
    assert [row.name in response.text for row, response in zip(cast, shown, strict=True)] == [
        True
    ] * len(cast)
    assert [answer["name"] for answer in answers] == names(ASSIGNED)


def test_every_character_of_the_corpus_is_found_by_itself(cast):
    holder = {char: row.pk for row in cast for char in row.name[1:-1]}
    lost = [
        char
        for char, pk in holder.items()
        if char != SPACE and not Customer.objects.search(char).filter(pk=pk).exists()
    ]

    assert lost == [PASSED_OVER]


def test_name_with_a_character_that_search_passes_over_is_found_as_written(cast):
    (holder,) = (row for row in cast if PASSED_OVER in row.name)
    place = holder.name.index(PASSED_OVER)

    assert Customer.objects.search(holder.name[place - 2 : place + 3]).get() == holder


def test_every_gaiji_is_refused_with_its_place():
    for char in GAIJI:
        with pytest.raises(ValidationError, match="'3文字目に、外字"):
            validate_plain_text(f"山田{char}子")


def test_gaiji_in_a_form_is_refused_at_every_place_and_nothing_is_lost(page):
    for name in names(GAIJI):
        response = page.post("/customers/new", {"name": name})
        assert "2・3・4・5・6文字目ほかに、外字" in response.context["form"].errors["name"][0]
        assert f'value="{name}"' in response.text
    assert not Customer.objects.exists()


def test_the_list_of_what_nfc_rewrites_is_complete():
    rewritten = {char for char in ASSIGNED if unicodedata.normalize("NFC", char) != char}

    assert rewritten == {*CHANGED_BY_NFC, "\u212b"}  # and the sign of the ångström


@pytest.mark.parametrize("name", LEGAL_NAMES, ids=range(len(LEGAL_NAMES)))
def test_legal_name_survives_every_door_byte_for_byte(client, office, name):
    client.force_login(office)
    no_rows = {
        f"{prefix}-{count}_FORMS": "0"
        for prefix in ("holdings", "notes", "cash_inflows")
        for count in ("TOTAL", "INITIAL")
    }

    client.post("/customers/new", {"name": name})
    client.post(reverse("admin:customers_customer_add"), no_rows | {"name": name})
    client.post("/api/customers", {"name": name}, content_type="application/json")

    assert [row.name.encode() for row in Customer.objects.all()] == [name.encode()] * 3
    assert [row.name.encode() for row in Customer.history.all()] == [name.encode()] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("name", LEGAL_NAMES, ids=range(len(LEGAL_NAMES)))
def test_legal_name_survives_the_import_byte_for_byte(name, tmp_path):
    write_files(tmp_path, changed("customers.csv", "伊藤正雄", name))

    call_command("import_original", str(tmp_path), verbosity=0)

    assert Customer.objects.get(customer_code="C001").name.encode() == name.encode()


def test_untouched_gaiji_of_another_system_stays_while_the_rest_is_saved(page, ito, tanaka):
    stored = "山\ue000田"
    Customer.objects.filter(pk=ito.pk).without_history().update(name=stored, phone="不明")
    row = Customer.objects.get(pk=ito.pk)
    typed = {"name": stored, "phone": "不明", "version": row.version(), "occupation": "医師"}

    form = CustomerForm(typed, instance=row, user=tanaka)

    assert form.is_valid(), form.errors
    assert (form.saved().name, row.phone, row.occupation) == (stored, "不明", "医師")


def test_kana_of_the_corpus_are_readings():
    kana = "".join(char for char in ASSIGNED if "ァ" <= char <= "ヶ")

    assert read_kana(kana) == kana
