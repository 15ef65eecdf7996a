from django.conf import settings
from django.db import models
from django.utils import timezone

from wealthai.evidence import WrittenOnce, WrittenOnceQuerySet
from wealthai.writing import Source


class AccessRecordQuerySet(WrittenOnceQuerySet):
    def visible_to(self, user):
        """Who looked at what is for compliance and 管理者 alone."""
        return self if user.reads_evidence else self.none()

    def of_period(self, since=None, until=None):
        """From `since` on and before `until`."""
        found = self.filter(at__gte=since) if since else self
        return found.filter(at__lt=until) if until else found

    def about(self, customers):
        """Of one of `customers`, or of many with one of them among these."""
        one = AccessRecord.objects.filter(customer__in=customers)
        many = AccessRecordCustomer.objects.filter(customer__in=customers)
        # Two indexes that each name few rows; an OR of the two would read the whole table.
        named = one.order_by().values("pk").union(many.values("record"))
        return self.filter(pk__in=named)


class AccessRecord(WrittenOnce):
    """閲覧記録: who looked at whose record or took data out. Written once, never changed."""

    class Act(models.TextChoices):
        VIEW = "view", "閲覧"
        AS_OF = "as_of", "時点の閲覧"
        HISTORY = "history", "変更履歴の閲覧"
        EXPORT = "export", "出力"
        LIST = "list", "一覧の取得"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="担当者", related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        verbose_name="顧客",
        related_name="access_records",
        null=True,
        blank=True,
    )
    act = models.CharField("操作", max_length=10, choices=Act)
    source = models.CharField("経路", max_length=10, choices=Source)
    detail = models.TextField("内容", blank=True, default="")
    rows = models.PositiveIntegerField("件数", null=True, blank=True)
    request_id = models.CharField("問い合わせ番号", max_length=64, blank=True, default="")
    at = models.DateTimeField("日時", default=timezone.now, db_index=True)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        db_table = "access_records"
        verbose_name = verbose_name_plural = "閲覧記録"
        ordering = ["-pk"]

    def __str__(self):
        return f"閲覧記録 #{self.pk}"


class AccessRecordCustomer(WrittenOnce):
    """Whom a file or a page of many showed; the record itself says how many and which conditions.

    Without foreign keys in the database: they would be looked up for each of 100,000 rows, and
    neither end is ever deleted.
    """

    record = models.ForeignKey(
        AccessRecord,
        models.PROTECT,
        verbose_name="閲覧記録",
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        verbose_name="顧客",
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        db_table = "access_record_customers"
        verbose_name = verbose_name_plural = "閲覧記録の顧客"
        indexes = [models.Index(fields=["customer", "record"], name="access_record_by_customer")]

    def __str__(self):
        return f"閲覧記録 #{self.record_id}"
