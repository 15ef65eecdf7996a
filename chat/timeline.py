"""What was asked of the AI about a customer, for the customer's timeline."""

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Left
from django.urls import reverse

from chat.models import WITHHELD, ChatExchange
from customers.timeline import TEXT, Entry, Events, events_of, register

QUOTED = 200


def chat_rows(asked):
    exchanges = ChatExchange.objects.of_customer(asked.customer, asked.user)
    return events_of(
        "chat",
        exchanges,
        asked,
        at=F("created_at"),
        is_past=True,
        code=Cast("status", TEXT),
        quote=Case(
            When(Q(is_withheld=True), then=Value(WITHHELD, TEXT)),
            default=Left(Cast("message", TEXT), QUOTED),
            output_field=TEXT,
        ),
        who=Coalesce(Cast("adviser__name", TEXT), Value("", TEXT)),
        link_id=Case(When(adviser=asked.user.pk, then=F("conversation_id"))),
    )


def chat_entry(row):
    """A conversation opens for its own adviser only."""
    status = ChatExchange.Status
    conversation = row["link_id"]
    return Entry(
        kind="chat",
        icon="chat",
        day=row["day"],
        at=row["at"],
        words="AIに質問",
        quote=row["quote"] + ("…" if len(row["quote"]) == QUOTED else ""),
        badge="" if row["code"] == status.DONE else dict(status.choices).get(row["code"], ""),
        facts=row["who"],
        url=reverse("chat:home", query={"conversation": conversation}) if conversation else "",
    )


def connect():
    register("chat", Events("chat", chat_rows, chat_entry), "AI")
