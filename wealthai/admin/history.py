from django.core.exceptions import PermissionDenied
from django.http import Http404
from simple_history.admin import SimpleHistoryAdmin

from wealthai.admin.scoped import ROW_ID, ScopedAdmin
from wealthai.history import changes, in_words, names_of
from wealthai.writing import writing

REASON = (None, {"fields": ["change_reason"]})


class HistoryAdmin(ScopedAdmin, SimpleHistoryAdmin):
    """Records whose every change is kept: a page of all changes, and each earlier state.

    The library answers both pages from the history table alone, also for a record that is hidden
    or gone, and lets anybody who may look save an earlier state, past every rule; hence the pages
    here. Both are for reading. Earlier values come back where the product has a page for it.
    """

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

    def get_history_queryset(self, *args, **kwargs):
        return super().get_history_queryset(*args, **kwargs).select_related("batch")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        asks_why = obj is not None and not self.is_shown(request, obj)
        return [*fieldsets, REASON] if asks_why else fieldsets

    def save_model(self, request, obj, form, change):
        if change and not form.changed_values:
            return  # a history of saves without a change hides those with one
        with writing(reason=form.reason):
            super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        with writing(reason=form.reason):
            super().save_formset(request, form, formset, change)

    # --- One earlier state --------------------------------------------------------------
    def restore_url(self, request, obj, record):
        """The product's page on which this person may bring `record` back; None without one."""

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """As text, in the names that this person may read: `record` may point to a hidden row."""
        obj = self.get_object_or_404(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        told = (self.model.history, self.opts.pk.attname, obj.pk)
        versions = self.get_history_queryset(request, *told)
        record = ROW_ID.fullmatch(version_id) and versions.filter(pk=version_id).first()
        if not record:
            raise Http404
        names = names_of([record], request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.opts.verbose_name}の以前の内容",
            "subtitle": self.label(obj),
            "opts": self.opts,
            "object": obj,
            "record": record,
            "values": [
                (field.verbose_name, in_words(field, getattr(record, field.attname), names))
                for field in record.tracked_fields
            ],
            "restore_url": self.restore_url(request, obj, record),
        }
        template = self.object_history_form_template
        return self.render_history_view(request, template, context | (extra_context or {}))
