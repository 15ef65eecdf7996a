"""Form fields that understand how people write."""

import re
import unicodedata
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from wealthai.text import validate_plain_text

MONEY = re.compile(r"([-▲]?)(?:(\d+(?:\.\d+)?)億)?(?:(\d+(?:\.\d+)?)万)?(\d+)?", re.ASCII)
TYPED_DIGIT = re.compile("[0-9０-９]")
LONGEST = 40  # beyond this nobody means an amount


class MailField(forms.EmailField):
    def run_validators(self, value):
        """A letter that cannot be stored breaks every other rule too; one sentence is enough."""
        validate_plain_text(value or "")
        super().run_validators(value)


class YenField(forms.IntegerField):
    """Yen as people write them: 25,000,000, 2500万, 1.5億, 1億2000万, １，０００円."""

    widget = forms.TextInput(attrs={"inputmode": "text", "class": "text-end"})
    default_error_messages = {
        "invalid": "2500万 または 25,000,000 のように入力してください。",
        "max_value": "金額が大きすぎます。単位（円・万・億）を確かめてください。",
        "min_value": "0円以上で入力してください。",
    }

    def to_python(self, value):
        if value is None or not str(value).strip():
            return None
        typed = str(value)
        text = re.sub(r"[,、¥円\s]", "", unicodedata.normalize("NFKC", typed))
        parts = MONEY.fullmatch(text)
        # NFKC makes digits of ² and ①, which nobody means as part of an amount.
        is_plain = len(TYPED_DIGIT.findall(typed)) == len(TYPED_DIGIT.findall(text))
        if len(text) > LONGEST or not parts or not any(parts.groups()[1:]) or not is_plain:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        sign, oku, man, yen = parts.groups()
        amount = Decimal(oku or 0) * 10**8 + Decimal(man or 0) * 10**4 + Decimal(yen or 0)
        if amount != amount.to_integral_value():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(-amount if sign else amount)

    def prepare_value(self, value):
        return f"{value:,}" if isinstance(value, int) else value
