from django.contrib import admin

from customers.admin.filters import CustomersAdviserFilter
from customers.admin.records import RecordAdmin
from customers.models import Adviser, CashInflow
from wealthai.wording import oku


@admin.register(CashInflow)
class CashInflowAdmin(RecordAdmin):
    list_display = [
        "inflow_id",
        "customer",
        "source_type",
        "short_predicted",
        "predicted_date",
        "confidence_level",
        "short_actual",
        "actual_date",
        "status",
        "adviser_name",
    ]
    list_filter = ["status", "confidence_level", "source_type", CustomersAdviserFilter]
    list_select_related = ["customer", "sales_rep"]
    search_fields = ["customer"]
    search_help_text = "顧客の氏名・カナ・コード・電話・メール・住所で探せます"
    autocomplete_fields = ["customer", "sales_rep"]
    readonly_fields = ["created_at", "updated_at"]
    date_hierarchy = "predicted_date"
    fieldsets = [
        ("基本", {"fields": [("customer", "sales_rep"), ("source_type", "status")]}),
        (
            "予測",
            {"fields": [("predicted_amount", "predicted_date"), "confidence_level", "source_note"]},
        ),
        ("実績", {"fields": [("actual_amount", "actual_date")]}),
        ("記録", {"fields": [("created_at", "updated_at")]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        """A colleague whom the editor may not choose would be lost by saving the form."""
        fields = super().get_readonly_fields(request, obj)
        colleagues = Adviser.objects.visible_to(request.user)
        if obj and obj.sales_rep_id and not colleagues.filter(pk=obj.sales_rep_id).exists():
            return [*fields, "sales_rep"]
        return fields

    def label(self, obj):
        return f"{obj.customer.name}・入金予測 #{obj.pk}"

    @admin.display(description="予測金額(円)", ordering="predicted_amount")
    def short_predicted(self, inflow):
        return oku(inflow.predicted_amount)

    @admin.display(description="実績金額(円)", ordering="actual_amount")
    def short_actual(self, inflow):
        return oku(inflow.actual_amount)

    @admin.display(description="担当", ordering="sales_rep__rep_code")
    def adviser_name(self, inflow):
        return inflow.sales_rep and inflow.sales_rep.name
