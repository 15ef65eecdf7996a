"""An answer is shown, never obeyed: whatever a record or a model put into it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.rendering import TAGS, html_of

WRITTEN = {
    "stress": ("**20,000,000円**です", "<p><strong>20,000,000円</strong>です</p>"),
    "lines": ("一行目\n二行目", "<p>一行目<br>\n二行目</p>"),
    "list": ("- 債券\n- 株式", "<ul>\n<li>債券</li>\n<li>株式</li>\n</ul>"),
    "numbers-go-on": ("3. 三番目", '<ol start="3">\n<li>三番目</li>\n</ol>'),
    "heading": ("## 要点", "<p><strong>要点</strong></p>"),
    "product-of-figures": ("5*3*2", "<p>5*3*2</p>"),
    "code-of-a-product": ("_A_と__B__", "<p>_A_と__B__</p>"),
    "entity": ("&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>"),
    "indented": ("見出し\n\n    字下げ", "<p>見出し</p>\n<p>字下げ</p>"),
}
HOSTILE = {
    "tag": ("<b>太字</b>", "<p>&lt;b&gt;太字&lt;/b&gt;</p>"),
    "script": ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    "handler": ("<img src=x onerror=a()>", "<p>&lt;img src=x onerror=a()&gt;</p>"),
    "comment": ("<!-- 隠す -->", "<p>&lt;!-- 隠す --&gt;</p>"),
    "image": ("![残高](https://evil.example/?q=1)", "<p>残高（画像は表示しません）</p>"),
    "link": ("[銀行](https://evil.example/a?b=1)", "<p>銀行（evil.example）</p>"),
    "link-posing-as-another": (
        "[https://bank.example](https://evil.example)",
        "<p>https://bank.example（evil.example）</p>",
    ),
    "link-with-user": ("[銀行](https://bank.example@evil.example)", "<p>銀行（evil.example）</p>"),
    "image-in-link": (
        "[![残高](//evil.example/i)](//evil.example)",
        "<p>残高（画像は表示しません）（evil.example）</p>",
    ),
    "javascript": ("[押す](javascript:alert(1))", "<p>[押す](javascript:alert(1))</p>"),
    "data": ("[押す](data:text/html,x)", "<p>[押す](data:text/html,x)</p>"),
    "reference": (
        "[押す][1]\n\n[1]: https://evil.example",
        "<p>[押す][1]</p>\n<p>[1]: https://evil.example</p>",
    ),
    "autolink": ("<https://evil.example>", "<p>&lt;https://evil.example&gt;</p>"),
    "bare-address": ("https://evil.example", "<p>https://evil.example</p>"),
    "zero-width": ("java\u200bscript\u2060:", "<p>javascript:</p>"),
    "direction": ("\u202e円万001\u202c", "<p>円万001</p>"),
    "hidden-letters": ("要点\U000e0049\U000e0067", "<p>要点</p>"),
    "zero-width-in-tag": ("<\u200bimg src=x>", "<p>&lt;img src=x&gt;</p>"),
    "tag-in-stress": ("**<i>x</i>**", "<p><strong>&lt;i&gt;x&lt;/i&gt;</strong></p>"),
    "language-of-code": ('```"><script>\nx\n```', "<pre><code>x\n</code></pre>"),
}


@pytest.mark.parametrize(("text", "html"), WRITTEN.values(), ids=WRITTEN)
def test_small_markdown_is_shown_as_meant(text, html):
    assert html_of(text).strip() == html


@pytest.mark.parametrize(("text", "html"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_answer_stays_text(text, html):
    assert html_of(text).strip() == html


def test_table_keeps_cells_and_no_style():
    html = html_of("|商品|額|\n|---|--:|\n|国債|五|")

    cells = re.findall(r"<(t[hd]\b[^>]*)>([^<]*)", html)
    assert cells == [("th", "商品"), ("th", "額"), ("td", "国債"), ("td", "五")]


PIECES = [
    "<",
    ">",
    "[",
    "](",
    ")",
    "!",
    "`",
    "*",
    "_",
    "#",
    "|",
    "-",
    "\n",
    "    ",
    "&#x",
    '"',
    "\\",
]
PIECES += ["javascript:", "data:", "https://a.example", "<img src=x>", "<svg/onload=a()>", "\u200b"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_no_mixture_of_pieces_makes_another_tag(text):
    written = set(re.findall(r"<(/?\w+)([^>]*)>", html_of(text)))

    assert {tag.strip("/") for tag, _ in written} <= TAGS
    assert {rest.strip() for _, rest in written} <= {"", *(f'start="{n}"' for n in range(9))}


@pytest.mark.parametrize(
    ("cells", "marked"),
    [
        (["1,200円", "**▲300円**［1］", "―"], True),
        (["0.5%", "3割"], True),
        (["10株", "5株"], True),
        (["国債", "1,200円"], False),
        (["2026年の国債", "2025年の国債"], False),
    ],
)
def test_column_of_figures_is_named_for_the_page(cells, marked):
    html = html_of("|商品|額|\n|---|---|\n" + "\n".join(f"|国債|{cell}|" for cell in cells))

    assert html.count('class="amount"') == (len(cells) + 1 if marked else 0)


def test_answer_cannot_name_a_class_itself():
    assert "<td" not in html_of('<td class="amount">1円</td>')
