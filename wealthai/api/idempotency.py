"""`Idempotency-Key`: a POST sent twice takes effect once (draft-ietf-httpapi-idempotency-key).

For an effect that is one transaction, decorate the handler with `idempotent`.

For an effect that is committed before a long answer (a question to the model), use `claim`:

    with transaction.atomic():
        held = claim(user, "chat:api-list", key, body)
        if isinstance(held, Replay):
            return held              # .status, .body: what `finish` was given the first time
        exchange = …save the question…
        held.finish(200, {"chat_id": exchange.pk})   # from here on a retry re-attaches to the row

Whoever cannot finish inside that transaction leaves the claim committed and unfinished: until
`finish` or `release`, the same key is answered with Conflict (409, Retry-After).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from wealthai.api.parsing import JSONRenderer
from wealthai.api.problems import BadRequest, Conflict, Unprocessable
from wealthai.models import IdempotencyKey

LIFETIME = timedelta(hours=24)
HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("Location", "ETag")


@dataclass(frozen=True)
class Replay:
    """The answer that this key got the first time, byte for byte."""

    status: int
    text: str
    headers: dict

    @property
    def body(self):
        return json.loads(self.text)

    def response(self):
        headers = self.headers | {"Idempotency-Replayed": "true"}
        return HttpResponse(
            self.text,
            status=self.status,
            headers=headers,
            content_type="application/json; charset=utf-8",
        )


@dataclass(frozen=True)
class Claim:
    """The right to answer for a key."""

    row: IdempotencyKey

    def finish(self, status, body, headers=None):
        self.row.status_code = status
        self.row.response = {
            "text": JSONRenderer().render(body).decode(),
            "headers": headers or {},
        }
        self.row.save(update_fields=["status_code", "response"])

    def release(self):
        """The effect failed: the same key may try again."""
        self.row.delete()


def claim(user, route, key, body):
    """Take `key` for this person, route and body: a Claim, or the Replay of the first answer.

    Raises BadRequest for an unusable key, Unprocessable when the key stands for another body and
    Conflict while the first request is still being answered. Called inside the transaction of the
    effect, parallel callers wait for it and its failure gives the key back.
    """
    if not KEY.fullmatch(key):
        raise BadRequest(f"{HEADER} は半角英数記号1〜255文字で指定してください。")
    body_hash = fingerprint(body)
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.select_for_update().get_or_create(
            user=user, route=route, key=key, defaults={"body_hash": body_hash}
        )
        if is_new:
            return Claim(row)
        if row.created_at < timezone.now() - LIFETIME:
            return Claim(renew(row, body_hash))
    if row.body_hash != body_hash:
        raise Unprocessable
    if row.status_code is None:
        raise Conflict("同じ Idempotency-Key の操作が進行中です。少し待ってからお試しください。")
    return Replay(row.status_code, row.response["text"], row.response["headers"])


def renew(row, body_hash):
    row.body_hash, row.created_at = body_hash, timezone.now()
    row.status_code = row.response = None
    row.save()
    return row


def fingerprint(body):
    """Equal for equal JSON, however its keys are ordered."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def idempotent(handler):
    """For a view method whose effect is one transaction; without the header nothing changes.

    The handler runs inside a transaction. An exception or an error response rolls it back
    together with the claim, so that a failed request does not use up the key.
    """

    @wraps(handler)
    def wrapper(view, request, *args, **kwargs):
        key = request.headers.get(HEADER)
        with transaction.atomic():
            if key is None:
                return handler(view, request, *args, **kwargs)
            route = request.resolver_match.view_name
            held = claim(request.user, route, key, request.data)
            if isinstance(held, Replay):
                return held.response()
            response = handler(view, request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            kept = {name: response[name] for name in KEPT_HEADERS if name in response}
            held.finish(response.status_code, response.data, kept)
            return response

    return wrapper


def forget_expired():
    """Delete what no retry can ask for any more; returns how many rows."""
    old = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - LIFETIME)
    return old.delete()[0]
