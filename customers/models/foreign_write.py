from django.db import models
from django.db.models.functions import Now


class ForeignWrite(models.Model):
    """他システムの書込: a change that came by SQL and has no history row yet.

    PostgreSQL's triggers put the rows in, `customers/foreign_writes.py` takes them out.
    """

    class Operation(models.TextChoices):
        INSERT = "I", "追加"
        UPDATE = "U", "変更"
        DELETE = "D", "削除"

    table = models.CharField("表", max_length=63, db_column="table_name")
    row_id = models.BigIntegerField("行")
    operation = models.CharField("操作", max_length=1, choices=Operation)
    old = models.JSONField("変更前", null=True)
    new = models.JSONField("変更後", null=True)
    role = models.CharField("データベースの利用者", max_length=63)
    at = models.DateTimeField("日時", db_default=Now())

    class Meta:
        db_table = "foreign_writes"
        verbose_name = verbose_name_plural = "他システムの書込"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.table} #{self.row_id}"
