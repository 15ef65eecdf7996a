"""What is masked by its form alone, and what looks like it and is not."""

import datetime

import pytest

from chat.patterns import (
    ACCOUNT,
    BIRTHDAY,
    CARD,
    HOME,
    MAIL,
    MY_NUMBER,
    PHONE,
    POSTAL_CODE,
    days_in,
    found_in,
)


def named(text):
    return [(found.label, text[found.start : found.end]) for found in found_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("娘さんは090-1234-5678です", [(PHONE, "090-1234-5678")]),
        ("０９０－１２３４－５６７８", [(PHONE, "０９０－１２３４－５６７８")]),
        ("09012345678", [(PHONE, "09012345678")]),
        ("03(1234)5678、+81 3-1234-5678", [(PHONE, "03(1234)5678"), (PHONE, "+81 3-1234-5678")]),
        ("0120-123-456へ", [(PHONE, "0120-123-456")]),
        ("0312345678 2026-12-28", [(PHONE, "0312345678")]),
        ("佐々木様（D01001） 2026-12-28に500万円", []),
        ("（D01001）12/28 500万円", []),
        ("C0123 2026/12/28償還", []),
        ("生年月日は58/2/2", [(BIRTHDAY, "58/2/2")]),
        ("33年2月2日生まれ", [(BIRTHDAY, "33年2月2日")]),
        ("誕生日は2月2日", [(BIRTHDAY, "2月2日")]),
        ("昭和33年2月2日生まれ", [(BIRTHDAY, "昭和33年2月2日")]),
        ("25/3/5生命保険が満期", []),
        ("090\u200b12345678", [(PHONE, "090\u200b12345678")]),
        ("〒106-0032 港区", [(POSTAL_CODE, "〒106-0032")]),
        ("106ー0032", [(POSTAL_CODE, "106ー0032")]),
        ("hanako.y+bank@example.co.jpへ送付", [(MAIL, "hanako.y+bank@example.co.jp")]),
        ("ｈａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", [(MAIL, "ｈａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ")]),
        ("4111 1111 1111 1111", [(CARD, "4111 1111 1111 1111")]),
        ("378282246310005", [(CARD, "378282246310005")]),
        ("普通 1234567", [(ACCOUNT, "1234567")]),
        ("口座番号は１２３４５６７", [(ACCOUNT, "１２３４５６７")]),
        ("記号番号 10120-12345678", [(ACCOUNT, "10120-12345678")]),
        ("番号 1234 5678 9018", [(MY_NUMBER, "1234 5678 9018")]),
    ],
)
def test_form_is_found(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    "number",
    [
        "090.1111.1111",
        "090/1111/1111",
        "090・1111・1111",
        "０９０．１１１１．１１１１",
        "090  1111  1111",
        "090-1111\n-1111",
        "〇九〇一一一一二二二二",
        "〇九〇－一一一一－二二二二",
        "090の1111の1111",
        "+81.90.1111.1111",
        "03（1234）5678",
    ],
)
def test_telephone_number_is_known_by_its_groups(number):
    assert named(f"娘さんは{number}です") == [(PHONE, number)]


@pytest.mark.parametrize(
    "mail",
    [
        "ito @example.com",
        "ito＠example．com",
        "ito(at)example.com",
        "ito[at]example[dot]com",
        "itoアットマークexample.com",
        "taro.ito@ example.co.jp",
    ],
)
def test_mail_address_is_found_whatever_stands_for_its_sign(mail):
    assert named(f"送付先 は{mail}") == [(MAIL, mail)]


@pytest.mark.parametrize(
    ("text", "label", "number"),
    [
        ("普通 123-4567", ACCOUNT, "123-4567"),
        ("普通預金口座（1234567）", ACCOUNT, "1234567"),
        ("口座番号：１２３・４５６７", ACCOUNT, "１２３・４５６７"),
        ("記号10120 番号12345678", ACCOUNT, "10120 番号12345678"),
        ("カード4111.1111.1111.1111", CARD, "4111.1111.1111.1111"),
        ("カード4111／1111／1111／1111", CARD, "4111／1111／1111／1111"),
        ("3782・822463・10005", CARD, "3782・822463・10005"),
    ],
)
def test_account_or_card_is_found_whatever_parts_it(text, label, number):
    assert named(text) == [(label, number)]


@pytest.mark.parametrize(
    "address",
    [
        "東京都港区赤坂1-1-1",
        "港区赤坂一丁目1番1号",
        "赤坂１－１－１",
        "成城二丁目3番4号",
        "長野県松本市大手3-12",
        "さいたま市大宮区桜木町1-2-3",
        "北海道札幌市中央区北1条西2-3-4",
        "千代田区丸の内1-2-3 グランハイツ201",
        "港区赤坂1-1-1 赤坂タワー1203",
    ],
)
def test_address_is_found_without_its_prefecture_or_with_its_building(address):
    assert named(f"転居先は{address}、来月") == [(HOME, address)]


@pytest.mark.parametrize(
    "day", ["昭和30年4月1日", "S30.4.1", "1955/04/01", "１９５５年４月１日", "昭和三十年四月一日"]
)
def test_day_of_birth_is_found_where_it_is_called_so(day):
    assert named(f"{day}生まれ") == named(f"生年月日：{day}") == [(BIRTHDAY, day)]
    assert [found for _, _, found in days_in(day)] == [datetime.date(1955, 4, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05 10:30",
        "株式市場の4-6月期は3-5年",
        "資産配分は 5-3-2",
        "期限2026-03-05",
        "0.25・0.30・1000",
        "9300@1266円",
        "03/05/2026 10:00",
        "普通 2026-03-05",
        "3丁目の夕日",
        "2026年3月5日満期",
        "1,234,567,890円",
        "評価額 28867200円",
        "4111 1111 1111 1112",
        "普通 3000000円",
        "口座に1500万円",
        "数量 9300、単価 1266",
        "D-ST-05",
        "crm://holding/123@7",
        "2026/03/05から2031/03/05",
        "1-2-3",
        "00123456789",
        "ISIN JP1103611M56",
    ],
)
def test_figures_that_identify_nobody_stay(text):
    assert named(text) == []
