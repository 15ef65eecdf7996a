from django.db import models

from customers.model_fields import (
    NOT_NEGATIVE,
    NOT_NEGATIVE_YEN,
    AmountColumn,
    CurrencyColumn,
    DateColumn,
    YenColumn,
)
from wealthai.models import PlainCharField
from wealthai.tracking import TrackedModel, TrackedQuerySet, TrackedRecords


class Category(models.TextChoices):
    """ProductMaster's category codes; a code that is not listed here is shown as it is."""

    BOND = "BOND", "債券"
    STOCK = "STOCK", "株式"
    FUND = "FUND", "投資信託"
    STRUCT = "STRUCT", "仕組み商品"
    INSURANCE = "INSURANCE", "保険"
    REIT = "REIT", "REIT"
    COMMODITY = "COMMODITY", "コモディティ"
    STOCK_DOM = "STOCK_DOM", "国内株式"
    STOCK_US = "STOCK_US", "米国株式"
    STOCK_INTL = "STOCK_INTL", "国際株式"


class Product(TrackedModel):
    """商品: our copy of ProductMaster, keyed by `product_code`."""

    Category = Category

    product_id = models.AutoField("商品ID", primary_key=True)
    product_code = PlainCharField("商品コード", max_length=50, unique=True)
    product_name = PlainCharField("商品名", max_length=200)
    category_code = PlainCharField("種類", max_length=50)
    category_name = PlainCharField("種類の名称", max_length=100, null=True, blank=True)
    currency = CurrencyColumn("通貨", max_length=10, default="JPY", db_default="JPY")
    issuer = PlainCharField("発行体", max_length=100, null=True, blank=True)
    maturity_date = DateColumn("償還日", null=True, blank=True)
    interest_rate = AmountColumn(
        "利率", max_digits=5, decimal_places=4, null=True, blank=True, help_text="0.0050 = 0.5%"
    )
    risk_level = models.IntegerField("リスク水準", null=True, blank=True)
    minimum_investment = YenColumn(
        "最低投資額", null=True, blank=True, validators=[NOT_NEGATIVE_YEN]
    )
    commission_rate = AmountColumn(
        "手数料率",
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
    )
    is_active = models.BooleanField("取扱中", default=True, db_default=True)

    objects = TrackedQuerySet.as_manager()
    history = TrackedRecords(
        table_name="products_history",
        verbose_name="商品の変更履歴",
        verbose_name_plural="商品の変更履歴",
    )

    class Meta:
        db_table = "products"
        verbose_name = verbose_name_plural = "商品"
        ordering = ["product_code"]

    def __str__(self):
        return self.product_name

    @property
    def category(self):
        """The category in words."""
        known = dict(Category.choices)
        return known.get(self.category_code) or self.category_name or self.category_code
