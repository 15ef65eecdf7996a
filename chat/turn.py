"""What goes along with a question: the records it is about and what was said before, masked."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from chat import bedrock, keeping, prompts
from chat.blocks import text_of
from chat.budgets import Account
from chat.context import (
    TooManyNames,
    choices_among,
    facts_about,
    join_named,
    masked,
    mentioned_customers,
    texts_in,
)
from chat.grounding import Grounds, unmarked
from chat.masking import Masker, Memory
from chat.models import ChatExchange, Conversation
from chat.sources import Source, stamped_records
from chat.withdrawal import withdrawn
from customers.models import Customer
from customers.models.adviser import widest_role
from wealthai.database import OneOf, one_snapshot
from wealthai.prepared import Prepared

HISTORY = 10


class NotSent(Exception):
    """Nothing was sent, and must not be; `kind` is worded in chat/wording.py."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass
class Turn:
    """What is sent for one exchange, and what is learned on the way."""

    messages: list[dict[str, Any]]
    masker: Masker
    exchange: ChatExchange
    account: Account
    grounds: Grounds = field(default_factory=Grounds)
    trace: list[dict[str, Any]] = field(default_factory=list)
    finished: bedrock.Finished | None = None  # the last round, with the tokens of all
    first_token_ms: int | None = None
    has_begun: bool = False
    left_out: list[int] = field(default_factory=list)  # kept from the AI from the beginning

    def ledger_of(self, texts: list[str]) -> dict[str, list[str]]:
        """The very texts that leave and, where they differ, as the person who asked may read them."""
        told = list(map(self.masker.as_told, texts))
        return {"sent": texts} | ({"told": told} if told != texts else {})

    def keep_tokens(self) -> None:
        """Before they go out: another process that answers the next question numbers on."""
        talk = Conversation.objects.filter(pk=self.exchange.conversation_id)
        talk.update(tokens=asdict(self.masker.memory))

    def begin(self) -> dict[str, Any]:
        """Keeps the tokens; gives what the row becomes with the reservation of its first call.

        Each further call sends all again: raises NotSent where that must not be any more.
        """
        if self.has_begun:
            self.check()
            return {}
        self.keep_tokens()
        self.has_begun = True
        now = timezone.now()
        return {
            "status": ChatExchange.Status.STREAMING,
            "started_at": now,
            "lease_expires_at": now + keeping.LEASE,  # in place of the longer one of the queue
            "prompt_version": prompts.VERSION,
        }

    def check(self) -> None:
        """Whether the person may still ask, and all who are told of may be."""
        for kind in withdrawn([self.exchange.pk]).values():
            raise NotSent(kind)
        if self.exchange.used.filter(ai_excluded=True).exclude(pk__in=self.left_out).exists():
            raise NotSent("excluded_meanwhile")

    def give(self, sources: list[Source], texts: list[str]) -> None:
        """What the answer may rest on, also as the person will read it: a birthday went out as an age."""
        restored = map(self.masker.restore, texts)
        self.grounds.give(sources, [*texts, *(text for text in restored if text not in texts)])

    def note(self, step: str, **facts: Any) -> None:
        self.trace.append({"step": step, "at": timezone.now().isoformat(), **facts})


def read(chat_id):
    """The exchange with all that `prepare` asks of its row."""
    [exchange] = EXCHANGES.rows(chat_id)
    exchange.adviser.role = exchange.role
    return exchange


def prepare(exchange) -> Turn:
    """Read the records and mask them. The last use of the database before the model answers.

    Raises NotSent.
    """
    check_scope(exchange)
    customer = exchange.customer
    earlier = _earlier(exchange)
    said = [exchange.message, *(text for row in earlier for text in (row.message, row.response))]
    records, sources = _facts(customer) if customer else (None, [])
    mentions = [Customer.objects.mentions("\n".join([*said, *texts_in(records)]))]
    named = mentioned_customers("\n".join(said), exchange.adviser, mentions[0])
    others = [other for other in named if other != customer and not other.ai_excluded]
    known = [customer, *others] if customer else others
    if others and not customer:
        records, sources = _choices(others)
        mentions.append(Customer.objects.mentions("\n".join(texts_in(records))))
    _remember(exchange, known, earlier)
    masker = _masker(exchange, known, named, mentions)
    messages = []
    for row in earlier:
        said = unmarked(row.response)
        if said.strip():  # of ［1］ alone nothing is left, and an empty block is refused
            messages.append(_message("user", masker.mask(row.message)))
            messages.append(_message("assistant", masker.mask(said)))
    facts = masked(records, masker)
    question = masker.mask(exchange.message)
    messages.append(_message("user", prompts.user_text(question, facts)))
    turn = Turn(messages, masker, exchange, Account(exchange.pk, exchange.adviser))
    turn.left_out = [other.pk for other in named if other.ai_excluded]
    if facts:
        turn.give(sources, [prompts.as_json(facts)])
    turn.note(
        "prompt",
        version=prompts.VERSION,
        records={kind: len(rows) for kind, rows in (facts or {}).items() if isinstance(rows, list)},
        sent_question=question,
        told_question=masker.as_told(question),
        earlier_turns=len(earlier),
        **turn.ledger_of([text_of(message["content"]) for message in messages]),
    )
    return turn


def check_scope(exchange) -> None:
    """Once more: the customer may have gone to a colleague, or been kept from the AI, since the
    question was checked."""
    adviser, customer = exchange.adviser, exchange.customer
    if not TALKS.rows(adviser, exchange.conversation_id, exchange.customer_id):
        raise NotSent("hidden")
    if customer and customer.archived_at:
        raise NotSent("archived")
    if customer and customer.ai_excluded:
        raise NotSent("excluded")


def _remember(exchange, known, earlier) -> None:
    """Whose records and names the answer may rest on, those of the exchanges before it included.

    Those of the question itself were noted when it was saved.
    """
    if not earlier:
        return
    used = ChatExchange.used.through.objects.filter(chatexchange__in=[row.pk for row in earlier])
    before = used.values_list("customer", flat=True)
    exchange.used.add(*{*(row.pk for row in known), *before})


def _masker(exchange, known, named, mentions) -> Masker:
    """For everybody of the firm who is named, first of all whom the conversation was ever about: at its
    first question whom that one names."""
    masker = Masker([], Memory(**(exchange.conversation.tokens or {})))
    if exchange.is_first:
        masker.meet([row for row in named if row not in known])
    else:
        masker.meet(MET.rows(exchange.conversation_id, [row.pk for row in known]))
    try:
        for those in mentions:
            join_named(masker, those, known, exchange.adviser)
    except TooManyNames as error:
        raise NotSent("too_many_names") from error
    return masker


def _facts(customer):
    """What is known of the customer, and where each record of it stands."""
    with one_snapshot():
        [as_now] = CUSTOMERS.rows(customer.pk)
        facts = facts_about(as_now)
        return facts, stamped_records(facts)


def _choices(others):
    """The same of what tells apart those who were named."""
    with one_snapshot():
        as_now = Customer.objects.in_bulk([row.pk for row in others])
        choices = choices_among([as_now[row.pk] for row in others])
        return choices, stamped_records(choices)


def _earlier(exchange):
    """Exchanges of the conversation with an answer that the adviser may still read, oldest first;
    of a repeated one the newest."""
    if exchange.is_first:
        return []
    talk, repeated = exchange.conversation_id, exchange.regenerate_of_id
    return EARLIER.rows(exchange.adviser, talk, exchange.pk, repeated)[::-1]


def with_place(chat_id):
    before = ChatExchange.objects.filter(
        conversation=OuterRef("conversation"), pk__lt=OuterRef("pk")
    )
    rows = ChatExchange.objects.select_related("customer", "adviser", "conversation")
    told = {"is_first": ~Exists(before), "role": widest_role(OuterRef("adviser"))}
    return rows.annotate(**told).filter(pk=chat_id)


def earlier(adviser, conversation, before, repeated):
    status = ChatExchange.Status
    rows = ChatExchange.objects.filter(conversation=conversation, chat_id__lt=before)
    answered = rows.filter(status__in=[status.DONE, status.STOPPED, status.INTERRUPTED])
    answered = answered.exclude(regenerations__status=status.DONE).exclude(response="")
    if repeated is not None:
        answered = answered.exclude(pk=repeated)
    return answered.marked_for(adviser).readable().open_to_ai().order_by("-chat_id")[:HISTORY]


def met_in(conversation, known):
    """Whom the conversation was ever about, but for those that are `known`."""
    used = ChatExchange.used.through.objects.filter(chatexchange__conversation=conversation)
    met = Customer.objects.filter(pk__in=used.values("customer"))
    return met.exclude(OneOf("pk", known)).order_by("customer_id")


def talks(adviser, conversation, customer):
    """It is visible as long as its customer is."""
    visible = Conversation.objects.visible_to(adviser)
    return visible.filter(pk=conversation, customer=customer).values("pk")


EXCHANGES, EARLIER, MET, TALKS = map(Prepared, (with_place, earlier, met_in, talks))
CUSTOMERS = Prepared(lambda customer: Customer.objects.filter(pk=customer))


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}
