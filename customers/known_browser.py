"""The browser with which somebody has logged in: who guesses elsewhere does not shut it out.

A cookie for each rep code, for several people may share a browser; it is signed and names nobody. All
that it gives is a bucket of its own.
"""

import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

COOKIE = "wealthai_known_"
AGE = 180 * 24 * 60 * 60
MOST = 8  # in one browser: the server takes 8 KB of cookies


def cookie_of(code):
    digest = salted_hmac("wealthai.known_browser", code.casefold(), algorithm="sha256").hexdigest()
    return COOKIE + digest[:12]


def number_of(request, code):
    """None where nobody has logged in here with this code."""
    salt = code.casefold()
    return request.get_signed_cookie(cookie_of(code), default=None, salt=salt, max_age=AGE)


def remember(request, response, code):
    name = cookie_of(code)
    others = [other for other in request.COOKIES if other.startswith(COOKIE) and other != name]
    for other in others[: 1 - MOST]:  # a browser sends the oldest first
        response.delete_cookie(other, path=settings.SESSION_COOKIE_PATH, samesite="Lax")
    response.set_signed_cookie(
        name,
        number_of(request, code) or secrets.token_urlsafe(12),
        salt=code.casefold(),
        max_age=AGE,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
