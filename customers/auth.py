"""How people of the firm get in: log-in by rep code, no sign-up, resets only where due."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm as StockResetPasswordForm

from customers.models import Adviser


class RoleBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The person of a session together with the role, in one query per request."""
        adviser = Adviser.objects.with_role().filter(pk=user_id).first()
        return adviser if adviser and self.user_can_authenticate(adviser) else None


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False


class ResetPasswordForm(StockResetPasswordForm):
    def clean_email(self):
        """Somebody who was never given a password cannot obtain one by mail."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email
