"""The `Change-Reason` header: why a caller changes a record, for the history.

A header, not a member of the body: the reason is about the request, and DELETE has no body. Headers
carry ASCII, so Japanese is percent-encoded UTF-8, as in a URL.
"""

from urllib.parse import unquote

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter

from wealthai.api.problems import BadRequest
from wealthai.forms import ReasonField

HEADER = "Change-Reason"
CHANGE_REASON = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="変更の理由（100文字以内）。UTF-8 をパーセントエンコードして送ります。変更履歴に残ります。",
)
FIELD = ReasonField(required=False)


def change_reason(request):
    given = request.headers.get(HEADER, "")
    try:
        return FIELD.clean(unquote(given, errors="strict"))
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"{HEADER} ヘッダーは UTF-8 をパーセントエンコードして送信してください。"
        ) from error
    except ValidationError as error:
        raise BadRequest(f"{HEADER} ヘッダー: {error.messages[0]}") from error
