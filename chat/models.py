from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from customers.models import Customer
from wealthai.database import WithoutKeys
from wealthai.models import PlainCharField, PlainTextField, TimestampedModel

WITHHELD = (
    "いまは担当していない顧客の内容を含むため、表示できません。"
    "必要なときは、役席者か事務に確かめてください。"
)
WITHHELD_TITLE = "担当していない顧客を含む会話"


def withheld_from(user, **exchanges):
    """Whether a customer was used that `user` may not see, or not any more; for annotate()."""
    if user.sees_firm:
        return Value(False)
    seen = Customer.objects.visible_to(user).filter(pk=OuterRef("customer"))
    used = ChatExchange.used.through.objects.filter(**exchanges)
    return Exists(used.filter(~Exists(seen)))


class ConversationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own conversations, as long as one may still see their customer.

        `is_withheld` says that the title may tell of another one.
        """
        withheld = withheld_from(user, chatexchange__conversation=OuterRef("pk"))
        mine = self.filter(adviser=user.pk).annotate(is_withheld=withheld)
        if user.sees_firm:
            return mine
        return mine.filter(Q(customer=None) | Q(customer__in=Customer.objects.visible_to(user)))

    def listed(self):
        """Hidden ones are out of the list and nothing else: they open, are found, and stay."""
        return self.filter(hidden_at=None)

    def saying(self, words, user):
        """Conversations of rows that visible_to(user) gave whose title, question or answer, as
        far as it may be read, holds all of `words`."""
        said = ChatExchange.objects.visible_to(user).filter(adviser=user).saying(words)
        titled = Q(is_withheld=False)
        for word in words:
            titled &= Q(title__icontains=word)
        return self.filter(titled | Q(pk__in=said.values("conversation")))


class Conversation(TimestampedModel):
    """会話: exchanges that build on each other, about one customer or about none."""

    conversation_id = models.AutoField("会話ID", primary_key=True)
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="担当者",
        related_name="conversations",
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name="顧客",
        related_name="conversations",
        null=True,
        blank=True,
    )
    title = PlainCharField("題名", max_length=60)
    pinned_at = models.DateTimeField("固定した日時", null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField("隠した日時", null=True, blank=True, editable=False)
    tokens = models.JSONField("記号", null=True, blank=True, editable=False)  # masking.Memory
    is_withheld = False  # of rows that visible_to() gave

    objects = ConversationQuerySet.as_manager()

    class Meta:
        db_table = "chat_conversations"
        verbose_name = verbose_name_plural = "会話"
        ordering = ["-updated_at", "-conversation_id"]
        indexes = [
            models.Index(
                fields=["adviser", "-updated_at", "-conversation_id"], name="chat_conv_by_adviser"
            )
        ]

    def __str__(self):
        return self.shown_title

    @property
    def shown_title(self):
        return WITHHELD_TITLE if self.is_withheld else self.title


# What was reserved is what an exchange may have cost, where nobody knows more.
COST_AS_RESERVED = {
    "cost_yen": F("reserved_yen"),
    "cost_is_estimated": Q(reserved_yen__isnull=False),
    "reserved_yen": None,
}


class ExchangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own exchanges; compliance and the firm's offices also see everybody's.

        A row that another system inserted has no adviser: it belongs to its customer.
        """
        marked = self.marked_for(user)
        if user.sees_firm:
            return marked
        customers = Customer.objects.visible_to(user)
        own = Q(adviser=user.pk) & (Q(customer=None) | Q(customer__in=customers))
        return marked.filter(own | Q(adviser=None, customer__in=customers))

    def of_customer(self, customer, user):
        """What visible_to(user) gives of one customer, the key `customer`.

        The adviser stands in an expression, so that PostgreSQL reads the newest rows by the index of
        the customer: it takes customer and adviser for unrelated, and would gather all of both.
        """
        rows = self.marked_for(user).filter(customer=customer)
        if user.sees_firm:
            return rows
        seen = Customer.objects.visible_to(user).filter(pk=customer)
        return (
            rows.filter(Exists(seen))
            .alias(asker=Coalesce("adviser", user.pk))
            .filter(asker=user.pk)
        )

    def marked_for(self, user):
        """Adds `is_withheld`: question and answer tell of a customer whom `user` may not see.

        The steps hold every text that left, far more than all the rest: who shows them, reads them.
        """
        marked = self.annotate(is_withheld=withheld_from(user, chatexchange=OuterRef("pk")))
        return marked.defer("tool_trace")

    def with_outline(self):
        """Adds `outline`: the steps without the texts that left (chat/steps.py)."""
        return self.annotate(outline=WithoutKeys("tool_trace", "sent", "told"))

    def readable(self):
        """Of rows marked for somebody those whose words this person may read."""
        return self.filter(is_withheld=False)

    def open_to_ai(self):
        """Without those that used a customer who is kept from the AI."""
        used = ChatExchange.used.through.objects.filter(chatexchange=OuterRef("pk"))
        return self.filter(~Exists(used.filter(customer__ai_excluded=True)))

    def saying(self, words):
        """Exchanges whose question or answer, as far as it may be read, holds all of `words`."""
        found = self.readable() if words else self
        for word in words:
            found = found.filter(Q(message__icontains=word) | Q(response__icontains=word))
        return found

    def running(self):
        return self.filter(status__in=ChatExchange.RUNNING)

    def lost(self):
        """Running ones whose process no longer renews their lease."""
        expired = Q(lease_expires_at=None) | Q(lease_expires_at__lt=timezone.now())
        return self.running().filter(expired)

    def end_as_lost(self):
        return self.update(
            status=ChatExchange.Status.INTERRUPTED,
            error_kind="lost",
            finished_at=timezone.now(),
            lease_expires_at=None,
            **COST_AS_RESERVED,
        )


class ChatExchange(models.Model):
    """One question and its answer: a row from the first moment (docs/architecture.md, "chat")."""

    class Status(models.TextChoices):
        QUEUED = "queued", "準備中"
        STREAMING = "streaming", "回答中"
        DONE = "done", "完了"
        INTERRUPTED = "interrupted", "途中で終了"
        STOPPED = "stopped", "停止"
        HELD = "held", "確認待ち"
        FAILED = "failed", "失敗"

    RUNNING = (Status.QUEUED, Status.STREAMING)

    chat_id = models.AutoField("チャットID", primary_key=True)
    conversation = models.ForeignKey(
        Conversation,
        models.PROTECT,
        verbose_name="会話",
        related_name="exchanges",
        null=True,
        blank=True,
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name="顧客",
        related_name="chat_exchanges",
        null=True,
        blank=True,
        db_index=False,
    )
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="担当者",
        related_name="chat_exchanges",
        null=True,
        blank=True,
        db_index=False,
    )
    used = models.ManyToManyField(
        Customer,
        verbose_name="使った顧客",
        related_name="+",
        db_table="chat_history_customers",
        blank=True,
    )
    regenerate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="元の質問",
        related_name="regenerations",
        null=True,
        blank=True,
    )
    message = PlainTextField("質問")
    response = models.TextField("回答", blank=True, default="")
    created_at = models.DateTimeField(
        "日時", default=timezone.now, db_default=Now(), editable=False, db_index=True
    )
    status = models.CharField(
        "状態", max_length=20, choices=Status, default=Status.DONE, db_default=Status.DONE
    )
    error_kind = models.CharField("失敗の種類", max_length=40, null=True, blank=True)
    provider_error = models.CharField("AI側の名称", max_length=200, null=True, blank=True)
    model_id = models.CharField("モデル", max_length=200, null=True, blank=True)
    prompt_version = models.CharField("指示文の版", max_length=40, null=True, blank=True)
    stop_reason = models.CharField("終了理由", max_length=40, null=True, blank=True)
    input_tokens = models.IntegerField("入力トークン", null=True, blank=True)
    output_tokens = models.IntegerField("出力トークン", null=True, blank=True)
    total_tokens = models.IntegerField("合計トークン", null=True, blank=True)
    cache_read_tokens = models.IntegerField("再利用トークン", null=True, blank=True)
    cache_write_tokens = models.IntegerField("保存トークン", null=True, blank=True)
    cost_yen = models.DecimalField(
        "費用（円）", max_digits=12, decimal_places=4, null=True, blank=True
    )
    cost_is_estimated = models.BooleanField("費用は概算", default=False, db_default=False)
    reserved_yen = models.DecimalField(
        "費用の取り置き（円）", max_digits=12, decimal_places=4, null=True, blank=True
    )
    first_token_ms = models.IntegerField("最初の文字まで（ミリ秒）", null=True, blank=True)
    latency_ms = models.IntegerField("所要時間（ミリ秒）", null=True, blank=True)
    masked_fields = models.JSONField("置き換えた項目", null=True, blank=True)
    citations = models.JSONField("根拠", null=True, blank=True)
    tool_trace = models.JSONField("手順", null=True, blank=True)
    guard_verdict = models.JSONField("判定", null=True, blank=True)
    request_id = models.CharField("問い合わせ番号", max_length=64, null=True, blank=True)
    started_at = models.DateTimeField("開始", null=True, blank=True)
    finished_at = models.DateTimeField("終了", null=True, blank=True)
    stop_requested = models.BooleanField("停止の指示", default=False, db_default=False)
    lease_expires_at = models.DateTimeField("実行の期限", null=True, blank=True)
    is_withheld = False  # of rows that visible_to() or marked_for() gave
    is_first = False  # of its conversation; of rows that chat/turn.py read

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        db_table = "chat_history"
        verbose_name = verbose_name_plural = "チャット履歴"
        ordering = ["-chat_id"]
        indexes = [
            models.Index(fields=["customer", "-chat_id"], name="chat_history_by_customer"),
            models.Index(fields=["adviser", "-chat_id"], name="chat_history_by_adviser"),
            # What the firm or a person spent today, and the newest of a customer's timeline.
            models.Index(fields=["-created_at"], name="chat_history_time"),
            models.Index(fields=["adviser", "-created_at"], name="chat_history_adviser_time"),
            models.Index(fields=["customer", "-created_at"], name="chat_history_customer_time"),
            models.Index(
                fields=["lease_expires_at"],
                name="chat_history_running",
                condition=Q(status__in=["queued", "streaming"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                name="chat_history_one_running_per_conversation",
                condition=Q(status__in=["queued", "streaming"]),
            )
        ]

    def __str__(self):
        return f"チャット #{self.pk}"

    @property
    def shown_message(self):
        return WITHHELD if self.is_withheld else self.message

    @property
    def shown_response(self):
        return "" if self.is_withheld else self.response

    @property
    def unverified(self):
        """The figures of the answer that stand in no record it was given (chat/grounding.py)."""
        return [] if self.is_withheld else (self.guard_verdict or {}).get("unverified", [])

    @property
    def is_running(self):
        return self.status in self.RUNNING


class Rating(TimestampedModel):
    """評価: what the adviser who asked thinks of an answer; the last word counts."""

    class Reason(models.TextChoices):
        WRONG = "wrong", "記録と違う"
        MISSING = "missing", "必要なことがない"
        UNCLEAR = "unclear", "分かりにくい"
        UNSUITABLE = "unsuitable", "表現が適切でない"
        OTHER = "other", "その他"

    exchange = models.OneToOneField(
        ChatExchange,
        models.PROTECT,
        verbose_name="質問と回答",
        related_name="rating",
        primary_key=True,
    )
    is_good = models.BooleanField("役に立った")
    reason = models.CharField("理由", max_length=20, choices=Reason, blank=True, default="")
    comment = PlainCharField("補足", max_length=200, blank=True, default="")

    class Meta:
        db_table = "chat_ratings"
        verbose_name = verbose_name_plural = "回答の評価"
        ordering = ["-exchange"]

    def __str__(self):
        return "役に立った" if self.is_good else f"役に立たない：{self.get_reason_display()}"
