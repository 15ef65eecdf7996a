"""What is written down after a contact, and the correction of what was written."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from customers.forms.polite import PoliteMessages, unix_lines
from customers.models import SalesNote
from wealthai.forms import ReasonedForm
from wealthai.sent_once import SentOnceForm
from wealthai.text import validate_plain_text
from wealthai.writing import writing

NOTE_LENGTH = 10_000


class WordsForm(PoliteMessages, forms.ModelForm):
    """The words of a note: kind, subject, content."""

    class Meta:
        model = SalesNote
        fields = ["note_type", "subject", "content"]
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
        self.fields["content"].validators.append(validate_note_length)

    def clean_content(self):
        return unix_lines(self.cleaned_data["content"])


class NoteForm(SentOnceForm, WordsForm):
    """A new note and, where something was promised, the task that comes of it."""

    next_step = forms.CharField(
        label="次の対応",
        max_length=200,
        required=False,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"placeholder": "円債の提案を2案つくる"}),
    )

    class Meta(WordsForm.Meta):
        fields = [*WordsForm.Meta.fields, "follow_up_date"]
        labels = {"follow_up_date": "期日"}

    @property
    def opens_more(self):
        """Whether what stands folded away has to be seen."""
        names = ("subject", "next_step", "follow_up_date")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self):
        cleaned = super().clean()
        is_missing = not cleaned.get("next_step") and "next_step" not in self.errors
        if cleaned.get("follow_up_date") and is_missing:
            self.add_error("next_step", "期日までにすることを入力してください。")
        return cleaned

    @transaction.atomic
    def save_about(self, customer, *, author):
        self.instance.customer = customer
        self.instance.sales_rep = author
        self.instance.next_step = self.cleaned_data["next_step"]
        return self.save()


class CorrectionForm(WordsForm, ReasonedForm):
    """Another version of `original`; `seen` is the version that was on screen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, original, initial=None, **kwargs):
        self.original = original
        versions = [original, *original.corrections.order_by("pk")]
        self.newest = versions[-1]
        words = {name: getattr(self.newest, name) for name in WordsForm.Meta.fields}
        super().__init__(*args, initial=words | {"seen": self.newest.pk}, **kwargs)
        self.is_stale = False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("seen") != self.newest.pk:
            self.report_conflict()
        elif not {"note_type", "subject", "content"} & set(self.changed_data):
            self.add_error(
                "content", "訂正する所がまだ変わっていません。直してから保存してください。"
            )
        return cleaned

    def report_conflict(self):
        self.is_stale = True
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.newest.pk
        who = self.newest.sales_rep
        raise ValidationError(
            f"{f'{who.name}さん' if who else 'ほかの人'}が先に訂正しました。"
            "下のいまの内容を確かめ、この画面の内容でよければもう一度保存してください。"
        )

    def save_by(self, author):
        """What was agreed with the customer stays with the original; only its words change."""
        self.instance.corrects = self.original
        self.instance.customer = self.original.customer
        self.instance.sales_rep = author
        self.instance.priority = self.original.priority
        with writing(reason=self.reason):
            return self.save()


def validate_note_length(text):
    if len(text) > NOTE_LENGTH:
        message = (
            f"メモは{NOTE_LENGTH:,}文字以内で入力してください。長いときは2回に分けてください。"
        )
        raise ValidationError(message, code="max_length")
