"""Asking a question: saved first, then answered in the background."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import runs
from chat.context import meant_among, mentioned_customers
from chat.models import ChatExchange, Conversation
from customers.models import Customer
from wealthai.api.idempotency import Replay, claim
from wealthai.prepared import Prepared

ROUTE = "chat:ask"
TITLE_LENGTH = 40
ARCHIVED = (
    "この顧客は保管されているため、質問できません。これまでの会話は読めます。"
    "続けるには、事務に保管から戻すよう依頼してください。"
)
EXCLUDED = (
    "この顧客はAI利用不可に設定されているため、質問できません。これまでの会話は読めます。"
    "設定は、顧客の編集画面で確かめてください。"
)
QUEUE_LEASE = timedelta(seconds=30)


class NoLongerOpen(Exception):
    """Since the question was checked, its customer was archived, kept from the AI or went to somebody
    else."""


class StillAnswering(Exception):
    """The conversation's previous question is not answered yet."""


def refusal_for(customer):
    """Why nothing may be asked about `customer`; "" where it may."""
    if customer.archived_at:
        return ARCHIVED
    return EXCLUDED if customer.ai_excluded else ""


@dataclass(frozen=True)
class Question:
    """A checked question: its parts are visible to `adviser` and fit together."""

    adviser: object
    message: str
    customer: object = None
    conversation: object = None
    regenerate_of: object = None
    request_id: str = ""
    idempotency_key: str = ""

    def fingerprint(self):
        """What must be equal for the same idempotency key to mean the same question."""
        return {
            "message": self.message,
            "customer_id": self.customer and self.customer.pk,
            "conversation_id": self.conversation and self.conversation.pk,
            "regenerate_of": self.regenerate_of and self.regenerate_of.pk,
        }


def ask(question):
    """Save `question` as a queued row and start its answer; returns the row.

    An idempotency key that was used before gives the row it made the first time: nothing is
    asked or paid twice. Raises runs.Busy before anything is saved, NoLongerOpen, StillAnswering when
    the conversation is not free, ChatExchange.DoesNotExist when that first row is no longer to be
    seen, and what `claim` raises. Must not be called inside a transaction: the thread that
    answers reads the row.
    """
    try:
        exchange, is_new = _saved(question)
    except StillAnswering:
        runs.reap_lost()  # the process of the question before may be gone
        exchange, is_new = _saved(question)
    if is_new:
        runs.start(exchange.pk)
    return exchange


def _saved(question):
    """The row of `question`, and whether this made it: then a place for its answer is reserved."""
    with ExitStack() as undo:
        try:
            with transaction.atomic():
                held = _claimed(question)
                if isinstance(held, Replay):
                    seen = ChatExchange.objects.visible_to(question.adviser)
                    return seen.get(pk=held.body["chat_id"]), False
                runs.reserve()
                undo.callback(runs.release)
                exchange = _save(question)
                if held:
                    held.finish(200, {"chat_id": exchange.pk})
        except IntegrityError as error:
            if "conversation" in str(error):
                raise StillAnswering from error
            raise
        undo.pop_all()
    return exchange, True


def _claimed(question):
    if not question.idempotency_key:
        return None
    return claim(question.adviser, ROUTE, question.idempotency_key, question.fingerprint())


def _save(question):
    conversation = _open(question)
    named = mentioned_customers(question.message, question.adviser)
    if conversation.customer is None:
        open_ones = [customer for customer in named if not customer.ai_excluded]
        conversation.customer = meant_among(open_ones, question.message)
    if question.conversation or conversation.customer != question.customer:  # else just made so
        conversation.save(update_fields=["customer", "updated_at"])
    exchange = ChatExchange.objects.create(
        conversation=conversation,
        customer=conversation.customer,
        adviser=question.adviser,
        message=question.message,
        regenerate_of=question.regenerate_of,
        request_id=question.request_id,
        status=ChatExchange.Status.QUEUED,
        lease_expires_at=timezone.now() + QUEUE_LEASE,
    )
    exchange.used.add(*named, *filter(None, [conversation.customer]))
    return exchange


def _open(question):
    """The conversation that is gone on with, or a new one, as it is now. Raises NoLongerOpen."""
    talk, customer = question.conversation, question.customer
    if talk:
        talk = Conversation.objects.visible_to(question.adviser).filter(pk=talk.pk).first()
        customer = talk and talk.customer
    is_gone = customer and not OPEN.rows(question.adviser, customer.pk)
    if is_gone or (question.conversation and not talk):
        raise NoLongerOpen
    return talk or _new_conversation(question)


def open_to(adviser, customer):
    people = Customer.objects.visible_to(adviser).open_to_ai()
    return people.filter(pk=customer).order_by().values("pk")


OPEN = Prepared(open_to)


def _new_conversation(question):
    first_line = question.message.strip().splitlines()[0]
    return Conversation.objects.create(
        adviser=question.adviser, customer=question.customer, title=first_line[:TITLE_LENGTH]
    )
