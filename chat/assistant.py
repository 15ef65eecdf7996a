"""One turn: the question with its records goes out masked, the answer comes back restored.

In between the model may use tools, in rounds: each is one call that ends with what it wants looked up.
"""

import time
from collections.abc import Iterator
from typing import Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, connection

from chat import bedrock, catalogue, prompts, tools
from chat.blocks import ToolCall, in_plain_text, without_thoughts
from chat.budgets import Refused
from chat.lines import Line
from chat.masking import Restorer
from chat.tries import Tries
from chat.turn import NotSent, Turn

ROUNDS = 8
CALLS = 10  # of one round
DATABASE_WAITS = (0.5, 2.0, 4.0, None)


class Listener(Protocol):
    """Whoever waits for the answer: lets go at any moment, also while nothing is heard."""

    def wanted_after(self, seconds: float) -> bool:
        """Wait, then say whether the answer is still wanted; False at once when it is not."""

    def calls(self, line: Line) -> None:
        """Told of the line of each call before it is made, to be able to cut it."""


def answer(turn: Turn, listener: Listener) -> Iterator[str]:
    """Pieces of the restored answer, as the model writes it, its sources as numbers; nothing once it
    is not wanted. Raises BedrockError, budgets.Refused, NotSent.
    """
    try:
        for text in _rounds(turn, listener):
            yield turn.grounds.feed(text)
    except (bedrock.BedrockError, Refused, NotSent):
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
            turn.give(result.sources, result.texts)
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
    sent = prompts.SYSTEM, messages, tools.specs()
    call = turn.account.open(tries.model_id, *sent, begin=turn.begin)
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
