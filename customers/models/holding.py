from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from customers.model_fields import (
    NOT_NEGATIVE,
    POSITIVE,
    AmountColumn,
    CurrencyColumn,
    DateColumn,
)
from customers.models.customer_record import CustomerRecordQuerySet
from customers.models.product import Product
from wealthai.database import Among
from wealthai.models import Ruled
from wealthai.tracking import TrackedModel, TrackedRecords

MONEY = models.DecimalField(max_digits=40, decimal_places=4)
MOST = 10**18
PRICES = ("unit_price", "current_price")
AMOUNTS = ("quantity", *PRICES, "current_value", "currency")


class Amount(models.Func):
    """NULL for numeric NaN, which only another system can store and no sum survives."""

    output_field = MONEY
    template = "%(expressions)s"

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="NULLIF(%(expressions)s, 'NaN')", **context
        )


def span_of(first, last):
    return {"maturity_date__lte": last} | ({"maturity_date__gte": first} if first else {})


def products_in(span):
    return Product.objects.filter(**span).order_by().values("pk")


class HoldingQuerySet(CustomerRecordQuerySet):
    def active(self):
        return self.filter(status=Holding.Status.ACTIVE)

    def running(self):
        """Active ones of customers that are not archived."""
        return self.active().filter(customer__archived_at=None)

    def with_due(self):
        """Adds `due`, the day of repayment: the holding's own, else the product's."""
        return self.annotate(due=Coalesce("maturity_date", "product__maturity_date"))

    def due_between(self, first, last):
        """By `due`; None leaves an end open. Said so that an index of each of both days serves.

        What has its product's day comes as keys: how many those are PostgreSQL would guess far too
        high from the products.
        """
        span = span_of(first, last)
        by_product = self.filter(maturity_date=None, product__in=products_in(span))
        keys = models.Subquery(by_product.order_by().values("pk"))
        return self.filter(Q(**span) | Q(Among(F("pk"), keys)))

    def each_due_between(self, first, last):
        """The same, for a look at the few holdings of each of many customers: there the keys of products
        are a short list, those of holdings may be a very long one."""
        span = span_of(first, last)
        by_product = Q(Among(F("product"), models.Subquery(products_in(span))), maturity_date=None)
        return self.filter(Q(**span) | by_product)

    def with_amounts(self):
        """Adds `unit` (currency), `book`, `market` and `gain`, each in that currency.

        `market` and `gain` are NULL where no current price is known: nothing is guessed.
        """
        return self.annotate(
            unit=Coalesce("currency", "product__currency"),
            book=Amount(F("quantity") * F("unit_price")),
            market=Coalesce(
                Amount("current_value"),
                Amount(F("quantity") * F("current_price")),
                output_field=MONEY,
            ),
        ).annotate(gain=models.ExpressionWrapper(F("market") - F("book"), output_field=MONEY))

    def totals_by_currency(self):
        """One dict per currency: unit, holdings, unpriced, book, market, gain.

        Never summed over currencies. Gain counts priced holdings only; `unpriced` says how many
        were left out.
        """
        return list(
            self.with_amounts()
            .order_by()
            .values("unit")
            .annotate(
                holdings=Count("pk"),
                unpriced=Count("pk", filter=Q(market=None)),
                book_total=Sum("book"),
                market_total=Sum("market"),
                gain_total=Sum("gain"),
            )
            .order_by(models.Case(models.When(unit="JPY", then=0), default=1), "unit")
        )


class Holding(Ruled, TrackedModel):
    """保有商品 of a customer. Amounts are in the holding's own currency."""

    class Status(models.TextChoices):
        ACTIVE = "active", "保有中"
        SOLD = "sold", "売却済"
        MATURED = "matured", "償還済"

    holding_id = models.AutoField("保有ID", primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name="顧客", related_name="holdings"
    )
    product = models.ForeignKey(
        "customers.Product", models.PROTECT, verbose_name="商品", related_name="holdings"
    )
    quantity = AmountColumn("数量", max_digits=18, decimal_places=2, validators=[POSITIVE])
    unit_price = AmountColumn(
        "取得単価", max_digits=18, decimal_places=2, validators=[NOT_NEGATIVE]
    )
    currency = CurrencyColumn(
        "通貨", max_length=10, null=True, blank=True, help_text="空欄のときは商品の通貨です。"
    )
    purchase_date = DateColumn("購入日")
    current_price = AmountColumn(
        "現在値", max_digits=18, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    current_value = AmountColumn(
        "評価額", max_digits=18, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    unrealized_gain_loss = AmountColumn(
        "含み損益", max_digits=18, decimal_places=2, null=True, blank=True
    )
    maturity_date = DateColumn("償還日", null=True, blank=True)
    status = models.CharField(
        "状態", max_length=20, choices=Status, default=Status.ACTIVE, db_default=Status.ACTIVE
    )

    objects = HoldingQuerySet.as_manager()
    history = TrackedRecords(
        table_name="holdings_history",
        verbose_name="保有商品の変更履歴",
        verbose_name_plural="保有商品の変更履歴",
    )

    class Meta:
        db_table = "holdings"
        verbose_name = verbose_name_plural = "保有商品"
        ordering = ["-holding_id"]
        indexes = [
            models.Index(
                fields=["maturity_date"],
                name="holdings_active_maturity",
                condition=Q(status="active"),
            ),
            # Who holds a category, or is paid back soon, and the sums of a book or a branch, without
            # a look at the rows themselves.
            models.Index(
                fields=[
                    "customer",
                    "maturity_date",
                    "product",
                    *AMOUNTS,
                    "updated_at",
                    "holding_id",
                ],
                name="holdings_active_amounts",
                condition=Q(status="active"),
            ),
        ]

    def __str__(self):
        return f"保有 #{self.pk}"

    @cached_property
    def due(self):
        """The rule of `with_due`, for a row that was read without it."""
        return self.maturity_date or self.product.maturity_date

    def rules(self):
        return [
            (("purchase_date", "maturity_date"), self.check_maturity),
            ((*PRICES, "quantity"), self.check_size),
        ]

    def check_maturity(self):
        if self.purchase_date and self.maturity_date and self.maturity_date < self.purchase_date:
            raise ValidationError("償還日は購入日より後の日付を入力してください。", code="order")

    def check_size(self):
        """Beyond this it is a slip, and sums of it would no longer fit a column."""
        for name in PRICES:
            if abs((self.quantity or 0) * (getattr(self, name) or 0)) >= MOST:
                label = self._meta.get_field(name).verbose_name
                message = (
                    f"数量と{label}を掛けると100京以上になります。両方の桁を確かめてください。"
                )
                raise ValidationError(message, code="too_large")
