"""What an adviser may say about a conversation and about an answer."""

from django import forms

from chat.models import Conversation, Rating
from wealthai.text import validate_plain_text


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
        choices=[("1", "役に立った"), ("0", "役に立たない")], coerce=lambda value: value == "1"
    )
    reason = forms.ChoiceField(choices=Rating.Reason, required=False)
    comment = forms.CharField(max_length=200, required=False, validators=[validate_plain_text])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_good"):
            return cleaned | {"reason": "", "comment": ""}
        if cleaned.get("is_good") is False and not cleaned.get("reason"):
            self.add_error("reason", "理由を選んでください。")
        return cleaned
