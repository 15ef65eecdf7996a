from django.conf import settings


def shell(request):
    """What the page frame needs on every page."""
    return {
        "version": settings.VERSION,
        "demo": settings.DEMO,
        "request_id": getattr(request, "request_id", ""),
        "sends_mail": settings.SENDS_MAIL,
        "require_mfa": settings.REQUIRE_MFA,
        "mfa_pending": getattr(request, "mfa_pending", False),
    }
