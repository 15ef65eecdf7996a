"""Pages without an app: errors, health, measurements."""

import ipaddress
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wealthai import gauges, metrics, probes
from wealthai.api import problem
from wealthai.typed import typed_in

# What happened; what is safe and what to do next.
MESSAGES = {
    400: (
        "送られた内容を読み取れませんでした",
        "記録は変わっていません。前の画面に戻って、入力内容を確かめてからもう一度お試しください。",
    ),
    403: (
        "この操作は行えません",
        "記録は変わっていません。この画面を使う権限が必要なときは、管理者に依頼してください。",
    ),
    404: (
        "ページが見つかりません",
        "記録がないか、担当が変わって表示できなくなっています。顧客一覧から探してください。",
    ),
    413: (
        "送られた内容が大きすぎます",
        "記録は変わっていません。一度に送れるのは 2 MB までです。前の画面に戻り、長い文章を短くするか、何回かに分けて送ってください。",
    ),
    429: (
        "操作が続いたため、少しお待ちください",
        "記録は変わっていません。1分ほど待ってから、もう一度お試しください。",
    ),
    500: (
        "画面を表示できませんでした",
        "保存済みの記録はそのままです。少し待ってからもう一度開いてください。続くときは、下の問い合わせ番号を管理者に知らせてください。",
    ),
    503: (
        "ただいま応答できません",
        "保存済みの記録はそのままです。データベースが止まっているか、混み合っています。少し待ってからもう一度開いてください。",
    ),
}
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
EXPIRED = (
    "画面の有効期限が切れました",
    "記録は変わっていません。前の画面に戻って再読み込みし、もう一度操作してください。",
)


def error_page(request, status, message=None):
    """The page or the problem JSON of an error; within the shell only where a database is sure.

    Some errors come from before the session, and the cause of a 500 may be the database itself.
    What was typed is given back, but not where the form may have come from a foreign page (EXPIRED).
    """
    title, detail = message or MESSAGES[status]
    if request.path_info.startswith("/api/"):
        return problem(request, status, title, detail)
    user = getattr(request, "user", None) if status in {403, 404, 429} else None
    layout = "base.html" if user and user.is_authenticated else "entry.html"
    context = {"status": status, "title": title, "detail": detail, "layout": layout}
    if status in {403, 404} and message is None:
        context["typed"] = typed_in(request)
    if status >= 500:
        # Without the request, no message, session or user is looked up in what has just failed.
        request_id = getattr(request, "request_id", "")
        context |= {"version": settings.VERSION, "demo": settings.DEMO, "request_id": request_id}
        request = None
    return render(request, "error.html", context, status=status)


def bad_request(request, exception):
    return error_page(request, 413 if isinstance(exception, TOO_LARGE) else 400)


def permission_denied(request, exception):
    return error_page(request, 403)


def not_found(request, exception):
    return error_page(request, 404)


def too_many_requests(request, wait=60):
    """`wait` is in seconds."""
    minutes = -(-wait // 60)
    detail = f"記録は変わっていません。{minutes}分ほど待ってから、もう一度お試しください。"
    response = error_page(request, 429, (MESSAGES[429][0], detail))
    response["Retry-After"] = str(wait)
    return response


def server_error(request):
    """503 where the database was the cause, so that callers know to come back."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return error_page(request, 500)
    alone = getattr(view_of(request), "without_database", None)
    response = alone(request) if alone else error_page(request, 503)
    response["Retry-After"] = "5"
    return response


def view_of(request):
    """Also where the failure came before the address was read."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None


def csrf_failure(request, reason=""):
    return error_page(request, 403, EXPIRED)


@never_cache
@require_safe
def session(request):
    """Who is logged in here, for a page that asks before it sends (static/js/session.js).

    Its own token is void once somebody has logged in anew. Other sites cannot read the answer.
    """
    is_in = request.user.is_authenticated and not request.mfa_pending
    return JsonResponse({"person": request.user.pk if is_in else None, "token": get_token(request)})


@never_cache
@require_safe
def healthz(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request):
    """The database answers and is migrated. The AI is reported but never a reason to say no."""
    if settings.DRAINING_FILE.exists():
        return JsonResponse({"status": "draining"}, status=503)
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "down"}, status=503)
    checks = {"database": "ok", "migrations": "pending" if pending else "ok"}
    others = {name: finding.state for name, finding in probes.findings().items()}
    body = {"status": "migrating" if pending else "ok", **checks, **others}
    return JsonResponse(body, status=503 if pending else 200)


@never_cache
@require_safe
def metrics_page(request):
    """Prometheus text, for the addresses of METRICS_ALLOWED_IPS only; 404 to anybody else."""
    if client_ip(request) not in {ipaddress.ip_address(ip) for ip in settings.METRICS_ALLOWED_IPS}:
        raise Http404
    text = metrics.exposition() + generate_latest(gauges.registry())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def client_ip(request):
    """The caller's address: the trusted header's where one is set, else the socket peer's."""
    header = settings.CLIENT_IP_HEADER
    value = request.headers.get(header, "") if header else request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None
