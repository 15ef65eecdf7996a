"""What a model wrote, as the HTML that a page may show: an answer is never trusted.

While it is written, an answer is text and nothing else; once it has ended, the server turns a small
part of Markdown into a few plain tags. Two walls: the parser escapes HTML and knows neither images
nor links one could press, and the cleaner lets nothing through but the tags below. What is not
understood stays readable as it was typed, so no character of an answer is lost.
"""

import re
import unicodedata
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from chat.quantities import QUANTITY

TAGS = {"p", "br", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "hr"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"ol": {"start"}}
# Indented text is a quotation from a memo more often than code; the others would hide what was
# written (a link's definition) or turn it into something else (an entity, an underlined line).
LEFT_OUT = ["code", "html_block", "html_inline", "reference", "lheading", "autolink", "entity"]
AMOUNT = "amount"
CLASSES = {"th": {AMOUNT}, "td": {AMOUNT}}
MARK = re.compile(r"\[\d+\]")
NONE_SAID = "―—–-"
NO_IMAGE = "（画像は表示しません）"


class PlainRenderer(RendererHTML):
    def link_open(self, tokens, idx, options, env):
        return ""

    def link_close(self, tokens, idx, options, env):
        """Behind the words of a link, where it would have led: read, never pressed."""
        opened = next(token for token in tokens[idx::-1] if token.type == "link_open")
        host = urlsplit(str(opened.attrGet("href"))).hostname
        return f"（{escape(host)}）" if host else ""

    def image(self, tokens, idx, options, env):
        return escape(tokens[idx].content) + NO_IMAGE

    def em_open(self, tokens, idx, options, env):
        """5*3*2 and a_b_c are figures and codes; only ** stands for stress."""
        return tokens[idx].markup

    em_close = em_open

    def strong_open(self, tokens, idx, options, env):
        return "<strong>" if tokens[idx].markup == "**" else tokens[idx].markup

    def strong_close(self, tokens, idx, options, env):
        return "</strong>" if tokens[idx].markup == "**" else tokens[idx].markup

    def heading_open(self, tokens, idx, options, env):
        """The headings of the page are the page's own."""
        return "<p><strong>"

    def heading_close(self, tokens, idx, options, env):
        return "</strong></p>\n"


_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=PlainRenderer)
_parser.enable("table").disable(LEFT_OUT)


def html_of(text: str) -> SafeString:
    """`text` of a model as safe HTML."""
    tokens = _parser.parse(visible(text))
    mark_amounts(tokens)
    html = nh3.clean(
        _parser.renderer.render(tokens, _parser.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
    )
    return mark_safe(html)  # noqa: S308 - cleaned in the line above


def mark_amounts(tokens):
    """Tells the page the columns of a table that hold nothing but figures, heads included."""
    columns = []
    for token, inner in pairwise(tokens):
        if token.type == "table_open":
            columns = []
        elif token.type == "tr_open":
            column = -1
        elif token.type in ("th_open", "td_open"):
            column += 1
            if token.type == "th_open":
                columns.append([])
            columns[column].append((token, inner.content))
        elif token.type == "tbody_close":
            for (head, _), *cells in columns:
                if all(is_figure(said) for _, said in cells):
                    for cell, _ in [(head, ""), *cells]:
                        cell.attrSet("class", AMOUNT)


def is_figure(said):
    said = MARK.sub("", unicodedata.normalize("NFKC", said).replace("**", "")).strip()
    return not said or said in NONE_SAID or bool(QUANTITY.fullmatch(said))


def visible(text: str) -> str:
    """Without characters that hide or turn round what stands beside them (zero width, direction)."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
