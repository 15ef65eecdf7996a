"""Whose customers go to whom."""

from django import forms
from django.core.exceptions import ValidationError

from customers.forms.customer import AdviserField
from customers.forms.polite import PoliteMessages
from customers.models import Adviser


class HandOverForm(PoliteMessages, forms.Form):
    """Gives from anybody within sight, also from people who left; takes who works here."""

    giver = AdviserField(
        label="引き継ぐ担当者（いまの担当）",
        queryset=Adviser.objects.none(),
        empty_label="選んでください",
    )
    taker = AdviserField(
        label="引き継ぎ先の担当者",
        queryset=Adviser.objects.none(),
        empty_label="選んでください",
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, data=None, *, user, initial=None):
        super().__init__(data, initial=initial)
        colleagues = Adviser.objects.visible_to(user).order_by("branch", "rep_code")
        self.fields["giver"].queryset = colleagues
        self.fields["taker"].queryset = colleagues.filter(is_active=True)

    def clean(self):
        cleaned = super().clean()
        giver, taker = cleaned.get("giver"), cleaned.get("taker")
        if giver and giver == taker:
            same = "いまの担当と同じです。別の担当者を選んでください。"
            self.add_error("taker", ValidationError(same, code="same"))
        return cleaned
