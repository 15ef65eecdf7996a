"""The address of the suggestions: what somebody has typed so far."""

from django import forms

from customers.search import MAX_LENGTH


class SuggestQuery(forms.Form):
    q = forms.CharField(required=False, max_length=MAX_LENGTH)

    @property
    def text(self):
        return self.cleaned_data["q"] if self.is_valid() else ""
