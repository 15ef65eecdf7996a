from django.urls import include, path

from customers.views import customer_form, listing, record

app_name = "customers"

urlpatterns = [
    path("customers", listing.customer_list, name="list"),
    path("customers/new", customer_form.CustomerCreate.as_view(), name="create"),
    path("customers/<int:pk>", record.CustomerDetail.as_view(), name="detail"),
    path("customers/<int:pk>/edit", customer_form.CustomerUpdate.as_view(), name="update"),
    path("customers/<int:pk>/notes/new", record.NoteCreate.as_view(), name="note-create"),
    path("api/", include("customers.api_urls")),
]
