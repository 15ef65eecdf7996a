"""What the forms of the customers' pages share. Sentences name the field and the next step."""

from django import forms

from wealthai.forms import unix_lines

__all__ = ["PoliteMessages", "unix_lines"]

UNREADABLE = "読み取れない文字が含まれています。文字化けした部分を入力し直してください。"


class PoliteMessages:
    """Gives each field sentences of our own, and lets nobody lose what goes over a length."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = "選択" if isinstance(field, forms.ChoiceField) else "入力"
            field.error_messages |= {
                "required": f"{field.label}を{verb}してください。",
                "invalid_choice": f"{field.label}は一覧から選んでください。",
                "null_characters_not_allowed": UNREADABLE,
            }
            if isinstance(field, forms.TypedChoiceField) and not field.required:
                field.choices = [("", "未設定"), *field.choices[1:]]
            length = getattr(field, "max_length", None)
            if length:
                field.error_messages["max_length"] = (
                    f"{field.label}は{length}文字以内で入力してください（いまは%(show_value)d文字です）。"
                )
                # Browsers cut pasted text off at maxlength without a word.
                field.widget.attrs.pop("maxlength", None)
