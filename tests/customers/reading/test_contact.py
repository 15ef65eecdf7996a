import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.reading import is_legacy_mail, read_corporate_number, read_mail, read_phone
from wealthai.digits import HYPHENS

PHONES = {
    "03-3210-1234": "03-3210-1234",
    "0332101234": "0332101234",
    "０３－３２１０－１２３４": "03-3210-1234",
    "０３３２１０１２３４": "0332101234",
    "(03)3210-1234": "03-3210-1234",
    "（03）3210-1234": "03-3210-1234",
    "03(3210)1234": "03-3210-1234",
    "03 3210 1234": "03-3210-1234",
    "03　3210　1234": "03-3210-1234",
    "03.3210.1234": "03-3210-1234",
    " 03-3210-1234 ": "03-3210-1234",
    "+81-3-3210-1234": "03-3210-1234",
    "+81 3 3210 1234": "03-3210-1234",
    "+81(0)3-3210-1234": "03-3210-1234",
    "＋８１－３－３２１０－１２３４": "03-3210-1234",
    "+819012345678": "09012345678",
    "090-1234-5678": "090-1234-5678",
    "080-1234-5678": "080-1234-5678",
    "070-1234-5678": "070-1234-5678",
    "060-1234-5678": "060-1234-5678",
    "06012345678": "06012345678",
    "050-1234-5678": "050-1234-5678",
    "020-1234-5678": "020-1234-5678",
    "0200-1234-5678-90": "0200-1234-5678-90",
    "0120-123-456": "0120-123-456",
    "0800-123-4567": "0800-123-4567",
    "0570-012-345": "0570-012-345",
    "04992-1-2345": "04992-1-2345",
    "06-6543-2109": "06-6543-2109",
    "06-0000-1234": "06-0000-1234",
    "03-3210-1234 内線12": "03-3210-1234 内線12",
    "03-3210-1234(内線１２)": "03-3210-1234 内線12",
    "03-3210-1234 ext. 12": "03-3210-1234 内線12",
    "03-3210-1234（代）": "03-3210-1234（代）",
    "03-3210-1234（代表）": "03-3210-1234（代表）",
    "03-3210-1234(代)": "03-3210-1234（代）",
    "０３（３２１０）１２３４　代表": "03-3210-1234（代表）",
    "03-3210-1234（代表）内線12": "03-3210-1234（代表） 内線12",
    "03-3210-1234\u200b\xa0": "03-3210-1234",
    "+1 212 555 0123": "+1-212-555-0123",
    "+44-20-7946-0958": "+44-20-7946-0958",
}
NO_PHONES = [
    "1",
    "110",
    "0",
    "0120",
    "3210-1234",
    "090-1234-567",
    "090-1234-56789",
    "060-123-4567",
    "03-3210-123",
    "00-1234-5678",
    "0000000000",
    "+81",
    "+1",
    "+999-1",
    "TEL03-3210-1234",
    "03-3210-1234/090-1234-5678",
    "０３ー",
    "03-٣210-1234",
    "--",
    "03-3210-1234x",
    "03-3210-1234内線",
    "電話なし",
    "代表",
    "代表03-3210-1234代",
    "0332101234ext",
]
MAILS = {
    "taro@example.com": "taro@example.com",
    "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ": "taro@example.com",
    "taro＠example.com": "taro@example.com",
    "taro@example.com\u200b": "taro@example.com",
    " taro @example.com　": "taro@example.com",
    "Taro.Y+x@Example.co.jp": "Taro.Y+x@Example.co.jp",
    "a..b@docomo.ne.jp": "a..b@docomo.ne.jp",
    "a.@ezweb.ne.jp": "a.@ezweb.ne.jp",
    ".a@t.vodafone.ne.jp": None,
    "a..b@softbank.ne.jp": "a..b@softbank.ne.jp",
    "a..b@example.com": None,
    "a.@docomo.ne.jp.example.com": None,
    "taro yamada@example.com": None,
    "taro@exam ple.com": None,
    "ito@": None,
    "@example.com": None,
    "伊藤@example.com": None,
    "a@b@docomo.ne.jp": None,
    "ito＠example。com": "ito@example.com",
    "ito@example｡com": "ito@example.com",
    "ito@coーop.example.com": "ito@co-op.example.com",
    "ito−m@example.com": "ito-m@example.com",
    "ito@example.com。": None,
    "ito@example.com、": None,
    "「ito@example.com」": None,
}
FIRMS = {
    "7000012050002": "7000012050002",
    "７００００１２０５０００２": "7000012050002",
    "7-0000-1205-0002": "7000012050002",
    "７－００００－１２０５－０００２": "7000012050002",
    "7 0000 1205 0002": "7000012050002",
    "T7000012050002": "7000012050002",
    "8000012050002": None,
    "7000012050003": None,
    "700001205000": None,
    "70000120500022": None,
    "00007000012050": None,
    "７00001205000²": None,
}


def read(reader, text):
    try:
        return reader(text)
    except ValidationError:
        return None


@pytest.mark.parametrize(("typed", "stored"), PHONES.items(), ids=range(len(PHONES)))
def test_phone_is_stored_in_half_width_with_its_hyphens(typed, stored):
    assert read_phone(typed) == stored


@pytest.mark.parametrize("hyphen", HYPHENS, ids=lambda hyphen: f"{ord(hyphen):04x}")
def test_phone_knows_every_hyphen(hyphen):
    assert read_phone(f"03{hyphen}3210{hyphen}1234") == "03-3210-1234"


def test_phone_that_nobody_can_dial_is_refused_with_an_example():
    assert {text: read(read_phone, text) for text in NO_PHONES} == dict.fromkeys(NO_PHONES)
    with pytest.raises(ValidationError, match="03-1234-5678"):
        read_phone("1")


@pytest.mark.parametrize(("typed", "stored"), MAILS.items(), ids=range(len(MAILS)))
def test_mail_address_is_stored_in_half_width(typed, stored):
    assert read(read_mail, typed) == stored


@pytest.mark.parametrize(
    ("typed", "place"),
    [("taro yamada@example.com", "5文字目"), ("a@example.com　b@example.com", "14文字目")],
)
def test_mail_with_a_space_inside_is_refused_with_its_place(typed, place):
    with pytest.raises(ValidationError, match=f"{place}に空白があります.*1つだけ"):
        read_mail(typed)


def test_mail_of_the_old_carriers_is_known():
    legacy = [mail for mail in MAILS if is_legacy_mail(mail)]

    assert legacy == ["a..b@docomo.ne.jp", "a.@ezweb.ne.jp", "a..b@softbank.ne.jp"]


@pytest.mark.parametrize(("typed", "stored"), FIRMS.items(), ids=range(len(FIRMS)))
def test_corporate_number_is_checked(typed, stored):
    assert read(read_corporate_number, typed) == stored


@pytest.mark.parametrize("reader", [read_phone, read_mail, read_corporate_number])
@given(
    text=st.text("+0123456789０９-－ー() 内線代表（）ext.@docm", max_size=24) | st.text(max_size=24)
)
def test_any_text_is_read_or_refused_and_read_again_is_the_same(reader, text):
    value = read(reader, text)

    assert value is None or reader(value) == value
