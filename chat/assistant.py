"""One turn: the question with its records goes out masked, the answer comes back restored."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone

from chat import bedrock, prompts
from chat.context import choices_among, facts_about, masked, mentioned_customers
from chat.masking import Masker, Restorer, masker_for

HISTORY = 10
TRIES = 3


class Listener(Protocol):
    """Whoever waits for the answer: lets go at any moment, also while nothing is heard."""

    def wanted_after(self, seconds: float) -> bool:
        """Wait, then say whether the answer is still wanted; False at once when it is not."""

    def opened(self, stream: bedrock.Stream) -> None:
        """Told of each opened stream, to be able to abort it."""


@dataclass
class Turn:
    """What is sent for one exchange, and what is learned on the way."""

    messages: list[dict[str, Any]]
    masker: Masker
    trace: list[dict[str, Any]] = field(default_factory=list)
    finished: bedrock.Finished | None = None
    first_token_ms: int | None = None

    def note(self, step: str, **facts: Any) -> None:
        self.trace.append({"step": step, "at": timezone.now().isoformat(), **facts})


def prepare(exchange) -> Turn:
    """Read the records and mask them. The last use of the database before the model answers."""
    customer = exchange.customer
    earlier = _earlier(exchange)
    said = [exchange.message, *(text for row in earlier for text in (row.message, row.response))]
    others = [
        other
        for other in mentioned_customers("\n".join(said), exchange.adviser)
        if other != customer
    ]
    masker = masker_for([customer, *others] if customer else others)
    messages = []
    for row in earlier:
        messages.append(_message("user", masker.mask(row.message)))
        messages.append(_message("assistant", masker.mask(row.response)))
    facts = masked(_records(customer, others), masker)
    question = masker.mask(exchange.message)
    messages.append(_message("user", prompts.user_text(question, facts)))
    turn = Turn(messages, masker)
    turn.note(
        "prompt",
        version=prompts.VERSION,
        records={kind: len(rows) for kind, rows in (facts or {}).items() if isinstance(rows, list)},
        sent_question=question,
        earlier_turns=len(earlier),
    )
    return turn


def _records(customer, others):
    """The customer's records; without one, what tells apart those who were named."""
    if customer:
        return facts_about(customer)
    return choices_among(others) if others else None


def _earlier(exchange):
    """Exchanges of the conversation with an answer, oldest first; of a repeated one the newest."""
    status = exchange.Status
    rows = (
        exchange.conversation.exchanges.filter(
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
    """Pieces of the restored answer, as the model writes it; nothing once it is not wanted.

    Asks again, at most twice, only while nothing was shown and when that cannot pay twice.
    Raises BedrockError.
    """
    started, wait = time.monotonic(), 0.0
    for attempt in range(1, TRIES + 1):
        if not listener.wanted_after(wait):
            return
        restorer, shown = Restorer(turn.masker), False
        try:
            for piece in _read(turn, listener, attempt, started):
                if text := restorer.feed(piece):
                    shown = True
                    yield text
            yield restorer.flush()
            return
        except bedrock.BedrockError as error:
            turn.note("model_failed", attempt=attempt, error=error.provider, kind=error.kind)
            if shown or restorer.held or error.again_after is None or attempt == TRIES:
                yield restorer.flush()
                raise
            wait = error.again_after * attempt * random.uniform(0.7, 1.3)  # noqa: S311


def _read(turn: Turn, listener: Listener, attempt: int, started: float) -> Iterator[str]:
    called = time.monotonic()
    stream = bedrock.open_stream(system=prompts.SYSTEM, messages=turn.messages)
    listener.opened(stream)
    for event in stream:
        if isinstance(event, bedrock.Text):
            if turn.first_token_ms is None:
                turn.first_token_ms = round((time.monotonic() - started) * 1000)
            yield event.text
        else:
            turn.finished = event
            turn.note(
                "model",
                attempt=attempt,
                model=settings.BEDROCK_MODEL_ID,
                region=settings.BEDROCK_REGION,
                request_id=stream.request_id,
                stop_reason=event.stop_reason,
                first_token_ms=turn.first_token_ms,
                seconds=round(time.monotonic() - called, 2),
            )
