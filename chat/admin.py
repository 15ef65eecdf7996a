from django.contrib import admin
from django.template.defaultfilters import truncatechars

from chat import marks
from chat.looks import log_looks
from chat.models import ChatExchange, Conversation, Rating
from customers.admin.records import LookedAt
from customers.admin.searching import FindsCustomers
from wealthai.admin import ReadOnlyAdmin, without

# They tell of customers beyond the person's sight: what was typed of them, and what was masked.
FOR_THE_FIRM = {
    "conversation_title",
    "used",
    "masked_fields",
    "citations",
    "tool_trace",
    "guard_verdict",
}


class SearchesReadable(FindsCustomers):
    """What may not be read is not found by its words either."""

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return (found.filter(is_withheld=False) if search_term else found), may_repeat


@admin.register(ChatExchange)
class ChatExchangeAdmin(SearchesReadable, LookedAt, ReadOnlyAdmin):
    list_display = [
        "chat_id",
        "created_at",
        "adviser_name",
        "customer",
        "question",
        "status",
        "model_id",
        "tokens",
        "shown_cost",
    ]
    list_filter = ["status", "created_at"]
    list_select_related = ["adviser", "customer"]
    search_fields = ["customer", "message", "response", "adviser__name", "request_id"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、質問・回答の言葉、担当者の氏名、問い合わせ番号で探せます"
    readonly_fields = ["conversation_title", "shown_message", "shown_response", "shown_rating"]
    fieldsets = [
        (
            "質問と回答",
            {
                "fields": [
                    ("customer", "adviser"),
                    ("conversation_title", "regenerate_of"),
                    "used",
                    "shown_message",
                    "shown_response",
                    ("status", "created_at"),
                ]
            },
        ),
        (
            "モデルと費用",
            {
                "fields": [
                    ("model_id", "prompt_version"),
                    ("input_tokens", "output_tokens"),
                    ("cache_read_tokens", "cache_write_tokens"),
                    ("total_tokens", "reserved_yen"),
                    ("cost_yen", "cost_is_estimated"),
                    ("first_token_ms", "latency_ms"),
                    ("started_at", "finished_at"),
                ]
            },
        ),
        (
            "根拠と確認",
            {"fields": ["masked_fields", "citations", "tool_trace", "guard_verdict"]},
        ),
        (
            "終わり方",
            {
                "fields": [
                    ("stop_reason", "error_kind"),
                    ("provider_error", "request_id"),
                    "shown_rating",
                ]
            },
        ),
    ]

    @admin.display(description="担当者", ordering="adviser__rep_code")
    def adviser_name(self, exchange):
        return exchange.adviser and exchange.adviser.name

    @admin.display(description="会話")
    def conversation_title(self, exchange):
        """As text: the conversation's own page is for the person who leads it."""
        return exchange.conversation and exchange.conversation.title

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.sees_firm else list(without(fieldsets, FOR_THE_FIRM))

    def log_look(self, request, act, obj):
        log_looks(request, [obj])

    @admin.display(description="質問")
    def shown_message(self, exchange):
        return exchange.shown_message

    @admin.display(description="回答")
    def shown_response(self, exchange):
        return marks.in_text(exchange.shown_response, exchange.unverified)

    @admin.display(description="担当者の評価")
    def shown_rating(self, exchange):
        rating = Rating.objects.filter(exchange=exchange).first()
        if rating is None or exchange.is_withheld:
            return self.get_empty_value_display()
        return f"{rating}　{rating.comment}".strip()

    @admin.display(description="質問")
    def question(self, exchange):
        return truncatechars(exchange.shown_message, 30)

    @admin.display(description="トークン", ordering="total_tokens")
    def tokens(self, exchange):
        return None if exchange.total_tokens is None else f"{exchange.total_tokens:,}"

    @admin.display(description="費用(円)", ordering="cost_yen")
    def shown_cost(self, exchange):
        mark = "概算 " if exchange.cost_is_estimated else ""
        return None if exchange.cost_yen is None else f"{mark}{exchange.cost_yen:,.2f}"


@admin.register(Conversation)
class ConversationAdmin(SearchesReadable, ReadOnlyAdmin):
    list_display = ["conversation_id", "shown_title", "customer", "adviser_name", "updated_at"]
    list_display_links = ["shown_title"]
    list_select_related = ["adviser", "customer"]
    search_fields = ["customer", "title"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、題名で探せます"
    readonly_fields = ["shown_title"]
    fieldsets = [
        (
            "基本",
            {
                "fields": [
                    "shown_title",
                    ("customer", "adviser"),
                    ("created_at", "updated_at"),
                    ("pinned_at", "hidden_at"),
                ]
            },
        )
    ]

    @admin.display(description="題名", ordering="title")
    def shown_title(self, conversation):
        return conversation.shown_title

    @admin.display(description="担当者", ordering="adviser__rep_code")
    def adviser_name(self, conversation):
        return conversation.adviser and conversation.adviser.name
