from django.urls import include, path

from customers import views

app_name = "customers"

urlpatterns = [
    path("customers", views.customer_list, name="list"),
    path("customers/new", views.CustomerCreate.as_view(), name="create"),
    path("customers/<int:pk>", views.CustomerDetail.as_view(), name="detail"),
    path("customers/<int:pk>/edit", views.CustomerUpdate.as_view(), name="update"),
    path("customers/<int:pk>/notes/new", views.NoteCreate.as_view(), name="note-create"),
    path("api/", include("customers.api_urls")),
]
