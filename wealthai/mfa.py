"""The second factor: whether a session has used it, and the QR code while it is being set up."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView as StockActivateTOTPView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def is_confirmed(request):
    """True when this very session used the factor that its person has now.

    That the person has one is not enough: a session may be older than the factor, and a code
    typed before the factor was set up anew proves nothing about the new one.
    """
    since = request.user.second_factor_since
    return since is not None and any(
        record["method"] == "mfa" and record["at"] >= since.timestamp()
        for record in get_authentication_records(request, request.user)
    )


class ActivateTOTPView(StockActivateTOTPView):
    def form_valid(self, form):
        """Setting up asked for a code of the new factor, which is a use of it."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa")
        return response


@require_safe
@never_cache
@login_required
def totp_qr(request):
    """Only of the secret that this session is about to confirm; none is left afterwards.

    allauth offers the picture as a data: URI, which `img-src 'self'` refuses.
    """
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(svg, content_type="image/svg+xml")
