"""Request number, measurements, privacy and the second factor, around every request."""

import codecs
import contextlib
import logging
import re
import time
import uuid
from urllib.parse import unquote_plus, unquote_to_bytes

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseNotAllowed, UnreadablePostError
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from whitenoise.middleware import WhiteNoiseFileResponse

from wealthai import metrics
from wealthai.api import problem
from wealthai.api.parsing import UNSTORABLE_TEXT
from wealthai.api.problems import TEXTS
from wealthai.database import writing_nothing
from wealthai.logs import current_request_id
from wealthai.mfa import is_confirmed
from wealthai.text import is_storable
from wealthai.views import error_page
from wealthai.writing import source_of, writing

logger = logging.getLogger(__name__)

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """One number per request: nginx's when it set one, else a new one; echoed and shown in errors."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex[:16]
        # Never reset: Django logs a refused request behind the last middleware.
        current_request_id.set(request.request_id)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.request_id
        return response


class MetricsMiddleware:
    """Measures every request by the name of its view; ids in paths never become labels."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        response = None  # stays so when even the error page fails, which must not go uncounted
        try:
            response = self.get_response(request)
        finally:
            view, seconds = self.name_of(request, response), time.perf_counter() - started
            status = response.status_code if response else 500
            metrics.observe_request(view=view, status=status, seconds=seconds)
            if seconds >= settings.SLOW_VIEW_SECONDS and view not in metrics.NOT_PAGES:
                fields = {"view": view, "status": status, "seconds": round(seconds, 3)}
                logger.warning("slow view", extra={"fields": fields})
        return response

    def name_of(self, request, response):
        if response is None:
            return metrics.BROKEN
        if isinstance(response, WhiteNoiseFileResponse):
            return metrics.STATIC
        if response.get("Content-Type", "").startswith("text/event-stream"):
            return metrics.STREAM
        if getattr(response, "waited_for_ai", False):
            return metrics.ANSWER
        match = request.resolver_match
        if match is None:
            with contextlib.suppress(Resolver404):
                match = resolve(request.path_info)
        return (match and match.view_name) or metrics.UNKNOWN


class ReadableMiddleware:
    """What no database stores is the sender's mistake: a 400, wherever in a request it stands.

    In an address or a name it is refused here. In the value of a field the form says which field and
    what to do, and nothing that was typed is lost: so the view is asked, but can write nothing, and
    only a page comes back.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_utf8(request.encoding):
            request.encoding = "utf-8"  # the answer's page looks into the query too
            return self.refuse(request, 415 if request.path_info.startswith("/api/") else 400)
        # Bytes that are no text stand in Django's path as %ED%A0%80.
        if not is_readable(unquote_to_bytes(request.path_info)):
            return self.refuse(request, 400)
        parts = request.META.get("QUERY_STRING", "").split("&")
        broken = [part for part in parts if not is_readable(unquote_to_bytes(part))]
        if broken:
            names = {unquote_plus(part.partition("=")[0])[:50] for part in broken}
            return self.refuse(request, 400, errors={name: [UNSTORABLE_TEXT] for name in names})
        names, values = form_texts(request)
        if not all(map(is_storable, names)):
            return self.refuse(request, 400)
        if not all(map(is_storable, values)):
            return self.shown_again(request)
        return self.get_response(request)

    def shown_again(self, request):
        request.is_unreadable = True
        with writing_nothing():
            response = self.get_response(request)
        if response.status_code != 200:
            return response if response.status_code >= 400 else self.refuse(request, 400)
        response.status_code = 400
        return response

    def refuse(self, request, status, **members):
        if request.path_info.startswith("/api/"):
            title, detail = TEXTS[status]
            return problem(request, status, title, detail, **members)
        return error_page(request, status)


class PageMethodsMiddleware:
    """Pages are read and sent; the other methods are the API's alone. Django's form views would take
    a PUT for a form that was sent, and a view that looks at no method would answer it like a GET."""

    KNOWN = ("GET", "HEAD", "POST", "OPTIONS")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in self.KNOWN or request.path_info.startswith("/api/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(self.KNOWN)


def form_texts(request):
    """The names of a form's fields and files, and the values of its fields; the API takes no forms."""
    is_form = request.method == "POST" and request.content_type in FORM_TYPES
    if not is_form or request.path_info.startswith("/api/"):
        return [], []
    try:
        fields = dict(request.POST.lists())
    except UnreadablePostError:
        return [], []
    files = dict(request.FILES.lists())
    names = [*fields, *files, *(file.name for sent in files.values() for file in sent)]
    return names, [value for values in fields.values() for value in values]


def is_utf8(encoding):
    """Django decodes with any codec that a Content-Type names, bz2 and rot13 among them."""
    return encoding is None or codecs.lookup(encoding).name == "utf-8"


def is_readable(raw):
    try:
        return "\0" not in raw.decode()
    except UnicodeDecodeError:
        return False


class SessionAgeMiddleware:
    """A session ends half an hour after its last request, or twelve hours after its log-in.

    Its row runs out by itself (SESSION_COOKIE_AGE); a request moves that on, at most once a minute,
    so that reading costs no write.
    """

    MOVED_ON_AFTER = 60

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        session, now = request.session, time.time()
        may_write = not getattr(request, "is_unreadable", False)
        if SESSION_KEY in session:
            if now - session.get("began_at", now) >= settings.SESSION_LONGEST_AGE:
                self.end(request, may_write)
            elif may_write and now - session.get("seen_at", 0) >= self.MOVED_ON_AFTER:
                session.setdefault("began_at", now)
                session["seen_at"] = now
        return self.get_response(request)

    def end(self, request, may_write):
        if may_write:
            logout(request)
        else:
            request.user = AnonymousUser()


def begin_session(request, **kwargs):
    """For `user_logged_in`."""
    request.session["began_at"] = request.session["seen_at"] = time.time()


class PrivateMiddleware:
    """What a signed-in person was answered is kept in no cache, and log-out empties the browser's.

    A view that says something of its own (`never_cache`, a stream) is left to it.
    """

    LOG_OUT = ("account_logout", "admin:logout")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and self.is_private(request, response):
            response.headers["Cache-Control"] = "no-store"
        match = request.resolver_match
        if match and match.view_name in self.LOG_OUT and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def is_private(self, request, response):
        """After a failure nobody is looked up: the database may be what failed."""
        return response.status_code >= 500 or request.user.is_authenticated


class WritingMiddleware:
    """What a request saves is recorded with the way it came: page, admin or API."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with writing(source=source_of(request.path_info)):
            return self.get_response(request)


class RequireMfaMiddleware:
    """With REQUIRE_MFA, a session gets nowhere before it has used its person's second factor.

    Log-in itself asks for the factor of everybody who has one (allauth); this closes the gap for
    those who have none yet and for their sessions that are older than the factor. Bearer tokens
    are issued by the operator and stand for themselves.
    """

    OPEN_WITHOUT_FACTOR = ("account_", "mfa_", "healthz", "readyz")
    # Whoever holds no more than a password must not reach the factor's own pages.
    OPEN_BEFORE_CODE = ("account_logout", "mfa_reauthenticate", "healthz", "readyz")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.mfa_pending = (
            settings.REQUIRE_MFA and request.user.is_authenticated and not is_confirmed(request)
        )
        if request.mfa_pending and not self.is_open(request):
            return self.refuse(request)
        return self.get_response(request)

    def is_open(self, request):
        has_factor = request.user.second_factor_since is not None
        try:
            name = resolve(request.path_info).view_name or ""
        except Resolver404:
            return False
        return name.startswith(self.OPEN_BEFORE_CODE if has_factor else self.OPEN_WITHOUT_FACTOR)

    def refuse(self, request):
        has_factor = request.user.second_factor_since is not None
        if request.path_info.startswith("/api/"):
            step = "画面を開いて6桁のコードを入力して" if has_factor else "二段階認証を設定して"
            detail = f"{step}から、もう一度お試しください。"
            return problem(request, 403, "二段階認証が必要です", detail)
        if not has_factor:
            return redirect("mfa_activate_totp")
        back = {"next": request.get_full_path()} if request.method == "GET" else None
        return redirect(reverse("mfa_reauthenticate", query=back))
