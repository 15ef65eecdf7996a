"""What is taken out of the customer list, in which form, and why."""

from django import forms
from django.db import models

from customers.forms.list_query import ListQuery
from customers.forms.polite import PoliteMessages
from wealthai.models import PlainCharField

RADIO = forms.RadioSelect(attrs={"class": "form-check-input"})
MOST_IDS = 1000
XLSX_ROWS = 1_048_575


class Kind(models.TextChoices):
    CSV = "csv", "CSV（UTF-8）"
    CP932 = "cp932", "CSV（Shift_JIS）"
    XLSX = "xlsx", "Excel（xlsx）"


class IdsField(forms.Field):
    """Ticked rows. Ones that cannot be read are about nobody: left out, they would be about everybody."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        texts = value or []
        if len(texts) > MOST_IDS:
            raise forms.ValidationError(f"選べるのは{MOST_IDS:,}名までです。条件で絞ってください。")
        if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in texts):
            raise forms.ValidationError("顧客の選択は、一覧からやり直せます。")
        return list(map(int, texts))


class ExportQuery(ListQuery):
    """The list, or of it the ticked customers alone."""

    ids = IdsField(label="選んだ顧客", required=False)

    @property
    def conditions(self):
        return ("ids", *super().conditions)

    @property
    def chosen(self):
        return self.cleaned_data.get("ids", [])

    @property
    def problem(self):
        return "" if self.chosen else super().problem

    def found_in(self, customers):
        return customers.filter(pk__in=self.chosen) if self.chosen else super().found_in(customers)

    def words(self):
        return "選んだ顧客" if self.chosen else super().words()

    @property
    def list_link(self):
        """Back to the list, where the ticked rows are rows among others."""
        return self.link(ids=None)

    @property
    def state(self):
        ids = {"ids": [str(pk) for pk in self.chosen]} if self.chosen else {}
        return super().state | ids


class ExportForm(PoliteMessages, forms.Form):
    kind = forms.ChoiceField(label="形式", choices=Kind, widget=RADIO, initial=Kind.CSV)
    reason = PlainCharField("出力の理由", max_length=100).formfield(
        help_text="何に使うかを書いてください。閲覧記録に残り、コンプライアンスが確かめます。"
    )

    def __init__(self, *args, rows=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if kind == Kind.XLSX and self.rows > XLSX_ROWS:
            message = f"Excel形式は{XLSX_ROWS:,}名までです。CSVを選ぶか、条件を加えてください。"
            raise forms.ValidationError(message)
        return kind

    def in_utf8(self):
        """The form again, with the way out chosen."""
        return ExportForm(initial=self.cleaned_data | {"kind": Kind.CSV})
