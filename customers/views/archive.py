"""Putting a customer away and taking it back: instead of deleting, by a decision with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from customers.forms import ArchiveForm
from customers.models import Customer
from wealthai.writing import writing

# The right to delete is the right to archive: no door deletes a customer's row.
may_archive = permission_required("customers.delete_customer", raise_exception=True)


@login_required
@may_archive
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def archive(request, pk):
    return decide(request, pk, Customer.archive, archived=False, done="保管しました")


@login_required
@may_archive
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def restore(request, pk):
    return decide(request, pk, Customer.restore, archived=True, done="保管から戻しました")


def decide(request, pk, act, *, archived, done):
    """Asks first; then the act, with the reason in the history. `archived` is the state before."""
    customers = Customer.objects.visible_to(request.user)
    if request.method == "POST":
        customers = customers.select_for_update(of=["self"])
    customer = get_object_or_404(customers, pk=pk)
    if bool(customer.archived_at) != archived:
        messages.info(request, "ほかの人が先に行いました。いまの状態を確かめてください。")
        return redirect(customer)
    form = ArchiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with writing(reason=form.cleaned_data["change_reason"]):
            act(customer)
        messages.success(request, done)
        return redirect(customer)
    context = {"customer": customer, "form": form, "archived": archived}
    return render(request, "customers/archive_form.html", context)
