from django.contrib import admin
from django.template.defaultfilters import truncatechars

from chat.models import ChatExchange, Conversation
from customers.admin.searching import FindsCustomers
from wealthai.admin import ReadOnlyAdmin


@admin.register(ChatExchange)
class ChatExchangeAdmin(FindsCustomers, ReadOnlyAdmin):
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
    readonly_fields = ["conversation_title"]
    fieldsets = [
        (
            "質問と回答",
            {
                "fields": [
                    ("customer", "adviser"),
                    ("conversation_title", "regenerate_of"),
                    "message",
                    "response",
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
                    ("total_tokens", "cost_yen"),
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
            {"fields": [("stop_reason", "error_kind"), ("provider_error", "request_id")]},
        ),
    ]

    @admin.display(description="担当者", ordering="adviser__rep_code")
    def adviser_name(self, exchange):
        return exchange.adviser and exchange.adviser.name

    @admin.display(description="会話")
    def conversation_title(self, exchange):
        """As text: the conversation's own page is for the person who leads it."""
        return exchange.conversation and exchange.conversation.title

    @admin.display(description="質問")
    def question(self, exchange):
        return truncatechars(exchange.message, 30)

    @admin.display(description="トークン", ordering="total_tokens")
    def tokens(self, exchange):
        return None if exchange.total_tokens is None else f"{exchange.total_tokens:,}"

    @admin.display(description="費用(円)", ordering="cost_yen")
    def shown_cost(self, exchange):
        return None if exchange.cost_yen is None else f"{exchange.cost_yen:,.2f}"


@admin.register(Conversation)
class ConversationAdmin(FindsCustomers, ReadOnlyAdmin):
    list_display = ["conversation_id", "title", "customer", "adviser_name", "updated_at"]
    list_display_links = ["title"]
    list_select_related = ["adviser", "customer"]
    search_fields = ["customer", "title"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、題名で探せます"
    fieldsets = [
        ("基本", {"fields": ["title", ("customer", "adviser"), ("created_at", "updated_at")]})
    ]

    @admin.display(description="担当者", ordering="adviser__rep_code")
    def adviser_name(self, conversation):
        return conversation.adviser and conversation.adviser.name
