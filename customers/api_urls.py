from django.urls import path

from customers import api

urlpatterns = [
    path("customers", api.CustomerListView.as_view(), name="api-list"),
    path("customers/<int:pk>", api.CustomerDetailView.as_view(), name="api-detail"),
]
