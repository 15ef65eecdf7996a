"""A person's second factor and API tokens: seen as dates and beginnings, and made invalid."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import formats, timezone
from knox.models import AuthToken

from customers.models import Adviser

# They hold secrets and English names; what the back office needs of them is on the person's page.
admin.site.unregister([AuthToken, Authenticator, EmailAddress])

SHOWN_LETTERS = 8
CLOSE = "ログイン中の画面をすべて閉じる"
KINDS = {"totp": "認証アプリ", "recovery_codes": "リカバリーコード", "webauthn": "パスキー"}


def moment(value):
    return formats.date_format(timezone.localtime(value), "Y/m/d H:i") if value else "―"


class Factors(forms.ModelMultipleChoiceField):
    def label_from_instance(self, factor):
        used = moment(factor.last_used_at)
        return f"{KINDS.get(factor.type, factor.type)}　登録 {moment(factor.created_at)}　最後の使用 {used}"


class Tokens(forms.ModelMultipleChoiceField):
    def label_from_instance(self, token):
        begin = token.token_key[:SHOWN_LETTERS]
        return f"{begin}…　発行 {moment(token.created)}　期限 {moment(token.expiry)}"


class AccessForm(forms.Form):
    factors = Factors(
        Authenticator.objects.none(),
        label="二段階認証",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tokens = Tokens(
        AuthToken.objects.none(),
        label="APIトークン",
        required=False,
        to_field_name="token_key",  # the primary key is the digest, which goes nowhere
        widget=forms.CheckboxSelectMultiple,
    )

    sessions = forms.BooleanField(
        label=CLOSE, required=False, widget=forms.CheckboxInput({"aria-label": CLOSE})
    )

    def __init__(self, adviser: Adviser, data=None):
        super().__init__(data)
        self.adviser = adviser
        self.fields["factors"].queryset = adviser.authenticator_set.order_by("pk")
        self.fields["tokens"].queryset = adviser.auth_token_set.order_by("-created")

    def clean(self):
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError("無効にするものを選んでください。")

    @transaction.atomic
    def revoke(self):
        self.cleaned_data["factors"].delete()
        self.cleaned_data["tokens"].delete()
        if self.cleaned_data["sessions"]:
            end_sessions(self.adviser)


def end_sessions(adviser):
    """A session's row does not tell whose it is, so all living ones are looked into."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(adviser.pk):
            session.delete()
