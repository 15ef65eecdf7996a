"""What operators are told of an answer: measurements, and one line of the log. No word of it."""

import logging

from wealthai import metrics

logger = logging.getLogger(__name__)

CALLED = ("model", "attempt", "request_id", "stop_reason", "kind", "error", "seconds")


def count(turn):
    """An answer that the model has ended."""
    metrics.BEDROCK_CALLS.labels("ok").inc()
    if turn.first_token_ms is not None:
        metrics.BEDROCK_SECONDS.observe(turn.first_token_ms / 1000)
    for call in turn.account.calls:
        if call.usage:
            metrics.TOKENS.labels("input").inc(call.usage.input)
            metrics.TOKENS.labels("output").inc(call.usage.output)


def say(run):
    """How it ended, and each call of Bedrock with the number that AWS knows it by."""
    status, kind, provider = run.outcome
    fields = {"chat": run.chat_id, "status": status, "error": kind, "provider_error": provider}
    if run.turn:
        fields["first_token_ms"] = run.turn.first_token_ms
        fields["calls"] = [
            {name: step[name] for name in CALLED if name in step}
            for step in run.turn.trace
            if step["step"] in {"model", "model_failed"}
        ]
    logger.info("answer", extra={"fields": fields})
