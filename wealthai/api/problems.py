"""Errors of the API: RFC 9457 JSON, in Japanese, each naming the next step."""

import logging

from django.core import exceptions as django_exceptions
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse, UnreadablePostError
from rest_framework import exceptions

logger = logging.getLogger(__name__)

TEXTS = {
    400: (
        "入力内容を確かめてください",
        "送信された内容を読み取れませんでした。内容を確かめて、もう一度送信してください。",
    ),
    401: (
        "ログインが必要です",
        "ログインするか、有効なトークンを Authorization ヘッダーに付けて、もう一度お試しください。",
    ),
    403: (
        "この操作は行えません",
        "この操作を行う権限がありません。必要な場合は管理者に依頼してください。",
    ),
    404: (
        "記録が見つかりません",
        "記録がないか、担当が変わって表示できなくなっています。一覧から探してください。",
    ),
    405: (
        "この方法では呼び出せません",
        "このURLで使える方法は応答の Allow ヘッダーにあります。方法を変えてお試しください。",
    ),
    406: (
        "応答の形式を選べません",
        "応答は JSON です。Accept ヘッダーを application/json にしてお試しください。",
    ),
    409: (
        "ほかの操作と重なりました",
        "同じ対象の操作が進行中です。少し待ってから、もう一度お試しください。",
    ),
    412: (
        "ほかの人が先に更新しました",
        "current にある最新の内容を確かめて、もう一度変更してください。",
    ),
    413: (
        "送信された内容が大きすぎます",
        "一度に送れる量を超えています。内容を分けて、もう一度送信してください。",
    ),
    415: (
        "送信された形式を読み取れません",
        "Content-Type を application/json（UTF-8）にして、もう一度送信してください。",
    ),
    422: (
        "再送キーの内容が前と違います",
        "同じ Idempotency-Key で別の内容が送られました。新しいキーでもう一度送信してください。",
    ),
    428: (
        "If-Match が必要です",
        "先に記録を取得し、その ETag を If-Match ヘッダーに付けて、もう一度送信してください。",
    ),
    429: (
        "操作の回数が上限を超えました",
        "Retry-After ヘッダーの秒数だけ待ってから、もう一度お試しください。",
    ),
    503: (
        "ただいま応答できません",
        "一時的に混み合っているか停止しています。少し待ってから、もう一度お試しください。",
    ),
}


class Problem(exceptions.APIException):
    """An error with its own words: `detail` replaces the usual sentence of its status."""

    def __init__(self, detail=None, *, headers=None, **members):
        super().__init__(detail or TEXTS[self.status_code][1])
        self.headers = headers or {}
        self.members = members


class BadRequest(Problem):
    status_code = 400


class Forbidden(Problem):
    status_code = 403


class Conflict(Problem):
    status_code = 409

    def __init__(self, detail=None, *, retry_after=1, **members):
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **members)


class PreconditionFailed(Problem):
    """`current` is the record as it stands now, so that the caller can merge and try again."""

    status_code = 412

    def __init__(self, *, current):
        super().__init__(current=current)


class TooLarge(Problem):
    status_code = 413


class Unprocessable(Problem):
    status_code = 422


class PreconditionRequired(Problem):
    status_code = 428


class Unavailable(Problem):
    status_code = 503

    def __init__(self, detail=None, *, retry_after=5, **members):
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **members)


# Exceptions of Django and the database that reach an endpoint; the first match counts.
FOREIGN = [
    (Http404, 404),
    (django_exceptions.PermissionDenied, 403),
    (django_exceptions.RequestDataTooBig, 413),
    (django_exceptions.SuspiciousOperation, 400),
    (django_exceptions.ValidationError, 400),
    (UnreadablePostError, 400),
    ((OperationalError, InterfaceError), 503),
]


def problem(request, status, title, detail, *, headers=None, **members):
    """An application/problem+json response; `members` are added as they are (errors, current…)."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": getattr(request, "request_id", ""),
        **members,
    }
    return JsonResponse(
        body,
        status=status,
        headers=headers,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def problem_response(exc, context):
    """The REST framework's exception handler. None (a 500) for what nobody foresaw."""
    status = status_of(exc)
    if status not in TEXTS:
        return None
    if status == 503 and not isinstance(exc, Problem):
        logger.error("The database does not answer", exc_info=exc)
        exc = Unavailable()
    title, detail = TEXTS[status]
    members = {}
    if isinstance(exc, Problem):
        detail, members = str(exc.detail), exc.members
    elif isinstance(exc, (exceptions.ValidationError, django_exceptions.ValidationError)):
        members = {"errors": field_errors(exc)}
        fields = "、".join(members["errors"])
        detail = f"次の項目を直して、もう一度送信してください: {fields}"
    return problem(context["request"], status, title, detail, headers=headers_of(exc), **members)


def status_of(exc):
    if isinstance(exc, exceptions.APIException):
        return exc.status_code
    return next((status for kinds, status in FOREIGN if isinstance(exc, kinds)), None)


def headers_of(exc):
    headers = dict(getattr(exc, "headers", None) or {})
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait))
    return headers


def field_errors(exc):
    """{field: [sentence, …]} of either ValidationError; nested fields as `outer.inner`."""
    if isinstance(exc, django_exceptions.ValidationError):
        return exc.message_dict if hasattr(exc, "error_dict") else {"body": exc.messages}
    found = {}
    for path, text in leaves(exc.detail):
        found.setdefault(".".join(path) or "body", []).append(text)
    return found


def leaves(detail, path=()):
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from leaves(value, path if key == "non_field_errors" else (*path, str(key)))
    elif isinstance(detail, list):
        for value in detail:
            yield from leaves(value, path)
    else:
        yield path, str(detail)
