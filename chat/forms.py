"""What an adviser may say about a conversation and about an answer."""

from django import forms

from chat.models import Conversation, Rating
from wealthai.text import validate_plain_text

NO_REASON = "役に立たない理由を選んでください。"


class TitleForm(forms.ModelForm):
    class Meta:
        model = Conversation
        fields = ["title"]
        error_messages = {
            "title": {
                "required": "題名を入力してください。",
                "max_length": "題名は60文字以内で入力してください。",
            }
        }


class SwitchForm(forms.Form):
    """On or off: pinned or not, hidden or not."""

    on = forms.BooleanField(required=False)


class RatingForm(forms.Form):
    is_good = forms.TypedChoiceField(
        choices=[("1", "役に立った"), ("0", "役に立たない")],
        coerce=lambda value: value == "1",
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], "「役に立った」か「役に立たない」を押してください。"
        ),
    )
    reason = forms.ChoiceField(
        choices=Rating.Reason, required=False, error_messages={"invalid_choice": NO_REASON}
    )
    comment = forms.CharField(
        max_length=200,
        required=False,
        validators=[validate_plain_text],
        error_messages={"max_length": "補足は200文字以内で入力してください。"},
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_good"):
            return cleaned | {"reason": "", "comment": ""}
        if cleaned.get("is_good") is False and not cleaned.get("reason"):
            self.add_error("reason", NO_REASON)
        return cleaned
