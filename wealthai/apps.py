from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.staticfiles import apps as staticfiles_apps


class WealthAIConfig(AppConfig):
    name = "wealthai"
    verbose_name = "一括変更の記録"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in
        from django.db.backends.signals import connection_created

        from wealthai import checks  # noqa: F401 — registers them
        from wealthai.database import name_slow_queries, read_moments
        from wealthai.middleware import begin_session

        user_logged_in.connect(begin_session, dispatch_uid="wealthai.begin_session")
        connection_created.connect(read_moments, dispatch_uid="wealthai.read_moments")
        connection_created.connect(name_slow_queries, dispatch_uid="wealthai.name_slow_queries")


class StaticFilesConfig(staticfiles_apps.StaticFilesConfig):
    """Leaves out of `collectstatic` what the packages bring along and no page asks for."""

    default = False
    ignore_patterns = [
        *staticfiles_apps.StaticFilesConfig.ignore_patterns,
        "rest_framework",  # the browsable API is off
        "bootstrap-*",
        "*.rtl.*",
        "*.esm.*",
        "bootstrap/js/jquery*",  # by its path: the admin has a jquery.min.js of its own
        "redoc",
        "htmax-*",
        "htmx-2.js",
        "htmx-4.*",
        "django-htmx.js",
        "django_htmx/ext/*",
    ]


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "wealthai.admin.AdminSite"
