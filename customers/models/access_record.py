from django.conf import settings
from django.db import models
from django.utils import timezone

from wealthai.writing import Source


class WrittenOnceError(Exception):
    """Somebody tried to change or delete a row that is evidence."""


class AccessRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who looked at what is for compliance and 管理者 alone."""
        return self if user.reads_evidence else self.none()

    def of_period(self, since=None, until=None):
        """From `since` on and before `until`."""
        found = self.filter(at__gte=since) if since else self
        return found.filter(at__lt=until) if until else found

    def update(self, **values):
        raise WrittenOnceError

    update.alters_data = True

    def delete(self):
        raise WrittenOnceError

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_update(self, *args, **kwargs):
        raise WrittenOnceError


class AccessRecord(models.Model):
    """閲覧記録: who looked at whose record or took data out. Written once, never changed."""

    class Act(models.TextChoices):
        VIEW = "view", "閲覧"
        AS_OF = "as_of", "時点の閲覧"
        HISTORY = "history", "変更履歴の閲覧"
        EXPORT = "export", "出力"

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

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise WrittenOnceError
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args, **kwargs):
        raise WrittenOnceError
