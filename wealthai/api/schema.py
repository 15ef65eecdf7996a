"""`/api/schema` and `/api/docs`: what the endpoints say about themselves, errors included."""

from functools import cache

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import build_mock_request
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from wealthai.api.idempotency import HEADER
from wealthai.api.problems import TEXTS
from wealthai.api.serializers import REQUIRED

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="読んだときの ETag。違えば 412 です。"
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="手元の ETag。同じなら 304 です。"
)
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="再送キー（半角1〜255文字）。24時間、同じキーと内容には同じ応答を返します。",
)


def response_header(name, description, statuses):
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, description=description, response=statuses
    )


ETAG = response_header("ETag", "この内容の版。If-Match に付けて送ります。", [200, 201])
LOCATION = response_header("Location", "登録した記録のURL", [201])


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "wealthai.api.access.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "wealthai.api.access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}


PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "current": {"type": "object", "description": "412 のときの最新の内容"},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
}


def document_problems(result, generator, request, public):
    """Postprocessing hook: each operation lists the errors that it can answer with."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {
        problem_name(status): {
            "description": title,
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": example(status),
                }
            },
        }
        for status, (title, _) in TEXTS.items()
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            name_path_parameters(operation)
            for status in problems_of(path, method, operation):
                reference = {"$ref": f"#/components/responses/{problem_name(status)}"}
                operation["responses"].setdefault(str(status), reference)
    return result


def example(status):
    title, detail = TEXTS[status]
    errors = {"errors": {"name": [REQUIRED]}} if status == 400 else {}
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": "4f1c2a9be07d3358",
        **errors,
    }


def name_path_parameters(operation):
    """The generator describes ids in English only."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and "title" in parameter["schema"]:
            parameter["description"] = parameter["schema"]["title"]


def problem_name(status):
    return f"Problem{status}"


def problems_of(path, method, operation):
    named = {parameter["name"]: parameter["in"] for parameter in operation.get("parameters", [])}
    found = {401, 503}
    if "query" in named.values():
        found |= {400}
    if "requestBody" in operation:
        found |= {400, 413, 415}
    if method != "get":
        found |= {403}
    if "{" in path:
        found |= {404}
    if "If-Match" in named:
        found |= {412, 428}
    if HEADER in named:
        found |= {400, 409, 422}
    return sorted(found)


def mock_request(method, path, view, original_request, **kwargs):
    """Whoever looks at an endpoint to describe it sees the whole firm."""
    request = build_mock_request(method, path, view, original_request, **kwargs)
    request.user = get_user_model()(pk=0, is_superuser=True)
    return request


@cache
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(exclude=True)
    def get(self, request):
        return Response({**document(), "servers": [{"url": settings.FORCE_SCRIPT_NAME or "/"}]})


class DocsView(SpectacularSwaggerSplitView):
    permission_classes = [IsAuthenticated]
    template_name = "api_docs.html"


# The one page that may draw data: images: the icons in the style sheet of Swagger UI.
docs = login_required(csp_update({"img-src": [SELF, "data:"]})(DocsView.as_view()))
