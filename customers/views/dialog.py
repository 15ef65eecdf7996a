"""Forms that open in a dialog over the page, and are pages of their own where no script runs.

The same address answers both: to htmx with the dialog alone, else with a page around it. After a
save htmx gets `HX-Trigger: saved`, upon which the page below brings itself up to date.
"""

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.vary import vary_on_headers
from django.views.generic import CreateView, DeleteView, UpdateView

from customers.access import ShowsRecord
from customers.forms import DeleteForm
from customers.models import Customer
from customers.views.archived import TellsArchived
from wealthai.forms import notices_of
from wealthai.writing import writing

SAVED = "saved"


def saved_response(request, back):
    """Back to the page below the dialog; without htmx that is `back`."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": SAVED})
    return redirect(back)


def tell(request, done, form):
    """What was done, and what was taken in another way than it may have been meant."""
    messages.success(request, done)
    for notice in notices_of(form):
        messages.warning(request, notice)


@method_decorator(vary_on_headers("HX-Request"), name="dispatch")
class DialogMixin(TellsArchived, PermissionRequiredMixin):
    """`title` says what the dialog does, `about` whom or what it concerns; `done`, which each names,
    what it did."""

    title = ""
    dialog = "customers/_dialog_form.html"
    button = "保存"
    wide_fields = ()

    def get_template_names(self):
        return [self.dialog if self.request.htmx else "customers/dialog_page.html"]

    def about(self):
        customer = self.get_customer()
        return f"{customer.name} {customer.honorific}"

    def back(self):
        return self.get_customer().get_absolute_url()

    def get_context_data(self, **context):
        return super().get_context_data(
            title=self.title,
            about=self.about(),
            back=self.back(),
            dialog=self.dialog,
            button=self.button,
            wide_fields=(*self.wide_fields, "change_reason"),
            **context,
        )

    def form_valid(self, form):
        if self.store(form) is None:
            return self.form_invalid(form)
        tell(self.request, self.done, form)
        return saved_response(self.request, self.back())

    def store(self, form):
        """What was saved; None where only the database could say no, which then is in the form."""
        return form.save()


class AddRow(DialogMixin, CreateView):
    """A new row; sent again because the answer was lost, the form adds none."""

    def store(self, form):
        return form.saved_once(form.save, user=self.request.user, path=self.request.path)


class AddToCustomer(AddRow):
    """A new row of the customer `pk`, whose record must not be archived."""

    customer = None

    def get_customer(self):
        if self.customer is None:
            customers = Customer.objects.visible_to(self.request.user).active()
            self.customer = get_object_or_404(
                customers.select_related("sales_rep"), pk=self.kwargs["pk"]
            )
        return self.customer

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"customer": self.get_customer()}


class LockedRow(ShowsRecord):
    """A stored row of a customer who is not archived, locked while it is compared and written."""

    related = ["customer"]

    def get_queryset(self):
        rows = self.model.objects.visible_to(self.request.user).filter(customer__archived_at=None)
        rows = rows.select_related(*self.related)
        return rows.select_for_update(of=["self"]) if self.request.method == "POST" else rows

    def get_customer(self):
        return self.object.customer

    def get_archived(self):
        rows = self.model.objects.visible_to(self.request.user).select_related("customer")
        row = rows.exclude(customer__archived_at=None).filter(pk=self.kwargs["pk"]).first()
        return row and row.customer

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        return super().post(request, *args, **kwargs)


class ChangeRow(LockedRow, DialogMixin, UpdateView):
    """`delete_name` is the address at which who may do so deletes the row."""

    done = "変更を保存しました"
    delete_name = ""

    def get_context_data(self, **context):
        model = self.model._meta.model_name
        may_delete = self.delete_name and self.request.user.has_perm(f"customers.delete_{model}")
        url = reverse(self.delete_name, args=[self.object.pk]) if may_delete else ""
        return super().get_context_data(delete_url=url, **context)


class DeleteRow(LockedRow, DialogMixin, DeleteView):
    """`consequence` says what else changes with it."""

    http_method_names = ["get", "head", "post", "options"]  # DELETE would pass the question by
    form_class = DeleteForm
    dialog = "customers/_dialog_delete.html"
    button = "削除する"
    done = "削除しました。変更履歴から復元できます"
    consequence = ""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"row": self.object, "user": self.request.user}

    def get_context_data(self, **context):
        return super().get_context_data(thing=self.thing(), consequence=self.consequence, **context)

    def store(self, form):
        with writing(reason=form.cleaned_data["change_reason"]):
            return self.object.delete()
