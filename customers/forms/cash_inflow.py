"""Money that a customer expects, and that came."""

from django import forms

from customers.forms.polite import PoliteMessages, unix_lines
from customers.forms.versioned import RecordForm
from customers.models import CashInflow
from wealthai.forms import StoredChoices, StoredValues
from wealthai.sent_once import SentOnceForm


class CashInflowForm(PoliteMessages, StoredValues, StoredChoices, SentOnceForm, RecordForm):
    class Meta:
        model = CashInflow
        fields = [
            "source_type",
            "predicted_amount",
            "predicted_date",
            "confidence_level",
            "status",
            "actual_amount",
            "actual_date",
            "source_note",
        ]
        widgets = {"source_note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, customer=None, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        if customer:
            self.instance.customer, self.instance.sales_rep = customer, user
        self.fields["source_note"].empty_value = None

    def clean_source_note(self):
        return unix_lines(self.cleaned_data["source_note"])
