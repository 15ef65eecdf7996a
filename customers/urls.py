from django.urls import include, path

app_name = "customers"

urlpatterns = [
    path("api/", include("customers.api_urls")),
]
