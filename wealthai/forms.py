"""What every form about a stored row shares."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError

from wealthai.text import validate_plain_text
from wealthai.versioned import VersionedForm

REASON_LENGTH = 100  # of history_change_reason


class StoredChoices:
    """Offers a stored value that is on no list: another system wrote it, and saving keeps it.

    The empty option would stand selected instead, and saving the form would erase the value.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.unlisted = {}
        for name, field in self.fields.items():
            stored = getattr(self.instance, name, None) if self.instance.pk else None
            if not isinstance(field, forms.TypedChoiceField) or stored in (None, ""):
                continue
            if not field.valid_value(stored):
                self.unlisted[name] = stored
                field.choices = [*field.choices, (stored, f"{stored}（一覧にない値）")]

    def _get_validation_exclusions(self):
        """The model knows its list only."""
        kept = {
            name for name, value in self.unlisted.items() if self.cleaned_data.get(name) == value
        }
        return super()._get_validation_exclusions() | kept


class StoredValues:
    """Keeps what another system stored and nobody touched, whatever may be typed today.

    A field that comes back as it was shown is neither read nor refused: a customer whose telephone
    number nobody can mend now still gets a new address.
    """

    TYPED = (forms.CharField, forms.DateField, forms.IntegerField)  # a DecimalField is one too

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.untouched = set()

    def _clean_fields(self):
        super()._clean_fields()
        self.untouched = set()
        for name, bound in self._bound_items():
            if self.is_untouched(name, bound):
                self.untouched.add(name)
                self._errors.pop(name, None)
                self.cleaned_data[name] = bound.initial

    def is_untouched(self, name, bound):
        field = bound.field
        if not self.instance.pk or field.disabled or not isinstance(field, self.TYPED):
            return False
        try:
            self.instance._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        shown = field.widget.format_value(field.prepare_value(bound.initial))
        return bool(shown) and unix_lines(str(shown)) == unix_lines(str(bound.data or ""))

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() | self.untouched

    def _update_errors(self, errors):
        """The row's rules say nothing more about a field that is wrong already."""
        found = errors.update_error_dict({})
        wrong = self.errors.keys() - {NON_FIELD_ERRORS}
        super()._update_errors(
            ValidationError({name: found[name] for name in found if name not in wrong})
        )


class UncutTexts:
    """Refuses what is too long. Browsers cut pasted text off at maxlength without a word."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class StoredForm(UncutTexts, StoredValues, StoredChoices, forms.ModelForm):
    """The form of the admin's pages and rows."""


class VersionedStoredForm(UncutTexts, StoredValues, StoredChoices, VersionedForm):
    """The same, for rows whose versions are compared."""


class ReasonField(forms.CharField):
    """変更の理由, as it will stand in the history."""

    default_validators = [validate_plain_text]

    def __init__(self, **options):
        length = options.pop("max_length", REASON_LENGTH)
        messages = {
            "required": "理由を入力してください。あとから変更履歴で確かめられます。",
            "max_length": f"理由は{length}文字以内で入力してください（いまは%(show_value)d文字です）。",
        }
        defaults = {"label": "変更の理由", "max_length": length, "error_messages": messages}
        super().__init__(**defaults | options)

    def widget_attrs(self, widget):
        """Browsers cut pasted text off at maxlength without a word."""
        return {
            name: value
            for name, value in super().widget_attrs(widget).items()
            if name != "maxlength"
        }


class ReasonedForm(forms.ModelForm):
    """Asks why. The reason is about the save and no value of the row."""

    change_reason = ReasonField(
        required=False, help_text="変更履歴に残ります（例: 本人から電話）。空欄でもかまいません。"
    )
    BESIDE = frozenset({"change_reason", "version"})

    @property
    def changed_values(self):
        return [name for name in self.changed_data if name not in self.BESIDE]

    @property
    def reason(self):
        return self.cleaned_data.get("change_reason", "")


def unix_lines(text):
    """Browsers send CRLF; stored so, every text would differ from what other systems wrote."""
    return text.replace("\r\n", "\n") if text else text


def notices_of(form):
    """What the person should know about values that were taken, one sentence each."""
    notices = (getattr(form.fields[name], "notice", None) for name in form.changed_data)
    return [notice for notice in notices if notice]
