"""What every endpoint shares: JSON in and out, sign-in, errors (RFC 9457).

Also in this package, imported by their own names: `serializers` (fields that speak Japanese),
`paging` (keyset cursors), `conditional` (ETag, If-Match) and `idempotency`.
"""

from wealthai.api.access import (
    Methods,
    ModelPermissions,
    SessionAuthentication,
    TokenAuthentication,
)
from wealthai.api.parsing import JSONParser, JSONRenderer
from wealthai.api.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    TooLarge,
    Unavailable,
    Unprocessable,
    problem,
    problem_response,
)

__all__ = [
    "BadRequest",
    "Conflict",
    "Forbidden",
    "JSONParser",
    "JSONRenderer",
    "Methods",
    "ModelPermissions",
    "PreconditionFailed",
    "PreconditionRequired",
    "Problem",
    "SessionAuthentication",
    "TokenAuthentication",
    "TooLarge",
    "Unavailable",
    "Unprocessable",
    "problem",
    "problem_response",
]
