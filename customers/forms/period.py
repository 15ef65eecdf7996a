"""Query strings with days in them. A day is a day in Japan."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import urlencode

from customers.forms.polite import PoliteMessages

DAY_MESSAGE = "日付は 2026/05/01 のように、実在する日付を入力してください。"
FIRST_DAY = datetime.date(1900, 1, 1)
LAST_DAY = datetime.date(2999, 12, 31)


def midnight(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


class DayField(forms.DateField):
    """A day that both databases can be asked about."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": DAY_MESSAGE}

    def to_python(self, value):
        day = super().to_python(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(DAY_MESSAGE, code="invalid")
        return day


class PeriodForm(PoliteMessages, forms.Form):
    """A query string with a period; `since` and `until` are its moments in Japan."""

    PLACES = ()  # fields that say where the page begins

    date_from = DayField(label="期間の初日", required=False)
    date_to = DayField(label="期間の末日", required=False)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("date_from"), cleaned.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", "期間の末日は、初日と同じ日か後の日を入力してください。")
        return cleaned

    def period(self):
        first, last = self.cleaned_data["date_from"], self.cleaned_data["date_to"]
        return {
            "since": first and midnight(first),
            "until": last and midnight(last + datetime.timedelta(days=1)),
        }

    def link(self, **changes):
        """The query string of this page with `changes`."""
        state = {name: self[name].value() for name in self.fields} | changes
        return "?" + urlencode({name: value for name, value in state.items() if value})

    @property
    def link_from_start(self):
        """The same conditions from the newest row on."""
        return self.link(**dict.fromkeys(self.PLACES, ""))

    @property
    def is_filtered(self):
        return self.link_from_start != "?"
