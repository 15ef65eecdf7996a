"""The pages of allauth that the firm offers, and no others.

Accounts are made by the back office, so there is no sign-up, no mail address management and no
log-in by mailed code: `include("allauth.urls")` would offer them. The names are allauth's own,
because it reverses them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import TemplateView

from wealthai import mfa as own_mfa
from wealthai import views
from wealthai.limited import address_of, limited

urlpatterns = [
    path("login", limited("login", address_of)(account.login), name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("session", views.session, name="account_session"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("password/change", account.password_change, name="account_change_password"),
    # allauth sends people without a password here; only the back office gives them one.
    path(
        "password/set",
        TemplateView.as_view(template_name="account/password_set.html"),
        name="account_set_password",
    ),
    path("password/reset", account.password_reset, name="account_reset_password"),
    path("password/reset/done", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa", mfa.index, name="mfa_index"),
    path("2fa/authenticate", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate", own_mfa.ActivateTOTPView.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/qr.svg", own_mfa.totp_qr, name="mfa_totp_qr"),
    path("2fa/totp/deactivate", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
