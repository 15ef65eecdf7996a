"""A form whose answer was lost is sent again: then what it saved is there already.

The form's token is its Idempotency-Key: kept for a day, per person, with what came of it.
"""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from wealthai.api.idempotency import Replay, claim
from wealthai.api.problems import Unprocessable

SAVED_BEFORE = (
    "先に送った内容は保存されています。いまの内容も別に追加するときは、もう一度保存してください。"
)


class Token(forms.UUIDField):
    """What is no token (of a program, say) is none: the form works without."""

    # Two forms of one page would have one id, and Firefox would bring an old token back.
    widget = forms.HiddenInput(attrs={"id": False, "autocomplete": "off"})

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError:
            return None


class SentOnceForm(forms.ModelForm):
    """The form of a new row."""

    once = Token(required=False, initial=uuid.uuid4)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["once"]

    def saved_once(self, save, *, user, path):
        """What `save` makes, or made when the same came from this form before.

        None where the words are others by now, which then is in the form: nobody but the person can
        tell whether they are one more row.
        """
        token = self.cleaned_data.get("once")
        if token is None:
            return save()
        rows = self._meta.model._default_manager
        try:
            with transaction.atomic():
                held = claim(user, rows.model._meta.label_lower, str(token), self.sent(path))
                if isinstance(held, Replay):
                    return rows.filter(pk=held.body["pk"]).first() or self.instance
                row = save()
                held.finish(200, {"pk": row.pk})
                return row
        except Unprocessable:
            self.data = self.data.copy()
            self.data["once"] = str(uuid.uuid4())
            self.add_error(None, SAVED_BEFORE)
            return None

    def sent(self, path):
        return {"path": path} | {name: self[name].data for name in self.fields if name != "once"}
