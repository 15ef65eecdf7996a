from django.db import models

from customers.model_fields import DateColumn
from wealthai.models import PlainCharField, PlainTextField
from wealthai.tracking import TrackedModel, TrackedQuerySet, TrackedRecords


class EconomicEvent(TrackedModel):
    """経済イベント that may touch customers' holdings."""

    class Kind(models.TextChoices):
        ELECTION = "election", "選挙"
        POLICY_CHANGE = "policy_change", "政策変更"
        INDICATOR = "economic_indicator", "経済指標"
        POLITICAL = "political_event", "政治イベント"

    class Impact(models.TextChoices):
        HIGH = "high", "高"
        MEDIUM = "medium", "中"
        LOW = "low", "低"

    event_id = models.AutoField("イベントID", primary_key=True)
    event_type = models.CharField("種別", max_length=50, choices=Kind, null=True, blank=True)
    title = PlainCharField("件名", max_length=200)
    description = PlainTextField("内容", null=True, blank=True)
    event_date = DateColumn("日付", db_index=True)
    impact_level = models.CharField("影響度", max_length=20, choices=Impact, null=True, blank=True)
    affected_sectors = models.JSONField("影響する業種", null=True, blank=True)
    affected_currencies = models.JSONField("影響する通貨", null=True, blank=True)

    objects = TrackedQuerySet.as_manager()
    history = TrackedRecords(
        table_name="economic_events_history",
        verbose_name="経済イベントの変更履歴",
        verbose_name_plural="経済イベントの変更履歴",
    )

    class Meta:
        db_table = "economic_events"
        verbose_name = verbose_name_plural = "経済イベント"
        ordering = ["-event_date", "-event_id"]

    def __str__(self):
        return self.title
