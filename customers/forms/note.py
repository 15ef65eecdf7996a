"""What is written down after a contact."""

from django import forms
from django.core.exceptions import ValidationError

from customers.forms.polite import PoliteMessages, unix_lines
from customers.models import SalesNote

NOTE_LENGTH = 10_000


class NoteForm(PoliteMessages, forms.ModelForm):
    class Meta:
        model = SalesNote
        fields = ["note_type", "content"]
        widgets = {
            "note_type": forms.RadioSelect(attrs={"class": "btn-check"}),
            "content": forms.Textarea(
                attrs={
                    "rows": 4,
                    "class": "form-control",
                    "placeholder": "話したこと、約束したことを書いてください",
                }
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note_type"].initial = SalesNote.Kind.PHONE
        content = self.fields["content"]
        content.validators.append(validate_note_length)

    def clean_content(self):
        return unix_lines(self.cleaned_data["content"])

    def save_about(self, customer, *, author):
        self.instance.customer = customer
        self.instance.sales_rep = author
        return self.save()


def validate_note_length(text):
    if len(text) > NOTE_LENGTH:
        message = (
            f"メモは{NOTE_LENGTH:,}文字以内で入力してください。長いときは2回に分けてください。"
        )
        raise ValidationError(message, code="max_length")
