"""What a person typed into a form that was not saved: given back, so that nothing is lost.

Nothing but the request is asked, so the answer about a hidden record stays that about a missing one.
"""

from dataclasses import dataclass

from django import forms
from django.forms.utils import pretty_name

LINES, WIDTH = 12, 40


@dataclass(frozen=True)
class Typed:
    label: str
    text: str

    @property
    def rows(self):
        """Lines that the text takes on a narrow page, as far as a box should grow."""
        lines = sum(1 + len(line) // WIDTH for line in self.text.splitlines())
        return min(max(lines, 1), LINES)


def typed_in(request):
    """The filled fields of the address's form, each with its label. A choice that only the database
    could put into words is left out."""
    view = getattr(request.resolver_match, "func", None)
    form = getattr(getattr(view, "view_class", None), "form_class", None)
    if request.method != "POST" or form is None:
        return []
    sent = ((name, field, request.POST.get(name, "")) for name, field in form.base_fields.items())
    found = (
        Typed(field.label or pretty_name(name), words(field, text)) for name, field, text in sent
    )
    return [one for one in found if one.text]


def words(field, text):
    if isinstance(field, forms.ModelChoiceField) or is_secret(field):
        return ""
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(text, "")) if text else ""
    return text.strip()


def is_secret(field):
    return field.widget.is_hidden or isinstance(field.widget, forms.PasswordInput)
