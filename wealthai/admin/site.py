"""The back office's site: stock Django admin, entered through the application's own log-in."""

from django.conf import settings
from django.contrib.admin import AdminSite as StockAdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, RedirectURLMixin, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View
from django.views.i18n import JavaScriptCatalog

LIBRARIES = {"auth"}


class LogInElsewhere(RedirectURLMixin, View):
    """To the application's log-in page, with the way back when it leads into this site."""

    next_page = "admin:index"

    def get(self, request):
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return redirect_to_login(self.get_success_url(), reverse("account_login"))


class Autocomplete(AutocompleteJsonView):
    def serialize_result(self, obj, to_field_name):
        """Two customers of one name differ by their code, so the suggestions carry it."""
        result = super().serialize_result(obj, to_field_name)
        return result | {"text": self.model_admin.label(obj)}


class AdminSite(StockAdminSite):
    site_header = "WealthAI 管理"
    site_title = "WealthAI 管理"
    index_title = "管理画面"
    site_url = reverse_lazy(settings.LOGIN_REDIRECT_URL)
    empty_value_display = "―"

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        if request.user.is_authenticated and not self.has_permission(request):
            # The log-in page sends people who are signed in straight back: an endless loop.
            raise PermissionDenied
        return LogInElsewhere.as_view()(request)

    def logout(self, request, extra_context=None):
        return LogoutView.as_view(next_page="account_login")(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("admin:index")

    def autocomplete_view(self, request):
        return Autocomplete.as_view(admin_site=self)(request)

    def i18n_javascript(self, request, extra_context=None):
        """Our corrections of the scripts' Japanese stand beside those of the pages."""
        return JavaScriptCatalog.as_view(packages=["django.contrib.admin", "wealthai"])(request)

    def get_urls(self):
        """Without the redirect by content type: it tells hidden records from missing ones."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(self, request, app_label=None):
        """Our apps first; within them the order of registration, which is by use."""
        apps = self._build_app_dict(request, app_label).values()
        return sorted(apps, key=lambda app: app["app_label"] in LIBRARIES)
