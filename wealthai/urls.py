from django.contrib import admin
from django.urls import include, path

from wealthai import views
from wealthai.api import schema

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("customers.urls")),
    path("", include("chat.urls")),
    path("accounts/", include("wealthai.account_urls")),
    path("admin/", admin.site.urls),
    path("api/schema", schema.SchemaView.as_view(), name="schema"),
    path("api/docs", schema.docs, name="api-docs"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics_page, name="metrics"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler429 = "wealthai.views.too_many_requests"  # allauth asks for it
handler500 = views.server_error
