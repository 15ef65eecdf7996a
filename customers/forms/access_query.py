"""The address of the access records: who, whose record, what, when."""

from django import forms
from django.db.models import Q

from customers.forms.period import PeriodForm
from customers.models import AccessRecord, Adviser, Customer

CODE_LENGTH = 100


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
            found = found.filter(
                user__in=named(Adviser.objects.all(), "rep_code", cleaned["person"])
            )
        if cleaned["customer"]:
            customers = named(Customer.objects.all(), "customer_code", cleaned["customer"])
            found = found.filter(customer__in=customers)
        return found.filter(act=cleaned["act"]) if cleaned["act"] else found


def named(rows, code, text):
    """Those with exactly this code, else those whose name holds the text."""
    exact = rows.filter(**{f"{code}__iexact": text})
    return exact if exact.exists() else rows.filter(Q(name__contains=text))
