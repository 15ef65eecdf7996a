"""Who takes customers out of the house or changes what people may do, proves once more who it is.

A session may lie open on a desk. Log-in counts as proof for a quarter of an hour
(ACCOUNT_REAUTHENTICATION_TIMEOUT); after that, password or code are asked for again.
"""

from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

AGAIN = "本人の確認のあと、もう一度出力してください。"
confirmed = reauthentication_required


def confirmed_download(page):
    """For a link that answers with a file: the way leads back to the page on which it stands, since
    a browser that is sent a file stays where it was. `page` names that view."""

    def decorate(view):
        @wraps(view)
        def asked(request, *args, **kwargs):
            if request.user.is_anonymous or not is_reauthentication_required(
                request, app="wealthai"
            ):
                return view(request, *args, **kwargs)
            messages.info(request, AGAIN)
            back = {"next": reverse(page, args=args, kwargs=kwargs)}
            return redirect(reverse("account_reauthenticate", query=back))

        return asked

    return decorate
