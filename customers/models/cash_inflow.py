from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from customers.model_fields import NOT_NEGATIVE_YEN, DateColumn, YenColumn
from customers.models.customer_record import CustomerRecordQuerySet
from wealthai.models import PlainTextField, Ruled
from wealthai.tracking import TrackedModel, TrackedRecords


class CashInflowQuerySet(CustomerRecordQuerySet):
    def expected(self):
        """Not yet received nor given up."""
        return self.filter(status__in=[CashInflow.Status.PREDICTED, CashInflow.Status.CONFIRMED])

    def running(self):
        """Expected, of customers that are not archived."""
        return self.expected().filter(customer__archived_at=None)

    def with_due(self):
        return self.annotate(due=F("predicted_date"))

    def due_between(self, first, last):
        """None leaves an end open."""
        rows = self.filter(predicted_date__gte=first) if first else self
        return rows.filter(predicted_date__lte=last)


class CashInflow(Ruled, TrackedModel):
    """入金予測 in yen."""

    class Source(models.TextChoices):
        BUSINESS_SALE = "business_sale", "事業売却"
        RETIREMENT = "retirement", "退職金"
        INHERITANCE = "inheritance", "相続"
        DIVIDEND = "dividend", "配当金"
        MATURITY = "maturity", "満期償還"
        BONUS = "bonus", "ボーナス"
        SALARY = "salary", "給与"
        OTHER = "other", "その他"

    class Confidence(models.TextChoices):
        HIGH = "high", "高"
        MEDIUM = "medium", "中"
        LOW = "low", "低"

    class Status(models.TextChoices):
        PREDICTED = "predicted", "予測"
        CONFIRMED = "confirmed", "確定"
        RECEIVED = "received", "受領済"
        CANCELLED = "cancelled", "取消"

    SURE = Q(status=Status.CONFIRMED) | Q(confidence_level=Confidence.HIGH)

    inflow_id = models.AutoField("入金予測ID", primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name="顧客", related_name="cash_inflows"
    )
    sales_rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="担当者",
        related_name="cash_inflows",
        null=True,
        blank=True,
    )
    source_type = models.CharField("入金源", max_length=50, choices=Source, null=True, blank=True)
    predicted_amount = YenColumn("予測金額（円）", validators=[NOT_NEGATIVE_YEN])
    predicted_date = DateColumn("予測日", db_index=True)
    confidence_level = models.CharField(
        "確度", max_length=20, choices=Confidence, null=True, blank=True
    )
    source_note = PlainTextField("備考", null=True, blank=True)
    actual_amount = YenColumn(
        "実績金額（円）", null=True, blank=True, validators=[NOT_NEGATIVE_YEN]
    )
    actual_date = DateColumn("実績日", null=True, blank=True)
    status = models.CharField(
        "状態",
        max_length=20,
        choices=Status,
        default=Status.PREDICTED,
        db_default=Status.PREDICTED,
    )

    objects = CashInflowQuerySet.as_manager()
    history = TrackedRecords(
        table_name="cash_inflows_history",
        verbose_name="入金予測の変更履歴",
        verbose_name_plural="入金予測の変更履歴",
    )

    class Meta:
        db_table = "cash_inflows"
        verbose_name = verbose_name_plural = "入金予測"
        ordering = ["-inflow_id"]

    def __str__(self):
        return f"入金予測 #{self.pk}"

    def rules(self):
        """What was received came on a day and has an amount."""
        names = ("actual_amount", "actual_date")
        return [(("status", name), partial(self.check_received, name)) for name in names]

    def check_received(self, name):
        if self.status == self.Status.RECEIVED and getattr(self, name) is None:
            label = self._meta.get_field(name).verbose_name
            raise ValidationError(f"受領済のときは{label}を入力してください。", code="missing")
