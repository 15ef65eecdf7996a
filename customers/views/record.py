"""`/customers/{id}`: one record, and what is added to it there."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.shortcuts import redirect
from django.views.generic import DetailView

from customers.access import log_access
from customers.changes import changes_of
from customers.forms import NoteForm
from customers.models import AccessRecord, Customer
from customers.portfolio import portfolio_of

SHOWN = 20


class CustomerDetail(LoginRequiredMixin, DetailView):
    def get_queryset(self):
        return Customer.objects.visible_to(self.request.user).select_related("sales_rep")

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        log_access(request, AccessRecord.Act.VIEW, customer=self.object)
        return response

    def get_context_data(self, note_form=None, **context):
        customer = self.object
        return super().get_context_data(
            portfolio=portfolio_of(customer),
            notes=customer.notes.select_related("sales_rep").order_by("-created_at", "-pk")[:SHOWN],
            inflows=customer.cash_inflows.order_by("predicted_date", "pk")[:SHOWN],
            changes=changes_of(customer, user=self.request.user, limit=SHOWN),
            note_form=note_form or NoteForm(),
            **context,
        )


class NoteCreate(PermissionRequiredMixin, CustomerDetail):
    """The note form stands on the customer's page, so a refused note shows that page again."""

    permission_required = "customers.add_salesnote"

    def get_queryset(self):
        return super().get_queryset().active()

    def get(self, request, pk):
        return redirect("customers:detail", pk)

    def post(self, request, pk):
        self.object = self.get_object()
        form = NoteForm(request.POST)
        if not form.is_valid():
            form.fields["content"].widget.attrs["autofocus"] = True
            return self.render_to_response(self.get_context_data(note_form=form))
        form.save_about(self.object, author=request.user)
        messages.success(request, "メモを保存しました")
        return redirect(self.object)
