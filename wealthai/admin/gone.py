"""Rows of a table on a form that somebody else deleted while the form was open.

They leave the form, which can be saved without them. What was typed into one is shown beside what
happened to it, so that it is not lost; one that nobody touched goes without a word.
"""

import re
from dataclasses import dataclass, replace

from django.db import models

from wealthai.admin.scoped import ROW_ID
from wealthai.tracking import record_of
from wealthai.versioned import Difference


@dataclass(frozen=True)
class GoneRow:
    row: models.Model  # as the history knows it
    record: models.Model | None  # its newest history row, below this very record
    lines: list[Difference]  # every field that the form shows

    @property
    def what_happened(self):
        if self.record is None or self.record.history_type != "-":
            return "この行は、ほかの人が先に削除したか、別の顧客に移しました。"
        who = self.record.history_user
        return f"{f'{who.name}さん' if who else 'ほかの人'}が先にこの行を削除しました。"


def leave_out(formset):
    """Takes the rows that are gone out of what was sent, and returns those that were typed into."""
    key, sent = formset.model._meta.pk.name, formset.data
    known = {str(row.pk) for row in formset.get_queryset()}
    numbers = range(min(formset.initial_form_count(), formset.total_form_count()))
    gone = [n for n in numbers if sent.get(f"{formset.add_prefix(n)}-{key}") not in known]
    typed = [gone_row(formset, n) for n in gone if not formset.data.get(deletion(formset, n))]
    if gone:
        renumber(formset, gone)
    return [one for one in typed if one]


def deletion(formset, number):
    return f"{formset.add_prefix(number)}-DELETE"


def gone_row(formset, number):
    """None where nothing was typed into it."""
    prefix = formset.add_prefix(number)
    record = last_record(formset, formset.data.get(f"{prefix}-{formset.model._meta.pk.name}") or "")
    row = record.instance if record else formset.model()
    form = formset.form(formset.data, prefix=prefix, instance=row)
    form.seen = record and record_of(row, formset.data.get(f"{prefix}-version"))
    touched = [name for name in form.merged_names() if form.differs(name, form.seen or row)]
    if not touched:
        return None
    columns = {field.name for field in row._meta.fields}
    return GoneRow(row, record, [line_of(form, name) for name in form.fields if name in columns])


def line_of(form, name):
    """What nobody could change here was not sent, and a state that nobody kept is the last one."""
    line = form.difference(name)
    seen = line.seen if form.seen else line.stored
    return replace(line, seen=seen, typed=seen if form.fields[name].disabled else line.typed)


def last_record(formset, pk):
    """Of the time when the row belonged to this very record; another's is nobody's business."""
    if not ROW_ID.fullmatch(pk):
        return None
    keys = {formset.model._meta.pk.attname: pk, formset.fk.attname: formset.instance.pk}
    return formset.model.history.filter(**keys).select_related("history_user").first()


def renumber(formset, gone):
    """The rows that are left count from 0 without a gap, as a formset expects them."""
    data, rows = formset.data.copy(), {}
    for key in list(data):
        if match := re.fullmatch(rf"{re.escape(formset.prefix)}-(\d+)-(.+)", key, re.ASCII):
            rows.setdefault(int(match[1]), {})[match[2]] = data.getlist(key)
            del data[key]
    left = [number for number in sorted(rows) if number not in gone]
    for number, old in enumerate(left):
        for name, values in rows[old].items():
            data.setlist(f"{formset.add_prefix(number)}-{name}", values)
    for count in ("TOTAL", "INITIAL"):
        name = f"{formset.prefix}-{count}_FORMS"
        data[name] = str(int(data[name]) - len(gone))
    formset.data = data
    vars(formset).pop("management_form", None)  # it had read the old numbers
