import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.grounding import Grounds, unverified
from chat.sources import Source

HOLDING = Source("crm://holding/12@7", "保有 国債", 1, "2026-11-26T00:00:00+09:00")
NOTE = Source("crm://note/3@4", "メモ", 1, "2026-11-26T00:00:00+09:00")


def shown(*pieces):
    grounds = Grounds()
    grounds.give([HOLDING, NOTE], [])
    return "".join([*map(grounds.feed, pieces), grounds.flush()]), grounds


@pytest.mark.parametrize(
    ("answer", "text", "removed"),
    [
        ("国債です [crm://holding/12@7]。", "国債です［1］。", 0),
        ("国債です（crm://holding/12@7）", "国債です［1］", 0),
        ("国債です crm://holding/12@7", "国債です［1］", 0),
        ("前 [crm://note/3@4][crm://holding/12@7][crm://note/3@4]", "前［1］［2］［1］", 0),
        ("古い版 [crm://holding/12@6]。", "古い版。", 1),
        ("版なし [crm://holding/12]。", "版なし。", 1),
        ("別人 [crm://customer/9@1]。", "別人。", 1),
        ("途中 [crm://hold", "途中", 0),
        ("［顧客A］ (注)", "［顧客A］ (注)", 0),
    ],
)
def test_source_becomes_a_number_or_goes(answer, text, removed):
    found, grounds = shown(answer)

    assert (found, grounds.removed) == (text, removed)


ODD = {
    "no-number": "crm://holding/H001@7",
    "capitals": "CRM://HOLDING/H001@7",
    "wide": "ｃｒｍ：／／ｈｏｌｄｉｎｇ／９９＠７",
    "spaces": "crm : // holding / 99 @ 7",
    "space-for-slash": "crm://holding 99@7",
    "one-slash": "crm:/holding/99@7",
    "no-slashes": "crm:holding/99@7",
    "no-colon": "crm//holding/99@7",
    "percent": "crm%3A%2F%2Fholding%2F99%407",
    "hidden-signs": "c\u200brm:/\u200b/holding/99@7",
    "look-alikes": "crm∶∕∕holding∕99@7",
    "escaped": r"crm:\/\/holding/99@7",
    "stress-inside": "crm://**holding**/99@7",
    "kind-in-japanese": "crm://保有/99@7",
    "name-for-key": "crm://holding/伊藤@7",
    "unknown-kind": "crm://account/99",
    "longer-than-a-given-one": "crm://holding/12@7/all",
}
AROUND = [
    "[{}]",
    "（{}）",
    "`{}`",
    "[`{}`]",
    "**{}**",
    "<{}>",
    "「{}」",
    "[{}]({})",
    "({}, {})",
    "{}",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("uri", ODD.values(), ids=ODD)
def test_source_of_an_odd_form_goes_and_is_counted(uri, around):
    written = around.replace("{}", uri)

    text, grounds = shown(f"国債です {written}。次は")

    assert (text, grounds.removed) == ("国債です。次は", around.count("{}"))


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "uri", ["CRM://Holding/12@7", "ｃｒｍ：／／holding／12＠7", "crm: //holding/12 @7"]
)
def test_given_source_of_an_odd_form_becomes_its_number(uri, around):
    text, grounds = shown(
        "国債です " + around.replace("{}", uri, 1).replace("{}", "crm://x/1") + "。"
    )

    assert (text, grounds.cited) == ("国債です［1］。", [HOLDING.uri])


def test_link_keeps_its_words():
    assert shown("[保有](crm://holding/12@7)と[他人](crm://x/9)")[0] == "保有［1］と他人"


def test_list_in_one_bracket_becomes_its_numbers():
    assert shown("（crm://note/3@4、crm://x/9、crm://holding/12@7）。")[0] == "［1］［2］。"


@pytest.mark.parametrize(
    "text", ["CRM：顧客の記録。", "CRM/SFAの", "[1] (注)", "`a`と**b**", "abc", "c"]
)
def test_other_text_stays(text):
    assert shown(text)[0] == text


@pytest.mark.parametrize("rest", ["[crm:", "（crm:/", "`crm://", "[crm://holding/1", "CRM://hold"])
def test_source_that_the_end_cuts_leaves_no_trace(rest):
    text, grounds = shown("途中 " + rest)

    assert (text, grounds.removed) == ("途中", 0)


WHOLE = [
    *(f"{one}、" for one in ODD.values()),
    "（crm://holding/12@7）と [crm://note/9@9] c crm [後",
]
WHOLE += [
    "[保有](crm://note/3@4)。**CRM://note/3@4**",
    "`[crm://note/3@4]`、（[crm://x/1]、[crm://x/2]）",
]


@given(st.lists(st.integers(1, 5), max_size=40), st.sampled_from(WHOLE))
def test_source_cut_in_pieces_is_the_same_source(sizes, text):
    pieces, rest = [], text
    for size in sizes:
        pieces, rest = [*pieces, rest[:size]], rest[size:]

    assert shown(*pieces, rest)[0] == shown(text)[0]


def test_cited_source_comes_before_those_that_were_only_given():
    rows = shown("[crm://note/3@4]")[1].citations()

    assert [(row["source"], row["number"]) for row in rows] == [(NOTE.uri, 1), (HOLDING.uri, None)]


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("1億2,000万円", '"amount_yen": 120000000'),
        ("１億２，０００万円", "120,000,000"),
        ("3千5百万円", "35,000,000"),
        ("1.5億円", "150000000"),
        ("¥3,000", '"3,000"'),
        ("10,200.50 USD", '"10,200.50"'),
        ("120,000,000円", "退職金1億2千万円"),
        ("令和8年3月5日", '"2026-03-05"'),
        ("令和元年5月1日", "2019/05/01"),
        ("一億二千万円", "120,000,000"),
        ("百五十万円と5百万円と1億二千万円", "1,500,000 5,000,000 120,000,000"),
        ("令和八年三月二十五日", "2026-03-25"),
        ("二〇二六年三月五日", "2026-03-05"),
        ("R8.3.5", "2026年3月5日"),
        ("2026/03/05", "令和8年3月5日"),
        ("3月5日", "2026-03-05"),
        ("2026年3月", "2026-03-05"),
        ("3.5％", '"3.5%"'),
        ("０．５０パーセント", "0.5%"),
        ("-200,000円", '"-200,000"'),
        ("10株、64歳、C001", ""),
        ("記録にありません", ""),
    ],
)
def test_figure_that_stands_in_a_record_is_verified(answer, given):
    assert list(unverified(f"これは{answer}です。", [given])) == []


def test_figure_in_kanji_that_stands_in_no_record_is_marked():
    assert list(unverified("退職金は三千万円です。", ["2,000,000"])) == ["三千万円"]


def test_endless_units_are_read_at_once():
    assert list(unverified(f"1{'万' * 5000}と", [])) != []


LONG = "1234567890" * 4


@pytest.mark.parametrize(
    ("answer", "given", "marked"),
    [
        ("約300万円", f"管理番号 {LONG}", ["300万円"]),
        ("500万円", "9" * 40, ["500万円"]),
        ("約3%", f"{LONG}%", ["3%"]),
        (f"1{'0' * 24}兆円", "1,000,000", [f"1{'0' * 24}兆円"]),
        (f"約{LONG}円", f"{LONG}円", []),
    ],
    ids=["rough", "whole", "share", "huge", "same"],
)
def test_number_too_long_for_an_amount_stands_for_no_other(answer, given, marked):
    assert list(unverified(f"これは{answer}です。", [given])) == marked


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("1億2,000万円", "12,000,000"),
        ("120円", '"crm://holding/120@120"'),
        ("2026円", "2026-03-05"),
        ("令和8年3月5日", "2026-03-06"),
        ("2026年3月5日", "3月5日"),
        ("3.5%", "35%"),
        ("3.5%", "3.5"),
        ("5,000万", "5000"),
        ("$300", "3000"),
        ("1,234,567", ""),
        ("10万南アフリカランド", "100,000 USD"),
        ("100,000インドルピー", "100,000 USD"),
        ("100,000タイバーツ", "100,000 USD"),
        ("2027‐04‐20", "2027-03-15"),
        ("2027–04–20", "2027-03-15"),
    ],
)
def test_figure_that_stands_in_no_record_is_marked(answer, given):
    assert list(unverified(f"これは{answer}です。", [given])) == [answer]
