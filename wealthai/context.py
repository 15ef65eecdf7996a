from django.conf import settings


def shell(request):
    """What the page frame needs on every page."""
    user = getattr(request, "user", None)
    return {
        "version": settings.VERSION,
        "demo": settings.DEMO,
        "request_id": getattr(request, "request_id", ""),
        "require_mfa": settings.REQUIRE_MFA,
        "mfa_pending": settings.REQUIRE_MFA
        and user is not None
        and not getattr(user, "has_second_factor", True),
    }
