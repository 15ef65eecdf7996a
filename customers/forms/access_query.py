"""The address of the access records: who, whose record, what, when."""

import re

from django import forms
from django.db.models import Q

from customers.forms.period import PeriodForm
from customers.models import AccessRecord, Adviser, Customer

CODE_LENGTH = 100
OWN_CODE = re.compile(r"[Ww](\d{1,9})", re.ASCII)


class AccessQuery(PeriodForm):
    PLACES = ("before",)

    person = forms.CharField(
        label="担当者",
        required=False,
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"placeholder": "コードか氏名"}),
    )
    customer = forms.CharField(
        label="顧客",
        required=False,
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"placeholder": "コードか氏名"}),
    )
    act = forms.ChoiceField(
        label="操作", choices=[("", "すべて"), *AccessRecord.Act.choices], required=False
    )
    before = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    field_order = ["person", "customer", "act", "date_from", "date_to"]

    def found_in(self, records):
        cleaned = self.cleaned_data
        found = records.of_period(**self.period())
        if cleaned["person"]:
            found = found.filter(user__in=people(cleaned["person"]))
        if cleaned["customer"]:
            found = found.about(customers(cleaned["customer"]))
        return found.filter(act=cleaned["act"]) if cleaned["act"] else found


def people(text):
    """Who has exactly this code, else those whose name holds the text."""
    exact = Adviser.objects.filter(rep_code__iexact=text)
    return exact if exact.exists() else Adviser.objects.filter(name__contains=text)


def customers(text):
    """Who has exactly this code (W123 of another system's row included), else whom search finds."""
    has_code = Q(customer_code__iexact=text)
    own = OWN_CODE.fullmatch(text)
    if own:
        has_code |= Q(customer_code=None, pk=own[1])
    exact = Customer.objects.filter(has_code)
    return exact if exact.exists() else Customer.objects.search(text)
