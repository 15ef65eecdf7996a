from django.urls import include, path

from customers.views import (
    access_records,
    archive,
    as_of,
    batches,
    bulk_edit,
    customer_form,
    exporting,
    hand_over,
    history,
    holdings,
    inflows,
    listing,
    notes,
    record,
    revert,
    saved_views,
    suggestions,
    tasks,
)

app_name = "customers"

urlpatterns = [
    path("customers", listing.customer_list, name="list"),
    path("customers/export", exporting.customer_export, name="export"),
    path("customers/views", saved_views.SavedViewList.as_view(), name="view-list"),
    path("customers/views/new", saved_views.SavedViewCreate.as_view(), name="view-create"),
    path(
        "customers/views/<int:pk>/edit", saved_views.SavedViewUpdate.as_view(), name="view-update"
    ),
    path(
        "customers/views/<int:pk>/delete", saved_views.SavedViewDelete.as_view(), name="view-delete"
    ),
    path("customers/views/<int:pk>/star", saved_views.star, name="view-star"),
    path("customers/suggest", suggestions.suggest, name="suggest"),
    path("customers/new", customer_form.CustomerCreate.as_view(), name="create"),
    path("customers/<int:pk>", record.Overview.as_view(), name="detail"),
    path("customers/bulk-edit", bulk_edit.bulk_edit_page, name="bulk-edit"),
    path("customers/hand-over", hand_over.hand_over_page, name="hand-over"),
    path("batches", batches.batch_list, name="batch-list"),
    path("batches/<int:pk>", batches.batch_detail, name="batch-detail"),
    path("batches/<int:pk>/export", batches.batch_export, name="batch-export"),
    path("batches/<int:pk>/undo", batches.batch_undo, name="batch-undo"),
    path("customers/<int:pk>/edit", customer_form.CustomerUpdate.as_view(), name="update"),
    path("customers/<int:pk>/contact", customer_form.ContactUpdate.as_view(), name="contact"),
    path("customers/<int:pk>/facts", customer_form.FactsUpdate.as_view(), name="facts"),
    path("customers/<int:pk>/holdings", record.Holdings.as_view(), name="holdings"),
    path(
        "customers/<int:pk>/holdings/new", holdings.HoldingCreate.as_view(), name="holding-create"
    ),
    path("customers/<int:pk>/notes", record.Notes.as_view(), name="notes"),
    path("customers/<int:pk>/notes/new", notes.NoteCreate.as_view(), name="note-create"),
    path("customers/<int:pk>/tasks", record.Tasks.as_view(), name="customer-tasks"),
    path("customers/<int:pk>/tasks/new", tasks.TaskCreate.as_view(), name="task-create"),
    path("customers/<int:pk>/inflows", record.Inflows.as_view(), name="inflows"),
    path("customers/<int:pk>/inflows/new", inflows.InflowCreate.as_view(), name="inflow-create"),
    path("holdings/<int:pk>/edit", holdings.HoldingUpdate.as_view(), name="holding-update"),
    path("holdings/<int:pk>/delete", holdings.HoldingDelete.as_view(), name="holding-delete"),
    path("inflows/<int:pk>/edit", inflows.InflowUpdate.as_view(), name="inflow-update"),
    path("inflows/<int:pk>/delete", inflows.InflowDelete.as_view(), name="inflow-delete"),
    path("notes/<int:pk>/correct", notes.NoteCorrect.as_view(), name="note-correct"),
    path("products/choices", holdings.product_choices, name="product-choices"),
    path("tasks", tasks.task_list, name="tasks"),
    path("tasks/new", tasks.AnyTaskCreate.as_view(), name="any-task-create"),
    path("tasks/<int:pk>/edit", tasks.TaskUpdate.as_view(), name="task-update"),
    path("tasks/<int:pk>/done", tasks.task_done, name="task-done"),
    path("tasks/<int:pk>/reopen", tasks.task_reopen, name="task-reopen"),
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
