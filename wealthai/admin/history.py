from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.http import Http404
from simple_history.admin import SimpleHistoryAdmin
from simple_history.manager import SIMPLE_HISTORY_REVERSE_ATTR_NAME

from wealthai.admin.scoped import ROW_ID, ScopedAdmin
from wealthai.forms import REASON_LENGTH, ReasonedForm, ReasonField, StoredForm
from wealthai.history import changes, names_of, revert_reason
from wealthai.writing import writing


def is_earlier_state(request):
    return request.resolver_match.url_name.endswith("_simple_history")


REASON = (None, {"fields": ["change_reason"]})


class PageForm(StoredForm, ReasonedForm):
    """The form of one record whose changes are kept."""


class HistoryAdmin(ScopedAdmin, SimpleHistoryAdmin):
    """Records whose every change is kept: a page of all changes, and each earlier state.

    The library answers both pages from the history table alone, also for a record that is hidden
    or gone, and lets anybody who may look save an earlier state; hence the checks here.
    """

    form = PageForm
    object_history_template = "admin/history.html"
    object_history_form_template = "admin/history_form.html"
    history_list_per_page = 50

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object_or_404(request, object_id)
        context = {
            "title": f"{self.opts.verbose_name}の変更履歴",
            "subtitle": self.label(obj),
            "has_view_permission": self.has_view_permission(request, obj),
        }
        return super().history_view(request, str(obj.pk), context | (extra_context or {}))

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """Each row of the page gets `changes`; the oldest is compared with the next page's first."""
        page = historical_records
        shown = list(page.object_list)
        page.object_list = shown
        rows = shown + list(page.paginator.object_list[page.end_index() : page.end_index() + 1])
        names = names_of(rows, request.user)
        for newer, older in zip(rows, rows[1:], strict=False):
            newer.changes = changes(newer, older, names)

    def is_shown(self, request, obj):
        """An earlier state that cannot come back is text too."""
        return super().is_shown(request, obj) or (
            is_earlier_state(request) and self.revert_disabled(request, obj)
        )

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        asks_why = obj is not None and not self.is_shown(request, obj)
        return [*fieldsets, REASON] if asks_why else fieldsets

    def save_model(self, request, obj, form, change):
        reverting = hasattr(obj, SIMPLE_HISTORY_REVERSE_ATTR_NAME)
        if change and not form.changed_values and not reverting:
            return  # a history of saves without a change hides those with one
        with writing(reason=revert_reason(form.reason) if reverting else form.reason):
            super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        with writing(reason=form.reason):
            super().save_formset(request, form, formset, change)

    def get_readonly_fields(self, request, obj=None):
        if obj is not None and is_earlier_state(request) and self.is_shown(request, obj):
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return super().get_readonly_fields(request, obj)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Going back needs a reason; what was changed since was right for somebody."""
        form = super().get_form(request, obj, change, **kwargs)
        if not is_earlier_state(request):
            return form
        room = REASON_LENGTH - len(revert_reason(""))
        return type(form)(
            form.__name__,
            (form,),
            {"change_reason": ReasonField(label="戻す理由", max_length=room)},
        )

    def get_history_queryset(self, *args, **kwargs):
        return super().get_history_queryset(*args, **kwargs).select_related("batch")

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        obj = self.get_object_or_404(request, object_id)
        if not ROW_ID.fullmatch(version_id):
            raise Http404
        if request.method == "POST" and self.revert_disabled(request, obj):
            raise PermissionDenied
        context = {
            "title": f"{self.opts.verbose_name}の以前の内容",
            "subtitle": self.label(obj),
            "record": self.model.history.filter(pk=version_id).first(),
        }
        return super().history_form_view(
            request, str(obj.pk), version_id, context | (extra_context or {})
        )
