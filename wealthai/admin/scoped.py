"""Bases of every admin page: only what the person may see, Japanese titles, a reason in history."""

import functools
import re
from collections import Counter

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, SuspiciousOperation
from django.db import models
from django.http import Http404

from wealthai.admin.paging import CappedPaginator, KeysetChangeList, keyset_by
from wealthai.forms import StoredForm, notices_of
from wealthai.history import in_words
from wealthai.text import is_storable

# What the links of a list send: anything else could reach the database as it is.
LOOKUP_VALUES = {
    "exact": re.compile(r".{0,100}"),
    "isnull": re.compile(r"True|False|0|1"),
    "gte": re.compile(r"\d{4}-\d\d-\d\d.{0,20}"),
    "lt": re.compile(r"\d{4}-\d\d-\d\d.{0,20}"),
    "year": re.compile(r"(19|20|21)\d\d", re.ASCII),
    "month": re.compile(r"\d{1,2}", re.ASCII),
    "day": re.compile(r"\d{1,2}", re.ASCII),
}
TOO_LONG = re.compile(r"[-+]?\d{19,}")  # no integer of a database
ROW_ID = re.compile(r"\d{1,18}", re.ASCII)


def visible(queryset, user):
    """`queryset` limited by the model's own rule; models without one are open to all."""
    return queryset.visible_to(user) if hasattr(queryset, "visible_to") else queryset


@functools.cache
def readable(model, name):
    """A form field for people who only read: amounts with commas, yes and no as words.

    Cached, because the admin asks twice and looks for the very same function.
    """
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    figures = (models.IntegerField, models.DecimalField, models.BooleanField)
    if field.choices or field.primary_key or not isinstance(field, figures):
        return name

    @admin.display(description=field.verbose_name)
    def shown(obj):
        return in_words(field, getattr(obj, field.attname), {})

    shown.__name__ = name
    return shown


def without(fieldsets, names):
    """`fieldsets` without those fields, and without lines and sections that held nothing else."""
    for title, options in fieldsets:
        lines = [(line,) if isinstance(line, str) else line for line in options["fields"]]
        kept = [tuple(name for name in line if name not in names) for line in lines]
        if any(kept):
            yield title, options | {"fields": [line for line in kept if line]}


def readable_fieldsets(model, fieldsets):
    def line(item):
        return tuple(map(line, item)) if isinstance(item, (list, tuple)) else readable(model, item)

    return [(title, options | {"fields": line(options["fields"])}) for title, options in fieldsets]


def focus_first_error(form):
    first = next((name for name in form.fields if name in form.errors), None)
    if first:
        form.fields[first].widget.attrs["autofocus"] = True


class SearchableSelect(AutocompleteSelect):
    def optgroups(self, name, value, attr=None):
        """Django looks the ids up as they came, and fails on what is none (a form shown again)."""
        return super().optgroups(name, [one for one in value if ROW_ID.fullmatch(str(one))], attr)


class VisibleChoices:
    """What form and inline share: foreign keys offer visible rows only."""

    view_on_site = False

    def get_field_queryset(self, db, db_field, request):
        queryset = super().get_field_queryset(db, db_field, request)
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.all()
        return visible(queryset, request.user)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.null and isinstance(db_field, models.TextField):
            kwargs.setdefault("empty_value", None)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Records are added in their own lists, not in pop-up windows.
            field.widget = field.widget.widget
        if field is not None:
            is_choice = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
            verb = "選択" if is_choice else "入力"
            field.error_messages["required"] = f"{field.label}を{verb}してください。"
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            widget = SearchableSelect(db_field, self.admin_site, using=kwargs.get("using"))
            kwargs.setdefault("widget", widget)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        related = db_field.remote_field.model
        if self.admin_site.is_registered(related):
            field.label_from_instance = self.admin_site.get_model_admin(related).label
        return field


class ScopedInline(VisibleChoices, admin.TabularInline):
    form = StoredForm
    extra = 0

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return (
            readable_fieldsets(self.model, fieldsets) if self.is_shown(request, obj) else fieldsets
        )

    def get_readonly_fields(self, request, obj=None):
        if self.is_shown(request, obj):
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return super().get_readonly_fields(request, obj)

    def is_shown(self, request, obj):
        """Neither changed nor added to by this person."""
        may_change = self.has_change_permission(request, obj)
        return not (may_change or self.has_add_permission(request, obj))


class ScopedAdmin(VisibleChoices, admin.ModelAdmin):
    """A record that is not visible is a missing record: 404, on every page of it."""

    form = StoredForm
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    search_length = 100
    show_facets = admin.ShowFacets.NEVER  # a count for each choice of each filter
    has_history = True

    def label(self, obj):
        """How a row is called in suggestions and under the page title."""
        return str(obj)

    def get_queryset(self, request):
        return visible(super().get_queryset(request), request.user)

    def get_changelist(self, request, **kwargs):
        return KeysetChangeList

    def keyset_of(self, ordering, queryset):
        """How the list walks `queryset` in this order."""
        return keyset_by(queryset, ordering)

    def get_object_or_404(self, request, object_id):
        """Who may see no record of this kind gets one answer for all numbers: 403."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        return obj

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def _changeform_view(self, request, object_id, form_url, extra_context):
        """Inside the transaction of a save, so that a subclass may lock the row in its queryset."""
        if object_id is not None:
            self.get_object_or_404(request, object_id)
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        self.get_object_or_404(request, object_id)
        title = {"title": f"{self.opts.verbose_name}の削除"}
        return super().delete_view(request, object_id, title | (extra_context or {}))

    def get_search_results(self, request, queryset, search_term):
        if not self.is_searchable(search_term):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def is_searchable(self, text):
        return len(text) <= self.search_length and is_storable(text)

    def lookup_allowed(self, lookup, value, request):
        """Only what the list's filters link to, so that no query string can break the query."""
        if not is_storable(value) or TOO_LONG.fullmatch(value):
            return False
        names = {getattr(item, "parameter_name", item) for item in self.get_list_filter(request)}
        if lookup in names:
            return True
        field, _, kind = lookup.rpartition("__")
        field = field.removesuffix("__id")  # filters of related rows name their key
        pattern = LOOKUP_VALUES.get(kind)
        declared = field in names | {self.date_hierarchy}
        return bool(declared and pattern and pattern.fullmatch(value))

    def response_action(self, request, queryset):
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(map(ROW_ID.fullmatch, chosen)):
            raise SuspiciousOperation("Selected rows must be numbers.")
        if queryset.query.is_empty():  # the list says which condition it cannot read
            return None
        if request.POST.get("select_across") == "1":
            pages = self.get_paginator(request, queryset, self.list_per_page)
            if pages.is_capped:  # the list named a smaller number than the act would meet
                text = f"{pages.count_words}を一度に選ぶことはできません。条件で絞ってからもう一度選んでください。"
                self.message_user(request, text, messages.WARNING)
                return None
        return super().response_action(request, queryset)

    def get_deleted_objects(self, objs, request):
        """Related records are counted and not named: somebody else's may be among them."""
        _, counts, lacking, protected = super().get_deleted_objects(objs, request)
        own = [self.label(obj) for obj in objs]
        kinds = Counter(str(line).partition(":")[0] for line in protected)
        return own, counts, lacking, [f"{kind} {count}件" for kind, count in kinds.items()]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:  # what is only shown has nothing to show yet
            return list(without(fieldsets, set(self.get_readonly_fields(request))))
        return (
            readable_fieldsets(self.model, fieldsets) if self.is_shown(request, obj) else fieldsets
        )

    def is_shown(self, request, obj):
        """The page is text, because this person does not change the record there."""
        return not self.has_change_permission(request, obj)

    # --- What is written ----------------------------------------------------------------
    def stamp(self, request, obj):
        """Called for every row before it is saved or deleted here, inlines included."""

    def save_model(self, request, obj, form, change):
        self.stamp(request, obj)
        self.say(request, notices_of(form))
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            self.stamp(request, row)
            row.delete()
        for row in rows:
            self.stamp(request, row)
            row.save()
        for row_form in formset.forms:
            self.say(request, notices_of(row_form))
        formset.save_m2m()

    def say(self, request, notices):
        for notice in notices:
            self.message_user(request, notice, messages.WARNING)

    def delete_model(self, request, obj):
        self.stamp(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    # --- Titles -------------------------------------------------------------------------
    def changelist_view(self, request, extra_context=None):
        title = {"title": self.opts.verbose_name}
        return super().changelist_view(request, title | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        act = "の登録" if add else "の編集" if self.has_change_permission(request, obj) else ""
        context["title"] = f"{self.opts.verbose_name}{act}"
        context["subtitle"] = self.label(obj) if obj else None
        context["has_history"] = self.has_history
        focus_first_error(context["adminform"].form)
        return super().render_change_form(request, context, add, change, form_url, obj)


class ReadOnlyAdmin(ScopedAdmin):
    """Tables that are evidence: looked at, never written by hand."""

    has_history = False

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
