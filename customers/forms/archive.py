"""The question before a customer is put away or taken back."""

from customers.forms.batch import ConfirmedForm
from wealthai.forms import ReasonField


class ArchiveForm(ConfirmedForm):
    change_reason = ReasonField(label="理由", help_text="変更履歴に残ります（例: 口座の解約）。")
