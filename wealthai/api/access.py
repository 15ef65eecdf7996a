"""Who calls, and whether they may: browser session or bearer token, then the model permission."""

from django.db.models import Q
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import get_token_model
from rest_framework import authentication, exceptions, metadata, permissions

from wealthai.api.problems import Forbidden


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser session of our own pages; unsafe methods need the CSRF token."""

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise Forbidden(
                "画面の有効期限が切れました。再読み込みして、もう一度操作してください。"
            ) from error


class TokenAuthentication(KnoxAuthentication):
    """Finds token and person in one query by the token's hash.

    Knox's own way needs a second one on every request to sweep up the person's other expired
    tokens, and fails on bytes that are no text.
    """

    def authenticate_credentials(self, token):
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError as error:
            raise exceptions.AuthenticationFailed from error
        alive = Q(expiry=None) | Q(expiry__gt=timezone.now())
        found = (
            get_token_model()
            .objects.select_related("user")
            .filter(alive, digest=digest, user__is_active=True)
            .first()
        )
        if found is None:
            raise exceptions.AuthenticationFailed
        return found.user, found


class ModelPermissions(permissions.DjangoModelPermissions):
    """Reading needs a sign-in only: `visible_to` decides what is there to read.

    Writing needs the model's add, change or delete permission. A method that the endpoint does
    not have is 405 for everybody, whatever their permissions.
    """

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        if request.method not in view.allowed_methods:
            raise exceptions.MethodNotAllowed(request.method)
        return super().has_permission(request, view)


class Methods(metadata.BaseMetadata):
    """OPTIONS tells the methods and nothing else; /api/schema has the rest."""

    def determine_metadata(self, request, view):
        return {"methods": view.allowed_methods}
