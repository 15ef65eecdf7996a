"""Form fields that every app shares."""

from django import forms

from wealthai.text import without_bom


class PlainText(forms.CharField):
    """Text as people type or paste it."""

    def to_python(self, value):
        return super().to_python(without_bom(value) if isinstance(value, str) else value)
