import factory
import pytest

from customers.models import Customer
from customers.search import words_of
from tests.factories import CustomerFactory
from wealthai.tracking import create_many

FORMS = ["株式会社", "㈱", "（株）", "(株)"]
FIRMS = [form + "山田商事" for form in FORMS] + ["山田商事" + form for form in FORMS]


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


def test_search_finds_the_shown_code_of_a_row_created_among_others(db):
    created = create_many(Customer, [Customer(name="伊藤"), Customer(name="中村")])

    assert [customer.customer_code for customer in created] == [f"W{c.pk}" for c in created]
    assert list(Customer.objects.search(f"Ｗ{created[1].pk}")) == [created[1]]


@pytest.mark.parametrize("typed", FIRMS, ids=range(8))
def test_every_spelling_of_a_firm_finds_every_other(db, typed):
    firms = CustomerFactory.create_batch(8, name=factory.Iterator(FIRMS))
    CustomerFactory(name="山田商会㈱")

    assert set(Customer.objects.search(typed)) == set(firms)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("090-1234-5678", "09012345678"),
        ("09012345678", "090-1234-5678"),
        ("03(1234)5678", "０３ー１２３４－５６７８"),
        ("+81 90-1234-5678", "090-1234"),
        ("090-1234-5678", "+81-90-1234-5678"),
        ("090-1234-5678", "+81(0)9012345678"),
        ("03.1234.5678", "(03)1234"),
        ("090-1234-5678", "+81 90-1234-5678"),
        ("090-1234-5678", "+81 90 1234 5678"),
        ("090-1234-5678", "＋８１　（０）９０　１２３４"),
        ("090-1234-5678", "(+81) 90-1234"),
        ("090-1234-5678", "TEL:09012345678"),
        ("090-1234-5678", "℡ 090 1234 5678"),
        ("09012345678", "電話：090-1234-5678"),
        ("+81 90-1234-5678", "+81"),
        ("+81 90-1234-5678", "+8190"),
    ],
    ids=range(16),
)
def test_search_finds_the_telephone_number(db, stored, typed):
    customer = CustomerFactory(phone=stored)

    assert list(Customer.objects.search(typed)) == [customer]


@pytest.mark.parametrize(
    "typed", ["1000005", "１００－０００５", "100-0005", "〒100-0005", "〒1000005", "〒 100-0005"]
)
@pytest.mark.parametrize(
    "address",
    ["〒１００−０００５ 東京都千代田区丸の内1-1-1", "〒100-0005 1-2-3", "100 - 0005\n１－２－３"],
    ids=["full-width", "number-behind", "in-lines"],
)
def test_search_finds_the_postal_code(db, typed, address):
    customer = CustomerFactory(address=address)

    assert list(Customer.objects.search(typed)) == [customer]


def test_place_in_an_address_is_no_telephone_number():
    assert words_of("1-1-1 03-1234") == [("1-1-1",), ("03-1234", "031234")]


def test_code_of_japan_is_one_word_with_the_number_behind_it_and_with_nothing_else():
    assert words_of("+81 90 伊藤") == [("+8190", "090"), ("伊藤",)]
    assert words_of("+81 伊藤 TEL") == [("+81",), ("伊藤",), ("tel",)]


@pytest.mark.parametrize("text", ["・", "\u200b", "・ \ufe0f", "\u3000\u200d"], ids=ascii)
def test_nobody_is_found_by_what_search_passes_over(client, office, takasaki, text):
    client.force_login(office)
    admin = client.get("/admin/customers/customer/", {"q": text}).context["cl"]

    assert list(Customer.objects.search(text)) == []
    assert client.get("/customers", {"q": text}).context["page"].rows == []
    assert client.get("/api/customers", {"q": text}).json()["count"] == 0
    assert list(admin.result_list) == []


def test_search_is_narrowed_sorted_and_counted_like_any_query(tanaka, ito, nakamura):
    found = Customer.objects.search("C00").order_by("-customer_code")

    assert list(found.values_list("customer_code", flat=True)) == ["C003", "C001"]
    assert found.filter(name="中村健一").count() == 1
    assert list(found.visible_to(tanaka)) == [ito]


def test_search_within_a_search_finds_what_both_find(ito, nakamura):
    assert list(Customer.objects.search("C00").search("伊藤")) == [ito]


def test_search_stays_within_the_visible_customers(tanaka, ito, nakamura):
    assert list(Customer.objects.visible_to(tanaka).search("C00")) == [ito]
