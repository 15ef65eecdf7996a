"""The address of a customer as of a day, or as of one change."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.forms.period import DayField, midnight
from customers.forms.polite import PoliteMessages

MOMENT = datetime.timedelta(microseconds=1)


class AsOfQuery(PoliteMessages, forms.Form):
    """`date` means the end of that day in Japan; `at` (of a link) is exact and goes before it."""

    date = DayField(label="日付", required=False)
    at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        self.fields["date"].initial = timezone.localdate()

    def clean_date(self):
        day = self.cleaned_data["date"]
        if day and day > timezone.localdate():
            raise ValidationError(
                "まだ来ていない日です。今日までの日付を入力してください。", code="future"
            )
        return day

    def clean_at(self):
        """What no page links to stands for nothing: then the day counts."""
        try:
            moment = parse_datetime(self.cleaned_data["at"])
        except ValueError:
            return None
        if (
            not moment
            or timezone.is_naive(moment)
            or not 1900 <= moment.year <= timezone.now().year
        ):
            return None
        return min(moment, timezone.now())

    @property
    def moment(self):
        day = self.cleaned_data["date"] or timezone.localdate()
        return self.cleaned_data["at"] or midnight(day + datetime.timedelta(days=1)) - MOMENT

    @property
    def day(self):
        return timezone.localdate(self.moment)
