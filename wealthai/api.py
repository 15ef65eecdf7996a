"""What every endpoint shares: JSON in and out, sign-in, errors (RFC 9457)."""

from django.http import JsonResponse
from rest_framework import authentication, exceptions, parsers, permissions, renderers, views


class JSONRenderer(renderers.JSONRenderer):
    charset = "utf-8"


class JSONParser(parsers.JSONParser):
    pass


class SessionAuthentication(authentication.SessionAuthentication):
    """Asks for log-in with 401 instead of 403, as bearer tokens do."""

    def authenticate_header(self, request):
        return "Session"


class ModelPermissions(permissions.DjangoModelPermissions):
    pass


def problem(request, status, title, detail, **members):
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
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def problem_response(exc, context):
    return views.exception_handler(exc, context)


__all__ = ["JSONParser", "JSONRenderer", "ModelPermissions", "SessionAuthentication", "exceptions"]
