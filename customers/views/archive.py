"""Putting a customer away and taking it back: instead of deleting, by a decision with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from customers.forms import ArchiveForm, PreviewPage, Selection
from customers.models import Customer
from wealthai.writing import Source, writing

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


# --- Many at once -----------------------------------------------------------------------------


@login_required
@may_archive
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def bulk_archive(request):
    return decide_many(request, Customer.archive, archived=False, done="保管しました")


@login_required
@may_archive
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def bulk_restore(request):
    return decide_many(request, Customer.restore, archived=True, done="保管から戻しました")


def decide_many(request, act, *, archived, done):
    """The same question about the ticked customers, each of whom keeps the reason."""
    sent = request.POST if request.method == "POST" else None
    selection = Selection(request.GET if sent is None else sent)
    visible = Customer.objects.visible_to(request.user)
    chosen = selection.among(visible.archived() if archived else visible.active()).order_by("pk")
    customers = list(chosen.select_for_update(of=["self"]) if sent else chosen)
    form = ArchiveForm.asked(sent, is_confirmed=sent is not None and not PreviewPage.of(sent))
    if customers and form.is_valid():
        with writing(source=Source.BULK, reason=form.cleaned_data["change_reason"]):
            for customer in customers:
                act(customer)
        messages.success(request, f"{len(customers):,}名を{done}")
        return redirect("customers:list")
    context = {"selection": selection, "form": form, "archived": archived}
    context |= {"customers": customers, "rows": PreviewPage.among(customers, sent or {})}
    return render(request, "customers/bulk_archive.html", context)
