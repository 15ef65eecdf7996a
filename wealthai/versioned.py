"""Two people, one row: a form that notices the other, and merges what does not collide.

The view loads the row with a lock before it validates. What the person typed is compared with the
state that was on screen (the history keeps it) and with what is stored now:

- a field that only the other person changed is taken over,
- a field that only this person changed stays as typed,
- where both changed it, the form comes back with all three values and a choice.

Saving again is then a decision, checked against the newest version in the same way.
"""

from dataclasses import dataclass

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models

from wealthai.history import in_words, said
from wealthai.tracking import record_of

TYPED, STORED = "typed", "stored"


@dataclass(frozen=True)
class Difference:
    """One field with two newer values, in words; `choice` names the radio buttons."""

    name: str
    label: str
    seen: str
    stored: str
    typed: str
    choice: str


class VersionedForm(forms.ModelForm):
    """After a conflict `is_stale` is true: `conflicts` wait for a choice, `taken_over` are done."""

    version = forms.CharField(label="版", widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_change = bool(self.instance.pk)
        self.is_stale = False
        self.seen = self.newest = None  # history rows: as opened, and as stored now
        self.conflicts = []
        self.taken_over = []
        if self.is_change:
            self.initial["version"] = self.instance.version()

    def full_clean(self):
        if self.is_bound and self.is_change and "version" in self.fields:
            self.meet_others()
            # A formset has asked already, before there was anything to take over.
            self.__dict__.pop("changed_data", None)
        super().full_clean()

    def clean(self):
        cleaned = super().clean()
        if self.is_stale:
            self.add_error(None, ValidationError(self.conflict_words(), code="conflict"))
        return cleaned

    def conflict_words(self):
        who = self.newest and self.newest.history_user
        first = f"{f'{who.name}さん' if who else 'ほかの人'}が先に更新しました。"
        if self.conflicts:
            return f"{first}どちらの内容を残すかを項目ごとに選び、もう一度保存してください。"
        return f"{first}下の変更を取り込みました。内容を確かめて、もう一度保存してください。"

    # --- Merging ------------------------------------------------------------------------
    def meet_others(self):
        """Carries out the choices of an earlier conflict, then merges what is newer still."""
        stored, version = self.initial["version"], self.data.get(self.add_prefix("version"))
        names = self.merged_names()
        chosen = [name for name in names if self.data.get(self.choice_of(name)) == STORED]
        if version == stored and not chosen:
            return
        self.data = self.data.copy()
        self.seen = None if version == stored else record_of(self.instance, version)
        for name in chosen:
            self.put(name, self.seen or self.instance)
        if version != stored:
            self.data[self.add_prefix("version")] = stored
            self.merge(names)

    def merge(self, names):
        touched = [name for name in names if self.differs(name, self.seen or self.instance)]
        newer = [name for name in names if self.is_newer(name) and self.differs(name)]
        self.conflicts = [self.difference(name) for name in newer if name in touched]
        self.taken_over = [self.difference(name) for name in newer if name not in touched]
        for one in self.taken_over:
            self.put(one.name, self.instance)
        # Who typed nothing new has nothing to lose, and what nobody sees here waits for nobody.
        self.is_stale = bool(touched and newer)
        if self.is_stale:
            self.newest = record_of(self.instance, self.initial["version"])

    def merged_names(self):
        """The row's own columns that this form may change."""
        columns = {column.name for column in self.instance._meta.concrete_fields}
        return [n for n, field in self.fields.items() if n in columns and not field.disabled]

    def is_newer(self, name):
        """Whether the stored value is another than the one on screen was (unknown: it may be)."""
        key = self.instance._meta.get_field(name).attname
        return self.seen is None or said(getattr(self.seen, key)) != said(
            getattr(self.instance, key)
        )

    def differs(self, name, row=None):
        """Whether what was typed means something else than the value of `row` (default: stored)."""
        return self.meaning(name) != self.meaning(name, row or self.instance)

    def meaning(self, name, row=None):
        """What the field makes of the typed text, or of the text that shows the value of `row`.

        2500万 and 25,000,000 are one amount then, and text loses what every browser changes in it.
        A text that the field refuses stands for itself.
        """
        field, key = self.fields[name], self.add_prefix(name)
        data = self.data if row is None else {key: self.as_sent(name, row)}
        text = field.widget.value_from_datadict(data, {}, key)
        text = text.replace("\r\n", "\n") if isinstance(text, str) else text
        try:
            value = field.clean(text)
        except ValidationError:
            value = text
        value = getattr(value, "pk", value)
        return None if value == "" else value

    def as_sent(self, name, row):
        """The value of `row` as a browser would send it from this form."""
        field = self.fields[name]
        value = getattr(row, self.instance._meta.get_field(name).attname)
        if isinstance(field.widget, forms.CheckboxInput):
            return str(bool(value))
        shown = field.widget.format_value(field.prepare_value(value))
        if isinstance(shown, list) and not field.widget.allow_multiple_selected:
            shown = shown[0]
        return "" if shown is None else shown

    def put(self, name, row):
        sent = self.as_sent(name, row)
        if isinstance(sent, list):
            self.data.setlist(self.add_prefix(name), sent)
        else:
            self.data[self.add_prefix(name)] = sent

    # --- Words --------------------------------------------------------------------------
    def choice_of(self, name):
        return f"{self.add_prefix(name)}-take"

    def difference(self, name):
        column = self.instance._meta.get_field(name)
        rows = [self.seen, self.instance]
        values = [row and getattr(row, column.attname) for row in rows] + [self.meaning(name)]
        names = self.names_among(name, column, values)
        seen, stored, typed = (in_words(column, value, names) for value in values)
        return Difference(name, self.fields[name].label, seen, stored, typed, self.choice_of(name))

    def names_among(self, name, column, values):
        """People of the firm are named to everybody; other rows as far as they can be chosen."""
        if not isinstance(column, models.ForeignKey):
            return {}
        field, related = self.fields[name], column.related_model
        rows = related._default_manager.all() if related is get_user_model() else field.queryset
        found = rows.filter(pk__in=[value for value in values if isinstance(value, int)])
        return {(name, row.pk): field.label_from_instance(row) for row in found}
