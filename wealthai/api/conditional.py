"""Strong ETags, and If-Match compared while the row is locked (RFC 9110, section 13)."""

from django.conf import settings
from django.utils.http import parse_etags

from wealthai.api.problems import PreconditionFailed, PreconditionRequired


def etag(version):
    return f'"{version}"'


def check_if_match(request, version, current):
    """Refuse a change of a row that is not as the caller saw it.

    `version` must come from a locked row. `current` is called for the row's JSON when the
    caller's version is stale.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if settings.API_REQUIRE_IF_MATCH:
            raise PreconditionRequired
        return
    accepted = parse_etags(given)
    if accepted != ["*"] and etag(version) not in accepted:
        raise PreconditionFailed(current=current())


def is_unchanged(request, version):
    """True when the caller already has this version (GET answers 304)."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return known == ["*"] or etag(version) in {tag.removeprefix("W/") for tag in known}
