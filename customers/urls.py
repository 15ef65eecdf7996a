from django.urls import include, path

from customers.views import (
    access_records,
    archive,
    as_of,
    customer_form,
    history,
    listing,
    record,
    revert,
)

app_name = "customers"

urlpatterns = [
    path("customers", listing.customer_list, name="list"),
    path("customers/new", customer_form.CustomerCreate.as_view(), name="create"),
    path("customers/<int:pk>", record.CustomerDetail.as_view(), name="detail"),
    path("customers/<int:pk>/edit", customer_form.CustomerUpdate.as_view(), name="update"),
    path("customers/<int:pk>/notes/new", record.NoteCreate.as_view(), name="note-create"),
    path("customers/<int:pk>/history", history.history, name="history"),
    path("customers/<int:pk>/history/export", history.export, name="history-export"),
    path(
        "customers/<int:pk>/history/<slug:kind>/<int:version>/revert",
        revert.revert,
        name="revert",
    ),
    path("customers/<int:pk>/as-of", as_of.as_of, name="as-of"),
    path("customers/<int:pk>/archive", archive.archive, name="archive"),
    path("customers/<int:pk>/restore", archive.restore, name="restore"),
    path("access-records", access_records.access_records, name="access-records"),
    path("access-records/export", access_records.export, name="access-records-export"),
    path("api/", include("customers.api_urls")),
]
