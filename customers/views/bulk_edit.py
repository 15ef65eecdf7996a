"""`/customers/bulk-edit`: choose a value, see old → new, give a reason, done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from customers import bulk_edit
from customers.access import log_access
from customers.forms import BulkEditForm, PreviewPage, ReasonForm, Step, selection_of
from customers.inspection import PLAN_HEAD, csv_response, plan_lines
from customers.models import AccessRecord, Customer
from wealthai.confirming import confirmed
from wealthai.limited import limited


@login_required
@permission_required("customers.change_customer", raise_exception=True)
@require_http_methods(["GET", "POST"])
@limited("export", when=lambda request: Step.of(request.POST) == "csv")
def bulk_edit_page(request):
    """The keys of the first step go along in the form: what was chosen once stays chosen."""
    selection = selection_of(request)
    customers = selection.among(Customer.objects.visible_to(request.user).active())
    step = Step.of(request.POST)
    is_filled = step != "choose" or "change" in request.POST
    form = BulkEditForm(request.POST if is_filled else None, user=request.user)
    if step == "choose" or not form.is_valid():
        keys = list(customers.order_by("pk").values_list("pk", flat=True))
        context = {"form": form, "selection": selection, "keys": keys}
        return render(request, "customers/bulk_edit.html", context)
    reason = ReasonForm.asked(request.POST, is_confirmed=step == "apply")
    if step == "apply" and reason.is_valid() and selection.was_shown:
        return apply(request, selection, customers, form, reason)
    plan = bulk_edit.preview(customers, form.values, selection.seen)
    if step == "csv":
        return confirmed(download)(request, plan, form)
    return show(request, plan, form, reason)


def apply(request, selection, customers, form, reason):
    plan, batch = bulk_edit.apply(
        customers,
        form.values,
        seen=selection.seen,
        user=request.user,
        reason=reason.cleaned_data["reason"],
    )
    if batch is None:
        return show(request, plan, form, reason)
    messages.success(request, f"{len(plan.changing):,}名を変更しました")
    return redirect("customers:batch-detail", batch.pk)


def download(request, plan, form):
    """All that would change, however many pages the preview has."""
    lines, keys = list(plan_lines(plan.changing)), [row.customer.pk for row in plan.changing]
    detail = f"一括編集の確認 {bulk_edit.summary_of(form.values, len(plan.changing))}"
    log_access(request, AccessRecord.Act.EXPORT, detail=detail, rows=len(lines), keys=keys)
    return csv_response("bulk-edit", PLAN_HEAD, lines)


def show(request, plan, form, reason):
    context = {"form": form, "reason": reason, "plan": plan}
    context["rows"] = PreviewPage.among(plan.changing, request.POST)
    return render(request, "customers/bulk_edit_preview.html", context)
