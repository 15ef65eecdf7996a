"""Asking a question: saved first, then answered in the background."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import runs
from chat.context import mentioned_customers
from chat.models import ChatExchange, Conversation

TITLE_LENGTH = 40


class StillAnswering(Exception):
    """The conversation's previous question is not answered yet."""


@dataclass(frozen=True)
class Question:
    """A checked question: its parts are visible to `adviser` and fit together."""

    adviser: object
    message: str
    customer: object = None
    conversation: object = None
    regenerate_of: object = None
    request_id: str = ""


def ask(question, also=None):
    """Save `question` as a queued row and start its answer; returns (row, run).

    `also(row)` runs in the same transaction. Raises runs.Busy before anything is saved and
    StillAnswering when the conversation is not free. Must not be called inside a transaction:
    the thread that answers reads the row.
    """
    runs.reap_lost()
    runs.reserve()
    try:
        with transaction.atomic():
            exchange = _save(question)
            if also:
                also(exchange)
    except IntegrityError as error:
        runs.release()
        if "conversation" in str(error):
            raise StillAnswering from error
        raise
    except BaseException:
        runs.release()
        raise
    return exchange, runs.start(exchange.pk)


def _save(question):
    conversation = question.conversation or _new_conversation(question)
    conversation.save(update_fields=["updated_at"])
    return ChatExchange.objects.create(
        conversation=conversation,
        customer=conversation.customer,
        adviser=question.adviser,
        message=question.message,
        regenerate_of=question.regenerate_of,
        request_id=question.request_id,
        status=ChatExchange.Status.QUEUED,
        lease_expires_at=timezone.now() + timedelta(seconds=30),
    )


def _new_conversation(question):
    """A conversation about the chosen customer, else about the only one the question names."""
    customer = question.customer
    if customer is None:
        named = mentioned_customers(question.message, question.adviser)
        customer = named[0] if len(named) == 1 else None
    first_line = question.message.strip().splitlines()[0]
    return Conversation.objects.create(
        adviser=question.adviser, customer=customer, title=first_line[:TITLE_LENGTH]
    )
