"""What is masked by its form alone, and what looks like it and is not."""

import pytest

from chat.patterns import ACCOUNT, CARD, MAIL, MY_NUMBER, PHONE, POSTAL_CODE, found_in


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
    "text",
    [
        "2026-03-05 10:30",
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
