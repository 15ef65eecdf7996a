from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from wealthai import views

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("customers.urls")),
    path("", include("chat.urls")),
    path("accounts/", include("wealthai.account_urls")),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics_page, name="metrics"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler429 = "wealthai.views.too_many_requests"  # allauth asks for it
handler500 = views.server_error
