import re

import pytest
from django import forms
from django.conf import settings
from django.template import engines

from customers.models import Customer
from wealthai import wording
from wealthai.templatetags import wealthai as tags


class Form(forms.Form):
    name = forms.CharField(label="氏名")
    kana = forms.CharField(label="フリガナ", required=False, help_text="ひらがなでも構いません")
    gender = forms.ChoiceField(label="性別", choices=[("", "―")], required=False)
    consent = forms.BooleanField(label="同意")


def show(source, **context):
    return engines["django"].from_string(source).render(context)


def test_loss_is_marked_and_read_out():
    assert tags.gain(-12_870_000, short=True) == (
        '<span class="loss" aria-hidden="true" title="▲12,870,000円">▲1,287万円</span>'
        '<span class="visually-hidden">マイナス1,287万円</span>'
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (tags.gain(1_220_000, unit=False), "<span>+1,220,000</span>"),
        (tags.gain("10280", "USD"), "<span>+10,280.00 USD</span>"),
        (tags.gain(0), "<span>0円</span>"),
        (tags.money(20_400_000), "<span>20,400,000円</span>"),
        (tags.money(20_400_000, short=True), '<span title="20,400,000円">2,040万円</span>'),
        (tags.money(None), '<span class="none">―</span>'),
    ],
    ids=range(6),
)
def test_amounts(html, expected):
    assert html == expected


def test_figure_sets_units_small_and_keeps_the_full_amount():
    assert tags.figure(4_823_100_000) == (
        '<span title="4,823,100,000円">48<small>億</small>2,310<small>万円</small></span>'
    )


def test_risk_words_are_those_of_the_customer():
    labels = {value: wording.risk_words(value) for value in Customer.RiskTolerance.values}

    assert labels == dict(Customer.RiskTolerance.choices)


def test_risk_meter_fills_as_many_bars():
    html = tags.risk_meter("3")

    assert re.findall(r"<rect( class=.on.)?", html) == [' class="on"'] * 3 + [""] * 2
    assert html.endswith("</svg>3 中立</span>")


def test_risk_meter_shows_foreign_words_as_they_are():
    assert tags.risk_meter("<中>") == "&lt;中&gt;"


def test_icon_points_into_the_sprite():
    assert tags.icon("home") == (
        '<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false">'
        '<use href="/static/img/icons.svg#home"></use></svg>'
    )


def test_every_icon_named_in_a_template_is_drawn():
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    pages = [path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    pattern = r'{% icon "([\w-]+)" %}|{% nav_item "[^"]+" "([\w-]+)"'
    named = {name for page in pages for pair in re.findall(pattern, page) for name in pair if name}

    assert named - drawn == set()


def test_field_joins_hint_and_error_to_the_control():
    html = show("{% field form.kana %}", form=Form())

    assert 'class="form-control"' in html
    assert 'aria-describedby="id_kana_helptext"' in html
    assert 'id="id_kana_helptext">ひらがなでも構いません' in html


def test_only_required_fields_say_so():
    html = show("{% for bound in form %}{% field bound %}{% endfor %}", form=Form())

    assert html.count("必須") == 1


def test_first_wrong_field_gets_focus_and_keeps_its_value():
    form = Form({"name": "", "kana": "カナ"})

    html = show("{% for bound in form %}{% field bound focus=True %}{% endfor %}", form=form)

    assert html.count("autofocus") == 1
    assert 'name="name" class="form-control" autofocus' in html
    assert 'value="カナ"' in html


def test_summary_stands_above_from_two_errors_on():
    one = show("{% form_errors form %}", form=Form({"name": "中村", "gender": ""}))
    two = show("{% form_errors form %}", form=Form({"name": ""}))

    assert "か所" not in one
    assert two.count("<li>") == 2


def test_placeholder_that_repeats_the_label_is_dropped():
    class Repeating(forms.Form):
        code = forms.CharField(
            label="コード", widget=forms.TextInput(attrs={"placeholder": "コード"})
        )

    assert "placeholder" not in show("{% field form.code %}", form=Repeating())
