"""How people of the firm get in: log-in by rep code, no sign-up, resets only where due."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm as StockLoginForm
from allauth.account.forms import ResetPasswordForm as StockResetPasswordForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import OuterRef, Q, Subquery

from customers import known_browser
from customers.models import Adviser
from wealthai import limits
from wealthai.limited import address_of
from wealthai.prepared import Prepared

WAIT = "15分ほど待ってからもう一度お試しください。お急ぎのときは管理者に依頼してください。"


class RoleBackend(AuthenticationBackend):
    def _authenticate_by_username(self, username, password):
        """Of two codes that differ only in the size of letters, the one exactly as typed."""
        exact = Adviser.objects.filter(rep_code=username).first()
        if exact:
            return self._check_password(exact, password)
        return super()._authenticate_by_username(username, password)

    def get_user(self, user_id):
        """The person of a session with role and second factor, in one query per request."""
        adviser = next(iter(PEOPLE.rows(user_id)), None)
        return adviser if adviser and self.user_can_authenticate(adviser) else None

    def get_user_permissions(self, user_obj, obj=None):
        """A person's own permissions and the roles' in one query: every page asks for both."""
        if not user_obj.is_active or user_obj.is_superuser or obj is not None:
            return super().get_user_permissions(user_obj, obj)
        return {f"{app}.{codename}" for app, codename in PERMISSIONS.rows(user_obj.pk)}

    def get_group_permissions(self, user_obj, obj=None):
        return set()


def person_of(pk):
    # Recovery codes alone are none: log-in asks for a code only of who has an app.
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    since = Subquery(factor.values("created_at"))
    return Adviser.objects.with_role().annotate(second_factor_since=since).filter(pk=pk)


PEOPLE = Prepared(person_of)


def permissions_of(pk):
    of_role = Group.objects.filter(user=pk).values("pk")
    own = Adviser.user_permissions.through.objects.filter(adviser=pk).values("permission")
    rows = Permission.objects.filter(Q(pk__in=own) | Q(group__in=of_role)).order_by().distinct()
    return rows.values_list("content_type__app_label", "codename")


PERMISSIONS = Prepared(permissions_of)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "担当者コードかパスワードが違います。もう一度入力してください。",
        "too_many_login_attempts": f"続けて間違えたため、いまはログインできません。{WAIT}",
        "rate_limited": f"続けて間違えたため、いまは確認できません。{WAIT}",
        "enter_current_password": "現在のパスワードが違います。もう一度入力してください。",
        "incorrect_password": "パスワードが違います。もう一度入力してください。",
    }

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        """Each try counts for the rep code and the address until it proves right: a rep code that is
        being guessed is shut before the address is, and the address before it tries them all. Where
        its owner has logged in before, none of this counts, only what is tried there."""
        code = credentials.get("username", "").casefold()
        if browser := known_browser.number_of(request, code):
            tries = [("login-failed", code, browser)]
        else:
            # The address first: what it is refused costs the owner of the rep code nothing.
            tries = [("login-failed-from", address_of(request)), ("login-failed", code)]
        if any(limits.take(*one) for one in tries):
            raise self.validation_error("too_many_login_attempts")
        person = super().authenticate(request, **credentials)
        if person:
            for one in tries:
                limits.give_back(*one)
        return person

    def post_login(self, request, user, **kwargs):
        """After the second factor, where there is one."""
        response = super().post_login(request, user, **kwargs)
        known_browser.remember(request, response, user.rep_code)
        return response

    def is_reauthentication_required(self, **kwargs):
        """Who has just typed the password is not asked for it again on the next page."""
        records = get_authentication_records(self.request, self.request.user)
        typed = [record["at"] for record in records if record["method"] == "password"]
        fresh = typed and time.time() - typed[-1] < app_settings.REAUTHENTICATION_TIMEOUT
        return not fresh and super().is_reauthentication_required(**kwargs)


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "コードが違います。認証アプリに表示されている6桁の数字を入力してください。",
    }

    def get_totp_label(self, user):
        """What the authenticator app shows: the code people log in with, never an address."""
        return user.rep_code


class LoginForm(StockLoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "担当者コード"
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.error_messages["required"] = f"{field.label}を入力してください。"

    def clean_login(self):
        """ＳＲ００１ typed with the input method on is SR001, unless another system stored it so."""
        typed = super().clean_login()
        if Adviser.objects.filter(rep_code=typed).exists():
            return typed
        return Adviser.normalize_username(typed)


class ResetPasswordForm(StockResetPasswordForm):
    def clean_email(self):
        """Somebody who was never given a password cannot obtain one by mail."""
        if not settings.SENDS_MAIL:
            text = "このシステムからはメールを送れません。再設定は管理者に依頼してください。"
            raise forms.ValidationError(text)
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email


class CountedCode:
    """A form with a code of the second factor: guesses are counted, and a code counts only once.

    allauth forgets a used code after half a minute, when a clock that is ahead still takes it.
    """

    def clean_code(self):
        if limits.take("code-failed", self.user.pk):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()
        if limits.take("code-once", self.user.pk, code):
            raise get_mfa_adapter().validation_error("incorrect_code")
        limits.refill("code-failed", self.user.pk)
        return code


class CodeForm(CountedCode, AuthenticateForm):
    """At log-in."""


class CodeAgainForm(CountedCode, ReauthenticateForm):
    """Within a session."""


class FirstCodeForm(CountedCode, ActivateTOTPForm):
    """While an app is being set up."""
