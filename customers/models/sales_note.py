from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from customers.model_fields import NOT_NEGATIVE_YEN, DateColumn, YenColumn
from customers.models.customer_record import CustomerRecordQuerySet
from wealthai.models import PlainCharField, PlainTextField
from wealthai.tracking import TrackedModel, TrackedRecords


class RewrittenNoteError(Exception):
    """A stored note was to be saved again; a correction is a note of its own."""


class SalesNoteQuerySet(CustomerRecordQuerySet):
    def originals(self):
        """Notes as first written; each one's corrections are its `corrections`."""
        return self.filter(corrects=None)

    def current(self):
        """The version that holds of each note: its newest correction, else the note itself."""
        newer = SalesNote.objects.filter(
            corrects=Coalesce(OuterRef("corrects"), OuterRef("pk")), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(newer))

    def newer_than(self, note):
        same = Q(created_at=note.created_at, pk__gt=note.pk)
        return self.filter(Q(created_at__gt=note.created_at) | same)

    def older_than(self, note):
        same = Q(created_at=note.created_at, pk__lt=note.pk)
        return self.filter(Q(created_at__lt=note.created_at) | same)


class SalesNote(TrackedModel):
    """営業メモ: what was said. Retained evidence, so rows are added and not rewritten.

    A correction is a note of its own that names the one it corrects; both stay readable. Where a
    correction is corrected, both name the original, so that a note and its versions are one level.
    """

    class Kind(models.TextChoices):
        MEETING = "meeting", "面談"
        PHONE = "phone_call", "電話"
        EMAIL = "email", "メール"
        VISIT = "visit", "来店"
        OTHER = "other", "その他"

    class Priority(models.TextChoices):
        HIGH = "high", "高"
        NORMAL = "normal", "普通"
        LOW = "low", "低"

    # What is to be done next, while the note is written down; it becomes the title of a task.
    next_step = ""

    note_id = models.AutoField("メモID", primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name="顧客", related_name="notes"
    )
    sales_rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="記入者",
        related_name="notes",
        null=True,
        blank=True,
    )
    note_type = models.CharField(
        "種別", max_length=30, choices=Kind, default=Kind.OTHER, db_default=Kind.OTHER
    )
    subject = PlainCharField("件名", max_length=200, null=True, blank=True)
    content = PlainTextField("内容")
    priority = models.CharField(
        "優先度",
        max_length=20,
        choices=Priority,
        default=Priority.NORMAL,
        db_default=Priority.NORMAL,
    )
    follow_up_date = DateColumn("次回対応日", null=True, blank=True)
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="訂正するメモ",
        related_name="corrections",
        null=True,
        blank=True,
    )
    is_cash_related = models.BooleanField("入金に関する", default=False, db_default=False)
    predicted_amount = YenColumn(
        "見込み金額（円）", null=True, blank=True, validators=[NOT_NEGATIVE_YEN]
    )
    predicted_date = DateColumn("見込み日", null=True, blank=True)

    objects = SalesNoteQuerySet.as_manager()
    history = TrackedRecords(
        table_name="sales_notes_history",
        verbose_name="営業メモの変更履歴",
        verbose_name_plural="営業メモの変更履歴",
    )

    class Meta:
        db_table = "sales_notes"
        verbose_name = verbose_name_plural = "営業メモ"
        ordering = ["-note_id"]
        # For the newest of many customers at once (chat/lookups.py).
        indexes = [models.Index(fields=["-created_at", "-note_id"], name="sales_notes_by_time")]

    def __str__(self):
        return f"メモ #{self.pk}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise RewrittenNoteError(f"{self} is stored; add a note that corrects it.")
        if self.corrects is not None:
            self.corrects = self.corrects.original
        return super().save(*args, **kwargs)

    @property
    def original(self):
        return self.corrects or self
