"""What every template may use; a builtin library, so no {% load %} is needed.

The words are made by plain functions of `wealthai.wording`; here they only become HTML.
"""

from functools import cache, lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from wealthai import wording

register = template.Library()

register.filter("yen", wording.yen)
register.filter("oku", wording.oku)
register.filter("figures", wording.figures)
register.filter("wareki", wording.wareki)
register.filter("dash", wording.dash)
register.filter("ago", wording.ago)
register.filter("short_date", wording.short_date)
register.filter("month_day", wording.month_day)
register.filter("weekday", wording.weekday)
register.filter("percent", wording.percent)


@register.simple_tag
@cache
def icon(name):
    """One drawing of the sprite; the word stands beside it or in the button's aria-label."""
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def money(amount, currency="JPY", unit=True, short=False):
    """An amount: `20,400,000円`, `96,240.00 USD`; without its unit, or shortened to 億/万 (yen)."""
    return signed_html(amount, currency, unit, short, plus="")


@register.simple_tag
def gain(amount, currency="JPY", unit=True, short=False):
    """Gain or loss: `+` or `▲` before the amount, and the words for who cannot see the mark."""
    return signed_html(amount, currency, unit, short, plus="+")


def signed_html(amount, currency, unit, short, plus):
    """Escaped by hand: format_html takes longer than all the rest, and a page has a hundred amounts."""
    words = wording.amount_words(amount, currency, unit, short)
    if words is None:
        return NO_AMOUNT
    text = escape(words.text)
    title = f' title="{escape(wording.full_amount(amount, currency))}"' if short else ""
    if words.negative:
        return SafeString(
            f'<span class="loss" aria-hidden="true"{title}>▲{text}</span>'
            f'<span class="visually-hidden">マイナス{text}</span>'
        )
    return SafeString(f"<span{title}>{plus if amount else ''}{text}</span>")


NO_AMOUNT = SafeString(f'<span class="none">{wording.MISSING}</span>')


@register.simple_tag
def figure(amount, plus=False):
    """A dashboard figure in yen: the digits large, 億 and 万円 small, the full amount as title."""
    words = wording.amount_words(amount, "JPY", unit=True, short=True)
    if words is None:
        return format_html('<span class="none">{}</span>', wording.MISSING)
    parts = format_html_join("", "{}<small>{}</small>", wording.digits_and_units(words.text))
    full = wording.full_amount(amount, "JPY")
    if words.negative:
        return format_html(
            '<span class="loss" aria-hidden="true" title="{}">▲{}</span>'
            '<span class="visually-hidden">マイナス{}</span>',
            full,
            parts,
            words.text,
        )
    return format_html('<span title="{}">{}{}</span>', full, "+" if plus and amount else "", parts)


@register.simple_tag
def risk_meter(value):
    """Five bars and the words; what another system wrote in its own words stays as it is."""
    if not value:
        return format_html('<span class="none">{}</span>', wording.MISSING)
    words = wording.risk_words(value)
    if words is None:
        return format_html("{}", value)
    bars = format_html_join(
        "",
        '<rect{} x="{}" width="4" height="10" rx="1"></rect>',
        (
            (mark_safe(' class="on"') if step < int(value) else "", step * 6)  # noqa: S308 — constant
            for step in range(5)
        ),
    )
    return format_html(
        '<span class="risk"><svg class="risk-bars" width="28" height="10" viewBox="0 0 28 10"'
        ' aria-hidden="true" focusable="false">{}</svg>{}</span>',
        bars,
        words,
    )


@register.simple_tag(takes_context=True)
def nav_item(context, label, icon_name, url_name, count=None, **look):
    """An entry of the navigation; current on its page and on every page below its address.

    An entry with a `count` says how many things wait there.
    """
    request = context.get("request")
    url, path = reverse(url_name), getattr(request, "path", "")
    return rendered(
        "_includes/nav_item.html",
        url=url,
        label=label,
        short=look.get("short") or label,
        icon_name=icon_name,
        key=look.get("key", ""),
        css=look.get("css", "nav-item"),
        current=path == url or (not url.endswith("/") and path.startswith(f"{url}/")),
        has_count=count is not None,
        count=count if count is None else count + 0,  # it may be lazy
        is_part=bool(getattr(request, "htmx", False)),
    )


@register.simple_tag
def place(label, icon_name, url_name):
    """A page or act that the search dialog offers."""
    return rendered(
        "_includes/search_place.html", url=reverse(url_name), label=label, icon_name=icon_name
    )


@lru_cache(1000)
def rendered(name, **values):
    """What every page has, and few of it: the entries of its frame."""
    return render_to_string(name, values)


@register.inclusion_tag("_includes/field.html")
def field(bound_field, wide=False, focus=False):
    """Label, control, hint and errors of one form field, joined by ids for screen readers.

    The first wrong field gets the focus; `focus` asks for it where nothing is wrong.
    """
    form = bound_field.form
    first = next((name for name in form.fields if name in form.errors), None)
    attrs = {"class": control_class(bound_field)}
    if bound_field.field.widget.attrs.get("placeholder") == bound_field.label:
        attrs["placeholder"] = False  # it repeats the label and vanishes when one types
    if first or focus:
        attrs["autofocus"] = bound_field.name == first if first else True
    return {
        "field": bound_field,
        "wide": wide,
        "control": bound_field.as_widget(attrs=attrs),
        "is_check": bound_field.widget_type == "checkbox",
        "is_password": bound_field.widget_type == "password",
    }


def control_class(bound_field):
    widget = bound_field.field.widget
    kind = {
        "checkbox": "form-check-input",
        "radioselect": "form-check-input",
        "select": "form-select",
        "nullbooleanselect": "form-select",
    }.get(bound_field.widget_type, "form-control")
    return f"{kind} {widget.attrs.get('class', '')}".strip()


@register.inclusion_tag("_includes/form_errors.html")
def form_errors(form):
    """What concerns the whole form, and from two wrong fields on a list of them with links."""
    fields = [bound for bound in form if bound.errors and not bound.is_hidden]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {
        "whole": [*form.non_field_errors(), *hidden],
        "fields": fields if len(fields) > 1 else [],
    }
