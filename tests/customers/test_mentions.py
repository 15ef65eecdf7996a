"""Who is named in a text: exactly those of a scan over all names, found by an index."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.folding import fold
from customers.mentions import BETWEEN, MOST_HALVES
from customers.models import Customer
from tests.factories import CustomerFactory

TEXT = "伊藤正雄さんとC003の件"
LETTERS = "伊藤正雄髙高アあーabc㈱株 "


def named(text):
    return sorted(Customer.objects.named_in(text).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("伊藤正雄", "顧客伊藤正雄様の要点は？"),
        ("伊藤正雄", "伊藤\u3000正雄さんと"),
        ("伊藤 正雄", "伊藤正雄さんと"),
        ("髙橋一郎", "高橋一郎さん"),
        ("㈱山田商事東京第一営業所", "株式会社山田商事東京第一営業所へ"),
        ("いとうまさお", "イトウマサオです"),
        ("𠮷田", "𠮷田様"),
        ("Smith", "SMITHさん"),
    ],
)
def test_whole_name_is_found_however_it_is_written(db, name, text):
    CustomerFactory(name=name)

    assert named(text) == [name]


@pytest.mark.parametrize("text", ["伊藤/正雄", "伊藤(正雄)", "伊藤・正雄", "伊藤－正雄"])
def test_whole_name_is_found_whatever_parts_it(ito, text):
    assert named(f"{text}様") == ["伊藤正雄"]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("いとうまさおさん", {"イトウマサオ"}),
        ("ｲﾄｳ ﾏｻｵ", {"イトウマサオ"}),
        ("イトウ（マサオ）", {"イトウマサオ"}),
        ("伊藤マサオ様", {"伊藤マサオ"}),
        ("いとう正雄", {"イトウ正雄"}),
        ("イトウマサコ、伊藤マサコ、いとう正子", set()),
    ],
)
def test_reading_is_found_whole_and_beside_half_of_the_name(ito, text, readings):
    assert Customer.objects.mentions(text).named.readings == readings


@pytest.mark.parametrize(
    ("names", "readings", "name", "text"),
    [
        ("佐藤{}", "サトウ{}アキ", ("佐藤明子", "サトウアキコ"), "佐藤アキコ"),
        ("伊藤{}一", "イトウ{}", ("伊藤一郎", "イトウイチロウ"), "いとう一郎"),
    ],
)
def test_half_of_a_name_is_whole_among_any_number_of_namesakes(db, names, readings, name, text):
    CustomerFactory(name=name[0], name_kana=name[1])
    for number in range(MOST_HALVES):  # the newer ones are found first
        CustomerFactory(name=names.format(number), name_kana=readings.format(number))

    assert fold(text) in Customer.objects.mentions(f"{text}の件").named.readings


def test_beginnings_of_names_are_known(ito):
    begun = Customer.objects.mentions("伊藤様、いとうさん、加藤様").named.beginnings

    assert {piece for piece in begun if len(piece) > 1} == {"伊藤", "イト", "イトウ"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("伊藤正雄", "伊藤様の要点は？"),
        ("伊藤正雄", "正雄さん"),
        ("㈱山田商事東京第二営業所", "株式会社山田商事東京第一営業所へ"),
        ("伊藤正雄", ""),
    ],
)
def test_part_of_a_name_is_nobody(db, name, text):
    CustomerFactory(name=name)

    assert named(text) == []


@pytest.mark.parametrize("text", ["C003は", "（Ｃ００３）", "C001、C003の"])
def test_code_names_its_customer(nakamura, text):
    assert named(text) == ["中村健一"]


@pytest.mark.parametrize("text", ["C0031は", "AC003は"])
def test_longer_code_is_another_one(nakamura, text):
    assert named(text) == []


def test_number_stands_for_the_code_of_a_row_without_one(nakamura):
    Customer.objects.without_history().update(customer_code=None)

    assert named(f"W{nakamura.pk}の要点") == ["中村健一"]


def test_only_those_are_found_who_are_asked_for(tanaka, ito, nakamura):
    own = Customer.objects.visible_to(tanaka).named_in("伊藤正雄と中村健一")

    assert list(own) == [ito]


@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=12), max_size=5),
    st.text(LETTERS, max_size=30),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_found_are_those_of_a_scan(db, names, text):
    Customer.objects.without_history().all()._raw_delete("default")
    names = [name for name in names if fold(name)]
    for name in names:
        CustomerFactory(name=name)

    texts = fold(text), BETWEEN.sub("", fold(text))
    assert named(text) == sorted(name for name in names if any(fold(name) in one for one in texts))


def test_names_are_looked_up_in_their_index(ito):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Customer.objects.named_in(TEXT).order_by().explain()

    assert "customers_name_key" in plan
    assert "Seq Scan" not in plan
