from django.contrib import admin

from customers.admin.filters import CustomersAdviserFilter
from customers.admin.records import RecordAdmin
from customers.forms.valuation import FollowingValue
from customers.models import Holding
from wealthai.admin import VersionedPageForm
from wealthai.wording import full_amount


class HoldingPageForm(FollowingValue, VersionedPageForm):
    BESIDE = VersionedPageForm.BESIDE | {"stands"}


@admin.register(Holding)
class HoldingAdmin(RecordAdmin):
    form = HoldingPageForm
    list_display = [
        "holding_id",
        "customer",
        "product",
        "quantity",
        "book",
        "value",
        "unit",
        "purchase_date",
        "maturity_date",
        "status",
    ]
    list_filter = ["status", CustomersAdviserFilter]
    list_select_related = ["customer", "product"]
    search_fields = ["customer", "product__product_name", "product__product_code"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、商品の名称・コードで探せます"
    autocomplete_fields = ["customer", "product"]
    readonly_fields = ["created_at", "updated_at"]
    fieldsets = [
        ("基本", {"fields": [("customer", "product"), ("purchase_date", "status")]}),
        (
            "数量と金額（保有の通貨で）",
            {
                "fields": [
                    ("quantity", "unit_price"),
                    ("currency", "maturity_date"),
                    ("current_price", "current_value"),
                    "unrealized_gain_loss",
                ]
            },
        ),
        ("記録", {"fields": [("created_at", "updated_at")]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_amounts()

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, (None, {"fields": ["stands"], "classes": ["hidden"]})]

    def label(self, obj):
        return f"{obj.customer.name}・{obj.product.product_name}"

    @admin.display(description="通貨")
    def unit(self, holding):
        return holding.unit

    @admin.display(description="取得額", ordering="book")
    def book(self, holding):
        return amount(holding.book, holding.unit)

    @admin.display(description="評価額", ordering="market")
    def value(self, holding):
        return amount(holding.market, holding.unit)


def amount(value, currency):
    """Without the unit, which has its own column."""
    text = full_amount(value, currency)
    return text and text.removesuffix("円").removesuffix(f" {currency}")
