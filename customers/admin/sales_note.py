from django.contrib import admin
from django.template.defaultfilters import truncatechars

from customers.admin.records import RecordAdmin
from customers.models import SalesNote


@admin.register(SalesNote)
class SalesNoteAdmin(RecordAdmin):
    """Retained evidence: notes are added, never rewritten, whatever the role."""

    list_display = [
        "note_id",
        "customer",
        "note_type",
        "subject",
        "opening",
        "priority",
        "follow_up_date",
        "writer",
        "created_at",
    ]
    list_filter = ["note_type", "priority", "is_cash_related"]
    list_select_related = ["customer", "sales_rep"]
    search_fields = ["customer", "subject", "content"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、件名、内容で探せます"
    autocomplete_fields = ["customer"]
    readonly_fields = ["sales_rep", "created_at"]
    fieldsets = [
        ("基本", {"fields": ["customer", ("note_type", "priority"), "subject", "content"]}),
        (
            "次の対応",
            {
                "fields": [
                    "follow_up_date",
                    "is_cash_related",
                    ("predicted_amount", "predicted_date"),
                ]
            },
        ),
        ("記録", {"fields": [("sales_rep", "created_at")]}),
    ]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def label(self, obj):
        return f"{obj.customer.name}・メモ #{obj.pk}"

    @admin.display(description="内容")
    def opening(self, note):
        return truncatechars(note.content, 30)

    @admin.display(description="記入者", ordering="sales_rep__rep_code")
    def writer(self, note):
        return note.sales_rep and note.sales_rep.name
