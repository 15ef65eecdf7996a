from django.contrib import admin

from customers.admin.records import YEN
from customers.models import Product
from wealthai.admin import VersionedAdmin
from wealthai.wording import oku


@admin.register(Product)
class ProductAdmin(VersionedAdmin):
    list_display = [
        "product_code",
        "product_name",
        "shown_category",
        "currency",
        "issuer",
        "maturity_date",
        "shown_rate",
        "risk_level",
        "short_minimum",
        "active",
    ]
    list_display_links = ["product_name"]
    list_filter = ["is_active", "currency"]
    search_fields = ["product_code", "product_name", "issuer"]
    search_help_text = "商品の名称・コード・発行体で探せます"
    readonly_fields = ["created_at", "updated_at"]
    formfield_overrides = YEN
    fieldsets = [
        (
            "基本",
            {
                "fields": [
                    ("product_code", "product_name"),
                    ("category_code", "category_name"),
                    ("currency", "issuer"),
                    "is_active",
                ]
            },
        ),
        (
            "条件",
            {
                "fields": [
                    ("maturity_date", "interest_rate"),
                    ("risk_level", "minimum_investment"),
                    "commission_rate",
                ]
            },
        ),
        ("記録", {"fields": [("created_at", "updated_at")]}),
    ]

    def label(self, obj):
        return f"{obj.product_name}（{obj.product_code}）"

    @admin.display(description="種類", ordering="category_code")
    def shown_category(self, product):
        return product.category

    @admin.display(description="利率(%)", ordering="interest_rate")
    def shown_rate(self, product):
        rate = product.interest_rate
        return None if rate is None else f"{rate * 100:.2f}"

    @admin.display(description="最低投資額", ordering="minimum_investment")
    def short_minimum(self, product):
        return oku(product.minimum_investment)

    @admin.display(description="取扱", ordering="is_active")
    def active(self, product):
        return "取扱中" if product.is_active else "終了"
