"""One turn: the question with its records goes out masked, the answer comes back restored.

In between the model may use tools, in rounds: each is one call that ends with what it wants looked up.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from chat import bedrock, catalogue, prompts, tools
from chat.blocks import ToolCall, in_plain_text, text_of, without_thoughts
from chat.budgets import Account, Refused
from chat.context import (
    TooManyNames,
    choices_among,
    facts_about,
    masked,
    mentioned_customers,
    others_named,
    texts_in,
)
from chat.grounding import Grounds, unmarked
from chat.lines import Line
from chat.masking import Masker, Memory, Restorer, masker_for
from chat.models import ChatExchange, Conversation
from chat.sources import stamped_records
from chat.tries import Tries
from customers.models import Customer
from wealthai.database import one_snapshot

HISTORY = 10
ROUNDS = 8
CALLS = 10  # of one round
DATABASE_WAITS = (0.5, 2.0, 4.0, None)


class NotSent(Exception):
    """Nothing was sent, and must not be; `kind` is worded in chat/wording.py."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Listener(Protocol):
    """Whoever waits for the answer: lets go at any moment, also while nothing is heard."""

    def wanted_after(self, seconds: float) -> bool:
        """Wait, then say whether the answer is still wanted; False at once when it is not."""

    def calls(self, line: Line) -> None:
        """Told of the line of each call before it is made, to be able to cut it."""


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

    def ledger_of(self, texts: list[str]) -> dict[str, list[str]]:
        """The very texts that leave and, where they differ, as the person who asked may read them."""
        told = list(map(self.masker.as_told, texts))
        return {"sent": texts} | ({"told": told} if told != texts else {})

    def keep_tokens(self) -> None:
        """Before they go out: another process that answers the next question numbers on."""
        talk = Conversation.objects.filter(pk=self.exchange.conversation_id)
        talk.update(tokens=asdict(self.masker.memory))

    def note(self, step: str, **facts: Any) -> None:
        self.trace.append({"step": step, "at": timezone.now().isoformat(), **facts})


def prepare(exchange) -> Turn:
    """Read the records and mask them. The last use of the database before the model answers.

    Raises NotSent.
    """
    check_scope(exchange)
    customer = exchange.customer
    earlier = _earlier(exchange)
    said = [exchange.message, *(text for row in earlier for text in (row.message, row.response))]
    records, sources = _facts(customer) if customer else (None, [])
    mentions = Customer.objects.mentions("\n".join([*said, *texts_in(records)]))
    others = [
        other
        for other in mentioned_customers("\n".join(said), exchange.adviser, mentions)
        if other != customer and not other.ai_excluded
    ]
    known = [customer, *others] if customer else others
    if others and not customer:
        records, sources = _choices(others)
        mentions = Customer.objects.mentions("\n".join([*said, *texts_in(records)]))
    _remember(exchange, known, earlier)
    masker = _masker(exchange, known, mentions)
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
    turn.keep_tokens()
    if facts:
        turn.grounds.give(sources, [prompts.as_json(facts)])
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
    talks = Conversation.objects.visible_to(adviser)  # as long as their customer is
    if not talks.filter(pk=exchange.conversation_id, customer=customer).exists():
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


def _masker(exchange, known, mentions) -> Masker:
    """For everybody of the firm who is named, and whom the conversation was ever about."""
    used = ChatExchange.used.through.objects.filter(
        chatexchange__conversation=exchange.conversation_id
    )
    met = Customer.objects.filter(pk__in=used.values("customer")).order_by("customer_id")
    met = list(met.exclude(pk__in=[row.pk for row in known]))
    try:
        others = [*met, *others_named(mentions, [*known, *met])]
    except TooManyNames as error:
        raise NotSent("too_many_names") from error
    visible = Customer.objects.visible_to(exchange.adviser)
    seen = visible.in_bulk([row.pk for row in others])
    shown = [row for row in others if row.pk in seen]
    memory = Memory(**(exchange.conversation.tokens or {}))
    hidden = [row for row in others if row.pk not in seen]
    masker = masker_for([*known, *shown], hidden=hidden, memory=memory)
    masker.know(mentions.named)
    return masker


def _facts(customer):
    """What is known of the customer, and where each record of it stands."""
    with one_snapshot():
        facts = facts_about(Customer.objects.get(pk=customer.pk))
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
    status = exchange.Status
    rows = (
        exchange.conversation.exchanges.marked_for(exchange.adviser)
        .readable()
        .open_to_ai()
        .filter(
            chat_id__lt=exchange.pk,
            status__in=[status.DONE, status.STOPPED, status.INTERRUPTED],
        )
        .exclude(regenerations__status=status.DONE)
        .exclude(pk=exchange.regenerate_of_id)
        .exclude(response="")
        .order_by("-chat_id")[:HISTORY]
    )
    return list(rows)[::-1]


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}


def answer(turn: Turn, listener: Listener) -> Iterator[str]:
    """Pieces of the restored answer, as the model writes it, its sources as numbers; nothing once it
    is not wanted. Raises BedrockError, budgets.Refused.
    """
    try:
        for text in _rounds(turn, listener):
            yield turn.grounds.feed(text)
    except (bedrock.BedrockError, Refused):
        yield turn.grounds.flush()
        raise
    yield turn.grounds.flush()


def _rounds(turn: Turn, listener: Listener) -> Iterator[str]:
    started, tries, spoke = time.monotonic(), Tries(), False
    for number in range(1, ROUNDS + 1):
        before, gap = turn.finished, "\n\n" if spoke else ""
        for text in _asked(turn, listener, tries, started):
            yield gap + text
            gap, spoke = ("", True) if text else (gap, spoke)
        heard = turn.finished
        if heard is None or heard is before or heard.stop_reason != "tool_use":
            return
        if not heard.calls:
            raise bedrock.Incomplete("tool_use without toolUse", may_be_paid=True)
        if number < ROUNDS:
            _use_tools(turn, heard, listener)
            tries.start_anew()
    raise bedrock.Incomplete(
        f"tool_use after {ROUNDS} rounds", kind="too_many_rounds", may_be_paid=True
    )


def _use_tools(turn: Turn, heard: bedrock.Finished, listener: Listener) -> None:
    """Looks up what the model asked for and adds it to the messages. Holds the database only here.

    The adviser is read anew: whoever lost a right since the question was asked has lost it.
    """
    results = []
    try:
        for number, call in enumerate(heard.calls):
            if not listener.wanted_after(0):
                return
            many, began = number >= CALLS, time.monotonic()
            result = tools.refused(tools.CALLS) if many else _looked_up(turn, call, listener)
            turn.grounds.give(result.sources, result.texts)
            took = round(time.monotonic() - began, 2)
            told = result.traced() | turn.ledger_of(result.said)
            turn.note("tool", name=call.name[:64], seconds=took, **told)
            results.append(result.block(call))
    finally:
        connection.close()
    turn.messages.append({"role": "assistant", "content": list(heard.content)})
    turn.messages.append({"role": "user", "content": results})


def _looked_up(turn: Turn, call: ToolCall, listener: Listener) -> tools.Result:
    """One result. A database that is away for a moment is waited for: nothing has been changed."""
    for wait in DATABASE_WAITS:
        try:
            adviser = get_user_model().objects.get(pk=turn.exchange.adviser_id)
            result = tools.use(call, adviser, turn.masker)
            turn.exchange.used.add(*result.customers)
            turn.keep_tokens()
        except (OperationalError, InterfaceError):
            connection.close()
            if wait is None or not listener.wanted_after(wait):
                raise
        else:
            return result
    raise AssertionError("the last wait is None")


def _asked(turn: Turn, listener: Listener, tries: Tries, started: float) -> Iterator[str]:
    """One round. Asks again only while nothing of the round was shown and when that cannot pay twice
    (chat/tries.py).
    """
    while listener.wanted_after(tries.wait):
        restorer, shown = Restorer(turn.masker), False
        try:
            for piece in _read(turn, listener, tries, started):
                if text := restorer.feed(piece):
                    shown = True
                    yield text
            yield restorer.flush()
            return
        except bedrock.BedrockError as error:
            asked = {"attempt": tries.attempt, "model": tries.model_id}
            turn.note("model_failed", **asked, error=error.provider, kind=error.kind)
            if shown or restorer.held or not tries.again(error):
                yield restorer.flush()
                raise
            if tries.model_id != asked["model"]:
                turn.messages = without_thoughts(turn.messages)
                approved_by = settings.BEDROCK_FALLBACK_APPROVED_BY
                turn.note("fallback", model=tries.model_id, approved_by=approved_by)


def _read(turn: Turn, listener: Listener, tries: Tries, started: float) -> Iterator[str]:
    called, messages = time.monotonic(), turn.messages
    if not catalogue.takes_search_results(tries.model_id):
        messages = in_plain_text(messages)
    call = turn.account.open(tries.model_id, prompts.SYSTEM, messages, tools.specs())
    if not listener.wanted_after(0):  # stopped while the budget was reserved
        call.is_free = True
        return
    line = Line()
    listener.calls(line)
    try:
        stream = bedrock.open_stream(
            system=prompts.SYSTEM,
            messages=messages,
            tools=tools.specs(),
            model_id=tries.model_id,
            line=line,
        )
    except bedrock.BedrockError as error:
        call.is_free = not error.may_be_paid
        raise
    call.heard = stream.blocks
    for event in stream:
        if isinstance(event, bedrock.Text):
            if turn.first_token_ms is None:
                turn.first_token_ms = round((time.monotonic() - started) * 1000)
            yield event.text
        else:
            turn.finished, call.usage = event.after(turn.finished), event.usage
            turn.note(
                "model",
                attempt=tries.attempt,
                model=tries.model_id,
                yen=str(call.yen),
                region=settings.BEDROCK_REGION,
                request_id=stream.request_id,
                stop_reason=event.stop_reason,
                first_token_ms=turn.first_token_ms,
                seconds=round(time.monotonic() - called, 2),
            )
