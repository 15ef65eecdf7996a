"""Query strings with days in them. A day is a day in Japan."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import urlencode

from customers.fields import DateField
from customers.forms.polite import PoliteMessages

FIRST_DAY = datetime.date(1900, 1, 1)
LAST_DAY = datetime.date(2999, 12, 31)


def midnight(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


class DayField(DateField):
    """A day that both databases can be asked about; in an address it may be written in any way."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value):
        day = super().to_python(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(
                f"{FIRST_DAY.year}年から{LAST_DAY.year}年までの日付を入力してください。",
                code="range",
            )
        return day

    def bound_data(self, data, initial):
        """The browser's own field shows nothing but an ISO date."""
        try:
            return self.to_python(data)
        except ValidationError:
            return data


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
