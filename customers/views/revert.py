"""`/customers/{id}/history/{kind}/{version}/revert`: earlier values come back, after a question; so
does a record that is deleted by now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from customers import recreating, reverting
from customers.access import log_access
from customers.forms import RecreateForm, RevertForm, RevertQuery
from customers.models import AccessRecord, Customer
from customers.trail import subject_of, values_of
from wealthai.history import names_of

KINDS = reverting.MODELS | recreating.MODELS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def revert(request, pk, kind, version):
    customer, row, earlier = found(request, pk, kind, version)
    if row is None:
        return recreate(request, customer, kind, earlier)
    if kind not in reverting.MODELS:
        raise Http404
    chosen = RevertQuery(request.GET).field_name
    data = request.POST if request.method == "POST" else None
    form = RevertForm(data, row=row, earlier=earlier, user=request.user, chosen=chosen)
    if form.is_valid() and form.saved():
        messages.success(request, "以前の内容に戻しました")
        return redirect("customers:history", customer.pk)
    log_access(request, AccessRecord.Act.HISTORY, customer=customer, detail="以前の内容に戻す")
    about = "" if row == customer else subject_of(kind, earlier, names_of([earlier], request.user))
    context = {"customer": customer, "earlier": earlier, "form": form, "about": about}
    return render(request, "customers/revert_form.html", context)


def recreate(request, customer, kind, earlier):
    """Whichever earlier state was asked for: what comes back is the last one."""
    gone = recreating.last_state(earlier)
    if gone is None or gone.customer_id != customer.pk:
        raise Http404
    if gone != earlier:
        return redirect("customers:revert", customer.pk, kind, gone.pk)
    row = recreating.candidate(gone, customer)
    form = RecreateForm(request.POST if request.method == "POST" else None, row=row)
    if form.is_valid() and form.saved():
        messages.success(request, "削除した記録を復元しました")
        return redirect("customers:history", customer.pk)
    if request.method != "POST":
        log_access(
            request, AccessRecord.Act.HISTORY, customer=customer, detail=recreating.RECREATED
        )
    state = gone.__class__(**reverting.values(row))
    names = names_of([gone, state], request.user)
    context = {"customer": customer, "gone": gone, "form": form}
    context |= {"about": subject_of(kind, gone, names), "values": values_of(state, names)}
    return render(request, "customers/recreate_form.html", context)


def found(request, pk, kind, version):
    """The customer, the stored row (None where it was deleted) and its earlier state; 404 for what
    the person may not see."""
    if kind not in KINDS:
        raise Http404
    model = KINDS[kind]
    if not request.user.has_perm(reverting.change_permission(model)):
        raise PermissionDenied
    customers = Customer.objects.visible_to(request.user).active()
    customer = get_object_or_404(customers, pk=pk)
    rows = model._default_manager.all()
    if request.method == "POST":
        rows = rows.select_for_update(of=["self"])
    key = model._meta.pk.attname
    earlier = get_object_or_404(model.history.model, pk=version, customer_id=customer.pk)
    row = rows.filter(pk=getattr(earlier, key)).first()
    if row is not None and row.customer_id != customer.pk:
        raise Http404
    return customer, row, earlier
