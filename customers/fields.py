"""Form fields that understand how people write. What they read is decided in `customers.reading`."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from customers.reading import (
    is_legacy_mail,
    other_era,
    read_amount,
    read_corporate_number,
    read_currency,
    read_date,
    read_kana,
    read_mail,
    read_phone,
    read_yen,
)
from wealthai.fields import PlainText
from wealthai.text import validate_plain_text

LEGACY_MAIL = (
    "{} は、ほかの会社のメールからは送れないことがある形のアドレスです。"
    "届くことを確かめてからお使いください。"
)


class ReadField(PlainText):
    """A line of text that is stored in one form, however it is typed."""

    def read(self, text):
        raise NotImplementedError

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return text
        validate_plain_text(text)  # of two sentences, the one that says where
        return self.read(text)

    def widget_attrs(self, widget):
        """Typed, it may be longer than stored; the browser would cut it off without a word."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class KanaField(ReadField):
    read = staticmethod(read_kana)


class PhoneField(ReadField):
    widget = forms.TextInput(attrs={"type": "tel"})
    read = staticmethod(read_phone)


class CorporateNumberField(ReadField):
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    read = staticmethod(read_corporate_number)


class CurrencyField(ReadField):
    read = staticmethod(read_currency)


class MailField(ReadField):
    """`notice` is set where an address is taken that others may refuse."""

    widget = forms.EmailInput
    notice = None

    def read(self, text):
        mail = read_mail(text)
        self.notice = LEGACY_MAIL.format(mail) if is_legacy_mail(mail) else None
        return mail


class DateField(forms.DateField):
    """`notice` is set where the day belongs to another era than the one that was typed."""

    widget = forms.DateInput(
        format="%Y/%m/%d", attrs={"placeholder": "2026/12/01", "autocomplete": "off"}
    )
    notice = None

    def to_python(self, value):
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        self.notice = None
        try:
            day = read_date(value)
        except ValidationError as error:
            about = f"{self.label or '日付'}は " if error.code == "invalid" else ""
            raise ValidationError(f"{about}{error.message}", code=error.code) from error
        self.notice = other_era(value)
        return day


class AmountField(forms.DecimalField):
    """Quantities and prices: 1,234.56, 1.5億, ▲２００."""

    widget = forms.TextInput(
        attrs={"inputmode": "text", "class": "text-end", "data-amount": "decimal"}
    )
    default_error_messages = {
        "max_digits": "桁数が多すぎます。値を確かめてください。",
        "max_whole_digits": "整数部分の桁数が多すぎます。値を確かめてください。",
        "max_decimal_places": "小数は%(max)s桁までで入力してください。",
    }

    def to_python(self, value):
        if value is None or not str(value).strip():
            return None
        return read_amount(value) if isinstance(value, str) else super().to_python(value)

    def prepare_value(self, value):
        return f"{value.normalize():,f}" if isinstance(value, Decimal) else value


class YenField(forms.IntegerField):
    """Yen as people write them: 25,000,000, 2500万, 1.5億, 1億2000万, １，０００円."""

    widget = forms.TextInput(attrs={"inputmode": "text", "class": "text-end", "data-amount": "yen"})
    default_error_messages = {
        "max_value": "金額が大きすぎます。単位（円・万・億）を確かめてください。",
        "min_value": "0円以上で入力してください。",
    }

    def to_python(self, value):
        if value is None or not str(value).strip():
            return None
        return read_yen(str(value))

    def prepare_value(self, value):
        return f"{value:,}" if isinstance(value, int) else value
