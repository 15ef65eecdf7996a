"""The browser with which somebody has logged in: who guesses elsewhere does not shut it out.

Its cookie is signed for one rep code and names nobody. All that it gives is a bucket of its own.
"""

import secrets

from django.conf import settings

COOKIE = "wealthai_known"
AGE = 180 * 24 * 60 * 60


def number_of(request, code):
    """None where nobody has logged in here with this code."""
    salt = code.casefold()
    return request.get_signed_cookie(COOKIE, default=None, salt=salt, max_age=AGE)


def remember(request, response, code):
    response.set_signed_cookie(
        COOKIE,
        number_of(request, code) or secrets.token_urlsafe(12),
        salt=code.casefold(),
        max_age=AGE,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
