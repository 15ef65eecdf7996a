"""The question before a customer is put away or taken back."""

from django import forms

from wealthai.forms import ReasonField


class ArchiveForm(forms.Form):
    change_reason = ReasonField(label="理由", help_text="変更履歴に残ります（例: 口座の解約）。")

    @classmethod
    def asked(cls, data, *, is_confirmed):
        """As ReasonForm.asked (batch.py): not checked while somebody still reads page by page."""
        form = cls(data)
        return (
            form if is_confirmed else cls(initial={"change_reason": form["change_reason"].value()})
        )
