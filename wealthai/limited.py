"""Where the limits of wealthai/limits.py are asked: before a view, and before the API answers."""

import ipaddress
from functools import wraps

from django.core.exceptions import PermissionDenied
from rest_framework.throttling import BaseThrottle

from wealthai import limits
from wealthai.views import client_ip, too_many_requests

NETWORK = 64  # of an IPv6 address: a household or an office has as many addresses as it likes


def address_of(request):
    """Without an address nobody could be counted, so nobody gets in."""
    address = client_ip(request)
    if address is None:
        raise PermissionDenied("The caller's address is unknown: set CLIENT_IP_HEADER.")
    if address.version == 6:
        return ipaddress.ip_network((address, NETWORK), strict=False)
    return address


def person_of(request):
    return request.user.pk


def any_request(request):
    return True


def limited(name, who=person_of, *, when=lambda request: request.method == "POST"):
    """The view answers only so often to the same one; the rest get 429 and how long to wait."""

    take = limits.take_from_ahead if name in limits.AHEAD else limits.take

    def decorate(view):
        @wraps(view)
        def counted(request, *args, **kwargs):
            wait = take(name, who(request)) if when(request) else 0
            return too_many_requests(request, wait) if wait else view(request, *args, **kwargs)

        return counted

    return decorate


class Throttle(BaseThrottle):
    """One bucket of each person for all calls, and another for what `limits` of the view names."""

    def allow_request(self, request, view):
        if not request.user.is_authenticated:
            return True
        person, name = request.user.pk, getattr(view, "limits", {}).get(request.method)
        self.seconds = limits.take_from_ahead("api", person) or (name and limits.take(name, person))
        return not self.seconds

    def wait(self):
        return self.seconds
