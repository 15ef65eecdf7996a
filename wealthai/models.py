"""Bases and fields that the apps' models share."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.base import ModelState
from django.db.models.functions import Now
from django.utils import timezone

from wealthai.evidence import WrittenOnce, WrittenOnceQuerySet
from wealthai.fields import PlainText
from wealthai.text import validate_line, validate_plain_text, without_bom
from wealthai.writing import Source, current_batch, current_source


class PlainColumn:
    """Text as people type it, kept byte for byte; what misleads or cannot be stored is refused."""

    default_validators = [validate_plain_text]

    def clean(self, value, model_instance):
        value = without_bom(value) if isinstance(value, str) else value
        return super().clean(value, model_instance)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PlainText, **kwargs})


class PlainCharField(PlainColumn, models.CharField):
    """A line of text."""

    default_validators = [*PlainColumn.default_validators, validate_line]


class PlainTextField(PlainColumn, models.TextField):
    """A longer text."""


class QuicklyRead(models.Model):
    """Django sets the columns of a row one by one, as if somebody assigned them: for a page of
    customers that takes longer than the database takes to find them."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        row = cls.__new__(cls)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        vars(row).update(zip(field_names, values, strict=True))
        return row


class TimestampedModel(QuicklyRead):
    """Both times have database defaults too, because sister systems insert by raw SQL."""

    created_at = models.DateTimeField(
        "登録日時", default=timezone.now, db_default=Now(), editable=False
    )
    updated_at = models.DateTimeField("更新日時", auto_now=True, db_default=Now())

    class Meta:
        abstract = True


class Ruled:
    """Rules about a row. What another system stored stays as it is; what is typed here must hold."""

    def rules(self):
        """(names, check): the fields that a rule is about, and what raises its ValidationError.

        The error stands beside the last of them.
        """
        return []

    def broken_rules(self):
        for names, check in self.rules():
            try:
                check()
            except ValidationError as error:
                yield names, error

    def clean(self):
        super().clean()
        errors = {}
        for names, error in self.broken_rules():
            if not self.is_stored(names):
                errors.setdefault(names[-1], error)
        if errors:
            raise ValidationError(errors)

    def is_stored(self, names):
        stored = {name: getattr(self, name) for name in names}
        rows = type(self)._default_manager.filter(pk=self.pk, **stored)
        return self.pk is not None and rows.exists()


class ChangeBatchQuerySet(WrittenOnceQuerySet):
    def visible_to(self, user):
        """One's own; firm-wide roles see everybody's."""
        return self if user.sees_firm else self.filter(user=user.pk)


class ChangeBatch(WrittenOnce):
    """一括変更: changes of many records that were one decision of one person, and are undone as one."""

    class Kind(models.TextChoices):
        BULK_EDIT = "bulk_edit", "一括編集"
        HAND_OVER = "hand_over", "担当の引き継ぎ"
        UNDO = "undo", "取り消し"

    kind = models.CharField("種類", max_length=20, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="担当者", related_name="+"
    )
    reason = PlainCharField("理由", max_length=100)
    summary = PlainCharField("内容", max_length=500)
    created_at = models.DateTimeField("日時", default=timezone.now, db_index=True)
    undoes = models.OneToOneField(
        "self",
        models.PROTECT,
        verbose_name="取り消した変更",
        related_name="undone_by",
        null=True,
        blank=True,
    )

    objects = ChangeBatchQuerySet.as_manager()

    class Meta(WrittenOnce.Meta):
        db_table = "change_batches"
        verbose_name = verbose_name_plural = "一括変更"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} #{self.pk}"


class HistoryRow(WrittenOnce):
    """What each row of a history table says beside who and when (see wealthai/tracking.py)."""

    source = models.CharField(
        "経路", max_length=10, choices=Source, blank=True, default=current_source, db_default=""
    )
    batch = models.ForeignKey(
        ChangeBatch,
        models.PROTECT,
        verbose_name="一括変更",
        related_name="+",
        null=True,
        blank=True,
        default=current_batch,
    )

    class Meta(WrittenOnce.Meta):
        abstract = True


class IdempotencyKey(models.Model):
    """The answer given to one `Idempotency-Key`, so that a retry gets the same one.

    Kept 24 hours (IETF draft-ietf-httpapi-idempotency-key-header). `status_code` is NULL while
    the first request is still being answered.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="担当者")
    route = models.CharField("操作", max_length=100)
    key = models.CharField("キー", max_length=255)
    body_hash = models.CharField("内容のハッシュ", max_length=64)
    status_code = models.PositiveSmallIntegerField("応答", null=True, blank=True)
    response = models.JSONField("応答の内容", null=True, blank=True)
    created_at = models.DateTimeField("登録日時", default=timezone.now, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "再送キー"
        constraints = [
            models.UniqueConstraint(fields=["user", "route", "key"], name="idempotency_key_once")
        ]

    def __str__(self):
        return f"{self.route} {self.key}"


class RateBucket(models.Model):
    """回数の制限: see wealthai/limits.py, which writes it in one statement."""

    key = models.CharField("対象のハッシュ", max_length=64, primary_key=True)
    full_at = models.FloatField("上限まで戻る時刻")

    class Meta:
        db_table = "rate_buckets"
        verbose_name = verbose_name_plural = "回数の制限"

    def __str__(self):
        return self.key


class TimerRun(models.Model):
    """定期処理: how the last run of one of wealthai.timers.TIMERS went.

    A run that was killed has started and never ended; its last success grows old either way.
    """

    name = models.CharField("名前", max_length=40, primary_key=True)
    started_at = models.DateTimeField("開始")
    finished_at = models.DateTimeField("終了", null=True)
    succeeded_at = models.DateTimeField("最後の成功", null=True)
    seconds = models.FloatField("所要時間（秒）", null=True)
    error = models.CharField("失敗の種類", max_length=100, default="")

    class Meta:
        db_table = "timer_runs"
        verbose_name = verbose_name_plural = "定期処理"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Measurement(models.Model):
    """計測: what one server did since its last measurement, about a minute before.

    `figures` are the differences, so that a sum over rows needs to know of no restart; `totals`
    are what the next row is compared with and stand in the newest row only.
    """

    node = models.CharField("サーバー", max_length=100)
    at = models.DateTimeField("日時", default=timezone.now, db_index=True)
    figures = models.JSONField("計測値")
    totals = models.JSONField("起動からの合計", null=True)

    class Meta:
        db_table = "measurements"
        verbose_name = verbose_name_plural = "計測"
        ordering = ["-at"]

    def __str__(self):
        return f"{self.node} {self.at:%Y-%m-%d %H:%M}"
