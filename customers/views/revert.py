"""`/customers/{id}/history/{kind}/{version}/revert`: earlier values come back, after a question."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from customers.access import log_access
from customers.forms import RevertForm, RevertQuery
from customers.models import AccessRecord, Customer
from customers.reverting import MODELS, change_permission
from customers.trail import subject_of
from wealthai.history import names_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def revert(request, pk, kind, version):
    customer, row, earlier = found(request, pk, kind, version)
    chosen = RevertQuery(request.GET).field_name
    data = request.POST if request.method == "POST" else None
    form = RevertForm(data, row=row, earlier=earlier, user=request.user, chosen=chosen)
    if form.is_valid() and form.saved():
        messages.success(request, "以前の内容に戻しました")
        return redirect("customers:history", customer.pk)
    if request.method != "POST":
        log_access(request, AccessRecord.Act.HISTORY, customer=customer, detail="以前の内容に戻す")
    about = "" if row == customer else subject_of(kind, earlier, names_of([earlier], request.user))
    context = {"customer": customer, "earlier": earlier, "form": form, "about": about}
    return render(request, "customers/revert_form.html", context)


def found(request, pk, kind, version):
    """The customer, the stored row and its earlier state; 404 for what the person may not see."""
    if kind not in MODELS:
        raise Http404
    model = MODELS[kind]
    if not request.user.has_perm(change_permission(model)):
        raise PermissionDenied
    customers = Customer.objects.visible_to(request.user).active()
    customer = get_object_or_404(customers, pk=pk)
    rows = model._default_manager.filter(customer_id=customer.pk)
    if request.method == "POST":
        rows = rows.select_for_update(of=["self"])
    key = model._meta.pk.attname
    earlier = get_object_or_404(model.history.model, pk=version, customer_id=customer.pk)
    return customer, get_object_or_404(rows, pk=getattr(earlier, key)), earlier
