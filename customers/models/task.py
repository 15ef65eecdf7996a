from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.model_fields import DateColumn
from customers.models.customer_record import CustomerRecordQuerySet
from wealthai.models import PlainCharField
from wealthai.tracking import TrackedModel, TrackedRecords


class TaskQuerySet(CustomerRecordQuerySet):
    def open(self):
        return self.filter(done_at=None)

    def by_due_date(self):
        """The most urgent first; what has no date comes last."""
        return self.order_by(F("due_date").asc(nulls_last=True), "pk")

    def workable(self):
        """Tasks of customers who are not archived: those records are for reading only."""
        return self.filter(customer__archived_at=None)

    def overdue(self):
        return self.open().filter(due_date__lt=timezone.localdate())

    def today(self):
        return self.open().filter(due_date=timezone.localdate())

    def waiting_for(self, user, today):
        """What `user` has to do today or should have done before."""
        mine = self.visible_to(user).workable().open().filter(assignee=user.pk)
        return mine.filter(due_date__lte=today)


class Task(TrackedModel):
    """タスク: the next thing to do for a customer, by whom and by when."""

    task_id = models.AutoField("タスクID", primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name="顧客", related_name="tasks"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="担当者",
        related_name="tasks",
        null=True,
        blank=True,
    )
    title = PlainCharField("内容", max_length=200)
    due_date = DateColumn("期日", null=True, blank=True)
    note = models.ForeignKey(
        "customers.SalesNote",
        models.PROTECT,
        verbose_name="元のメモ",
        related_name="tasks",
        null=True,
        blank=True,
    )
    done_at = models.DateTimeField("完了日時", null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="完了した人",
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    objects = TaskQuerySet.as_manager()
    history = TrackedRecords(
        table_name="tasks_history",
        verbose_name="タスクの変更履歴",
        verbose_name_plural="タスクの変更履歴",
    )

    class Meta:
        db_table = "tasks"
        verbose_name = verbose_name_plural = "タスク"
        ordering = ["due_date", "task_id"]
        constraints = [
            models.CheckConstraint(
                name="tasks_done_at_and_by",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_date"],
                name="tasks_open_by_assignee",
                condition=Q(done_at=None),
            ),
        ]

    def __str__(self):
        return f"タスク #{self.pk}"

    @property
    def days_left(self):
        """Days until it is due, negative when overdue; None without a date."""
        return self.due_date and (self.due_date - timezone.localdate()).days

    @property
    def days_overdue(self):
        return -self.days_left if self.days_left else 0

    def finish(self, *, by):
        self.done_at, self.done_by = timezone.now(), by
        self.save(update_fields=["done_at", "done_by"])

    def reopen(self):
        self.done_at = self.done_by = None
        self.save(update_fields=["done_at", "done_by"])
