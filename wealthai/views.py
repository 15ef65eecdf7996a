"""Pages without an app: errors, health, measurements."""

import ipaddress

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wealthai import metrics, probes
from wealthai.api import problem

MESSAGES = {
    400: (
        "リクエストを読み取れませんでした",
        "入力内容を確かめて、前の画面からもう一度お試しください。",
    ),
    403: (
        "この操作は行えません",
        "この画面を使う権限がありません。必要な場合は管理者に依頼してください。",
    ),
    404: (
        "ページが見つかりません",
        "記録がないか、担当が変わって表示できなくなっています。顧客一覧から探してください。",
    ),
    500: (
        "画面を表示できませんでした",
        "入力済みの記録は保存されています。少し待ってからもう一度開いてください。続くときは、下の問い合わせ番号を管理者に知らせてください。",
    ),
}


def error_page(request, status):
    title, detail = MESSAGES[status]
    if request.path_info.startswith("/api/"):
        return problem(request, status, title, detail)
    context = {"status": status, "title": title, "detail": detail}
    return render(request, "error.html", context, status=status)


def bad_request(request, exception):
    return error_page(request, 400)


def permission_denied(request, exception):
    return error_page(request, 403)


def not_found(request, exception):
    return error_page(request, 404)


def server_error(request):
    return error_page(request, 500)


def csrf_failure(request, reason=""):
    context = {
        "status": 403,
        "title": "画面の有効期限が切れました",
        "detail": "前の画面に戻って再読み込みし、もう一度操作してください。",
    }
    if request.path_info.startswith("/api/"):
        return problem(request, 403, context["title"], context["detail"])
    return render(request, "error.html", context, status=403)


@never_cache
@require_safe
def healthz(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request):
    """The database answers and is migrated. The AI is reported but never a reason to say no."""
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
    return HttpResponse(generate_latest(metrics.registry()), content_type=CONTENT_TYPE_LATEST)


def client_ip(request):
    """The caller's address: the trusted header's where one is set, else the socket peer's."""
    header = settings.CLIENT_IP_HEADER
    value = request.headers.get(header, "") if header else request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None
