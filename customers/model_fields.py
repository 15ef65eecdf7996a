"""Columns that know how people write what stands in them.

A column gives its form field to pages and admin, and `read` to the API and the import: so one rule
holds at every door. `clean` reads too, for whoever validates a row without a form.
"""

import decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from customers import fields, reading
from wealthai.models import PlainCharField
from wealthai.text import validate_plain_text

NOT_NEGATIVE = MinValueValidator(0, "0以上で入力してください。")
NOT_NEGATIVE_YEN = MinValueValidator(0, "0円以上で入力してください。")
POSITIVE = MinValueValidator(decimal.Decimal("0.01"), "0より大きい数で入力してください。")
LARGEST = 10**15


def validate_size(value):
    """SQLite keeps 15 digits, and nobody means a thousand trillion."""
    if abs(value) >= LARGEST:
        message = "値が大きすぎます（1,000兆以上）。桁と単位を確かめてください。"
        raise ValidationError(message, code="too_large")


class SameColumn:
    """In the database it is its base class, and migrations see that one: rules need no migration."""

    stored_as = ""
    form_class = None

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, self.stored_as, args, kwargs

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": self.form_class, **kwargs})


class ReadColumn(SameColumn):
    """Text in one form: `read` makes it from what was typed."""

    def clean(self, value, model_instance):
        if value not in self.empty_values:
            validate_plain_text(value)
            value = self.read(value)
        return super().clean(value, model_instance)


class KanaColumn(ReadColumn, PlainCharField):
    stored_as = "wealthai.models.PlainCharField"
    form_class = fields.KanaField
    read = staticmethod(reading.read_kana)


class PhoneColumn(ReadColumn, PlainCharField):
    stored_as = "wealthai.models.PlainCharField"
    form_class = fields.PhoneField
    read = staticmethod(reading.read_phone)


class CorporateNumberColumn(ReadColumn, PlainCharField):
    stored_as = "wealthai.models.PlainCharField"
    form_class = fields.CorporateNumberField
    read = staticmethod(reading.read_corporate_number)


class CurrencyColumn(ReadColumn, PlainCharField):
    stored_as = "wealthai.models.PlainCharField"
    form_class = fields.CurrencyField
    read = staticmethod(reading.read_currency)


class MailColumn(ReadColumn, models.EmailField):
    """Not Django's own check: it refuses addresses that carriers gave out for years."""

    stored_as = "django.db.models.EmailField"
    form_class = fields.MailField
    default_validators = [validate_plain_text]
    read = staticmethod(reading.read_mail)


class DateColumn(SameColumn, models.DateField):
    stored_as = "django.db.models.DateField"
    form_class = fields.DateField


class YenColumn(SameColumn, models.BigIntegerField):
    """Bounded as amounts are: two of the column's largest add up to more than SQLite can sum."""

    stored_as = "django.db.models.BigIntegerField"
    form_class = fields.YenField
    default_validators = [validate_size]


class AmountColumn(SameColumn, models.DecimalField):
    stored_as = "django.db.models.DecimalField"
    form_class = fields.AmountField
    default_validators = [validate_size]
    context = decimal.Context(prec=40)  # what is stored beyond our own bounds can still be shown
