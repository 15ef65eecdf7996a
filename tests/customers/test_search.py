import pytest

from customers.models import Customer
from tests.factories import CustomerFactory


@pytest.fixture
def takasaki(db):
    return CustomerFactory(
        customer_code="C100",
        name="髙﨑 𠮷子",
        name_kana="タカサキ ヨシコ",
        phone="090-1234-5678",
        email="Yoshiko@example.com",
        address="東京都千代田区丸の内1_2%3",
    )


@pytest.mark.parametrize(
    "text",
    [
        "髙﨑",
        "𠮷",
        "サキ",
        "c100",
        "1234-5678",
        "12345678",
        "０９０－１２３４",
        "yoshiko@",
        "丸の内",
        "ヨシコ 丸の内",
        "丸の内\u3000髙﨑",
        "1_2%3",
        "  ",
        "",
    ],
    ids=range(14),
)
def test_search_finds_the_customer_by(text, takasaki):
    assert list(Customer.objects.search(text)) == [takasaki]


@pytest.mark.parametrize(
    "text",
    ["高崎 ヨシオ", "髙﨑 大阪", "%", "1_2_3", "C1_0", "\\", "'", "-", "\x00", "\ud800", "a\ufffd"],
    ids=range(11),
)
def test_search_does_not_find_the_customer_by(text, takasaki):
    takasaki.address = "東京都"
    takasaki.phone = None
    takasaki.save()

    assert list(Customer.objects.search(text)) == []


def test_search_with_a_word_in_no_record_but_others_in_it_finds_nothing(takasaki):
    assert list(Customer.objects.search("髙﨑 タカサキ 京都府")) == []


def test_search_text_that_is_too_long_finds_nothing(takasaki):
    assert list(Customer.objects.search("サ " * 101)) == []


def test_search_with_a_hundred_words_is_answered(takasaki):
    assert list(Customer.objects.search("サ " * 100)) == [takasaki]


def test_search_finds_the_shown_code_of_a_row_without_own_code(db):
    customer = CustomerFactory()
    Customer.objects.filter(pk=customer.pk).without_history().update(customer_code=None)

    assert list(Customer.objects.search(f"W{customer.pk}")) == [customer]


def test_search_stays_within_the_visible_customers(tanaka, ito, nakamura):
    assert list(Customer.objects.visible_to(tanaka).search("C00")) == [ito]
