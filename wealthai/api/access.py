"""Who calls, and whether they may: browser session or bearer token, then the model permission."""

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Now
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework import authentication, exceptions, metadata, permissions

from wealthai.api.problems import Forbidden
from wealthai.prepared import Prepared


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser session of our own pages; unsafe methods need the CSRF token."""

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise Forbidden(
                "画面の有効期限が切れました。再読み込みして、もう一度操作してください。"
            ) from error


def holders(digest):
    """The person, with role, to whom the living token with this hash was given."""
    alive = Q(auth_token_set__expiry=None) | Q(auth_token_set__expiry__gt=Now())
    people = get_user_model().objects.with_role()
    return people.filter(alive, auth_token_set__digest=digest, is_active=True)


HOLDERS = Prepared(holders)


class TokenAuthentication(KnoxAuthentication):
    """Finds the person and the role in one query by the token's hash.

    Knox's own way needs a second one on every request to sweep up the person's other expired
    tokens, and fails on bytes that are no text.
    """

    def authenticate_credentials(self, token):
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError as error:
            raise exceptions.AuthenticationFailed from error
        found = HOLDERS.rows(digest)
        if not found:
            raise exceptions.AuthenticationFailed
        return found[0], None


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
        if request.method in permissions.SAFE_METHODS:
            return True
        return super().has_permission(request, view)

    def _queryset(self, view):
        """For its model only: what the caller may see is not worked out for that."""
        return view.queryset if view.queryset is not None else super()._queryset(view)


class Methods(metadata.BaseMetadata):
    """OPTIONS tells the methods and nothing else; /api/schema has the rest."""

    def determine_metadata(self, request, view):
        return {"methods": view.allowed_methods}
