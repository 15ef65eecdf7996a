"""The tables below the customer's form."""

from django import forms
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from customers.admin.records import YEN, is_open
from customers.forms.valuation import FollowingValue
from customers.models import CashInflow, Holding, SalesNote
from wealthai.admin import ScopedInline, VersionedInline
from wealthai.forms import VersionedStoredForm

NEWEST_NOTES = 20


class HoldingRow(FollowingValue, VersionedStoredForm):
    """The product of a stored row stands fixed: asking for each row's choices costs a query."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "product" in self.fields:
            product = self.fields["product"]
            chosen = self.instance.product
            product.disabled = True
            product.widget = forms.Select(
                choices=[(chosen.pk, product.label_from_instance(chosen))]
            )


class BelowCustomer:
    """Rows of an archived customer are for reading only, as the customer is."""

    def has_add_permission(self, request, obj):
        return super().has_add_permission(request, obj) and is_open(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and is_open(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and is_open(obj)


class HoldingInline(BelowCustomer, VersionedInline):
    model = Holding
    form = HoldingRow
    fields = [
        "product",
        "quantity",
        "unit_price",
        "currency",
        "purchase_date",
        "current_value",
        "maturity_date",
        "status",
    ]
    autocomplete_fields = ["product"]
    show_change_link = True

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        return [*fields, "stands"] if "version" in fields else fields

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("product")


class SalesNoteInline(BelowCustomer, ScopedInline):
    """What was written stays: new notes are added, old ones only shown."""

    model = SalesNote
    verbose_name_plural = f"営業メモ（新しい順に{NEWEST_NOTES}件まで）"
    fields = ["created_at", "note_type", "subject", "content", "follow_up_date", "sales_rep"]
    readonly_fields = ["created_at", "sales_rep"]
    show_change_link = True

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        newest = Window(RowNumber(), partition_by=[F("customer")], order_by=F("note_id").desc())
        notes = super().get_queryset(request).annotate(newest=newest)
        return notes.filter(newest__lte=NEWEST_NOTES).select_related("sales_rep")


class CashInflowInline(BelowCustomer, VersionedInline):
    model = CashInflow
    formfield_overrides = YEN
    fields = [
        "source_type",
        "predicted_amount",
        "predicted_date",
        "confidence_level",
        "actual_amount",
        "actual_date",
        "status",
    ]
    show_change_link = True
