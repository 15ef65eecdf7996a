"""Back-office pages of rows whose versions are compared: two people cannot undo each other."""

from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from wealthai.admin.gone import leave_out
from wealthai.admin.history import HistoryAdmin
from wealthai.admin.scoped import ScopedInline
from wealthai.forms import ReasonedForm, VersionedStoredForm


def is_saving(request):
    return request.method == "POST" and request.resolver_match.url_name.endswith("_change")


def held(queryset, request):
    """Locked while it is compared with what the person saw (SQLite locks as a whole)."""
    return queryset.select_for_update(of=("self",)) if is_saving(request) else queryset


class VersionedPageForm(VersionedStoredForm, ReasonedForm):
    """The form of one such record."""


class VersionedAdmin(HistoryAdmin):
    form = VersionedPageForm
    change_form_template = "admin/versioned_form.html"

    def get_queryset(self, request):
        return held(super().get_queryset(request), request)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, (None, {"fields": ["version"], "classes": ["hidden"]})]

    def render_change_form(self, request, context, *args, **kwargs):
        """The conflict says itself what to do; "mend the red fields" would be wrong beside it."""
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        forms = [context["adminform"].form, *(form for one in formsets for form in one.forms)]
        wrong = [form.errors.as_data() for form in forms if form.errors]
        found = [errors for data in wrong for errors in data.values()]
        found += [one.non_form_errors().as_data() for one in formsets]
        if {error.code for errors in found for error in errors} <= {"conflict", "gone"}:
            context["errors"] = None
        return super().render_change_form(request, context, *args, **kwargs)


class VersionedRows(BaseInlineFormSet):
    """`gone` are the rows that somebody else deleted and this person typed into."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.gone = leave_out(self) if self.is_bound else []

    def clean(self):
        """A row marked for deletion is not validated, so its conflict is reported here."""
        super().clean()
        if self.gone:
            raise ValidationError(
                "入力した行を、ほかの人が先に削除しました。画面の上の内容を確かめて、もう一度保存してください。",
                code="gone",
            )
        going = [form for form in self.initial_forms if self._should_delete_form(form)]
        if any(form.conflicts or form.taken_over for form in going):
            raise ValidationError(
                "削除しようとした行を、ほかの人が先に更新しました。"
                "いまの内容を確かめ、削除してよければもう一度保存してください。"
            )


class VersionedInline(ScopedInline):
    form = VersionedStoredForm
    formset = VersionedRows

    def get_queryset(self, request):
        return held(super().get_queryset(request), request)

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        editable = self.has_change_permission(request, obj)
        return [*fields, "version"] if editable and "version" not in fields else fields
