"""What every form about a stored row shares."""

from django import forms

from wealthai.versioned import VersionedForm


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


class StoredForm(StoredChoices, forms.ModelForm):
    """The form of the admin's pages and rows."""


class VersionedStoredForm(StoredChoices, VersionedForm):
    """The same, for rows whose versions are compared."""
