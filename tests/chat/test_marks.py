"""The mark 根拠未確認 stands on the figure that no record holds, wherever the answer wrote it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.grounding import unverified
from chat.marks import LABEL, WORDS, in_html, in_text
from chat.rendering import html_of

ANSWERS = {
    "amount": ("残高は9億円です", "残高は<9億円>です"),
    "percentage": ("利率0.72％", "利率<0.72％>"),
    "date": ("令和8年3月5日に", "<令和8年3月5日>に"),
    "wide": ("１，２００万円と", "<１，２００万円>と"),
    "kanji": ("退職金は三千万円です", "退職金は<三千万円>です"),
    "each-time": ("9億円、9億円", "<9億円>、<9億円>"),
    "longer-one": ("9億円と19億円", "<9億円>と<19億円>"),
    "stress": ("**9億円**です", "<strong><9億円></strong>です"),
    "half-stressed": ("**300**円です", "<strong><300|</strong><円>です"),
    "code": ("`9億円`", "<code><9億円></code>"),
    "escaped": (r"1\,000円", "<1,000円>"),
    "behind-a-source": ("［1］9億円", "［1］<9億円>"),
}


def marked_raw(answer):
    return in_html(html_of(answer), list(unverified(answer, [])))


def marked(answer):
    """The answer as HTML, with < > for a mark and | where a tag within a figure parts one."""
    html = (
        marked_raw(answer).replace("</mark>" + LABEL, ">").replace('<mark class="unproved">', "<")
    )
    return html.replace("</mark>", "|").strip().removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(("answer", "shown"), ANSWERS.values(), ids=ANSWERS)
def test_figure_in_no_record_carries_its_mark(answer, shown):
    assert marked(answer) == shown


def test_figure_in_a_table_and_in_a_block_of_code_is_marked():
    answer = "|商品|額|\n|---|--:|\n|国債|9億円|\n\n```\n計 8億円\n```"

    found = re.findall(
        r'<(td|code)[^>]*>[^<]*<mark class="unproved">([^<]+)</mark>', marked_raw(answer)
    )

    assert found == [("td", "9億円"), ("code", "8億円")]


def test_figure_of_a_record_carries_none():
    html = html_of("9億円と5億円")

    assert in_html(html, ["5億円"]) == (
        f'<p>9億円と<mark class="unproved">5億円</mark>{LABEL}</p>\n'
    )


def test_answer_cannot_write_a_mark_itself():
    answer = '<mark class="unproved">5億円</mark>'

    assert "<mark" not in in_html(html_of(answer), [])


def test_text_says_it_behind_the_figure():
    assert in_text("**300**円と5%［1］", ["300円"]) == f"**300**円{WORDS}と5%［1］"


PIECES = [
    "9億円",
    "**",
    "`",
    "<b>",
    "&lt;",
    "|",
    "\n",
    "三千万円",
    "\u200b",
    "5",
    "%",
    "\\",
    "- ",
    ">",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_marks_change_nothing_else(answer):
    html = html_of(answer)

    bare = re.sub('<mark class="unproved">|</mark>', "", marked_raw(answer)).replace(LABEL, "")

    assert bare == html
