"""A question as it is sent: what it may say, and about whom."""

from functools import cache

from django.db.models import Q
from rest_framework import serializers as drf

from chat import asking
from chat.models import ChatExchange, Conversation
from customers.models import Customer
from wealthai.api.serializers import CharField, PrimaryKeyRelatedField, Serializer
from wealthai.prepared import Prepared

MESSAGE_LENGTH = 8000
TOO_LONG = "質問は{max_length}文字以内で入力してください。"
LAST_KEY = 2**31 - 1


class InSight(PrimaryKeyRelatedField):
    """A row of `rows(user)`, for the caller."""

    def __init__(self, model, *, rows, **options):
        self.rows = rows
        options |= {"queryset": model.objects.none(), "required": False, "allow_null": True}
        super().__init__(**options)

    def get_queryset(self):
        return self.rows(self.context["request"].user)

    def to_internal_value(self, data):
        if type(data) is not int or not 0 < data <= LAST_KEY:
            return super().to_internal_value(data)
        found = by_key(self.rows).rows(self.context["request"].user, data)
        return found[0] if found else self.fail("does_not_exist", pk_value=data)


@cache
def by_key(rows):
    return Prepared(lambda user, key: rows(user).filter(pk=key).order_by())


def customers_of(user):
    return Customer.objects.visible_to(user)


def conversations_of(user):
    return Conversation.objects.visible_to(user).select_related("customer")


def repeatable_by(user):
    """One's own questions, as far as they may be read; a conversation that is out of sight takes
    its questions along, also those from before it was about the customer."""
    own = ChatExchange.objects.visible_to(user).readable().filter(adviser=user.pk)
    talks = Conversation.objects.visible_to(user).values("pk")
    return own.filter(Q(conversation=None) | Q(conversation__in=talks))


class QuestionSerializer(Serializer):
    """A question. Ids outside of what the caller may see are unknown ids."""

    ABOUT = ("customer_id", "conversation_id", "regenerate_of")  # may say whom it is about

    message = CharField(max_length=MESSAGE_LENGTH, error_messages={"max_length": TOO_LONG})
    customer_id = InSight(Customer, rows=customers_of, source="customer")
    conversation_id = InSight(Conversation, rows=conversations_of, source="conversation")
    regenerate_of = InSight(ChatExchange, rows=repeatable_by)

    def validate(self, data):
        """A repeated question stays in its conversation, a conversation with its customer."""
        repeated, conversation = data.get("regenerate_of"), data.get("conversation")
        if repeated and repeated.conversation_id is None:
            text = "この質問はやり直せません。新しい質問として送ってください。"
            raise drf.ValidationError({"regenerate_of": [text]})
        if repeated:
            conversation = data["conversation"] = repeated.conversation
        customer = data.get("customer")
        if conversation and customer and conversation.customer_id != customer.pk:
            text = "この会話は別の顧客についてのものです。新しい会話で質問してください。"
            raise drf.ValidationError({"customer_id": [text]})
        about = customer or (conversation and conversation.customer)
        refusal = about and asking.refusal_for(about)
        if refusal:
            given = (name for name in self.ABOUT if self.initial_data.get(name))
            raise drf.ValidationError({next(given): [refusal]})
        return data
