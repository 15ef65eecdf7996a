"""`/batches`: acts on many records, who did them and why, and the way back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from customers.access import log_access
from customers.batches import NotUndoable, counted, lines_of, may_undo, undo
from customers.forms import BatchPage, PreviewPage, ReasonForm
from customers.inspection import BATCH_HEAD, batch_lines, csv_response
from customers.models import AccessRecord
from wealthai.confirming import confirmed_download
from wealthai.limited import any_request, limited
from wealthai.models import ChangeBatch

PAGE_SIZE = 50


def visible(user):
    return ChangeBatch.objects.visible_to(user).select_related("user", "undoes", "undone_by")


@login_required
@require_safe
def batch_list(request):
    batches = visible(request.user).order_by("-pk")
    before = BatchPage.of(request.GET)
    if before:
        batches = batches.filter(pk__lt=before)
    rows = list(batches[: PAGE_SIZE + 1])
    context = {"batches": rows[:PAGE_SIZE], "is_first": not before}
    context["next"] = rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None
    return render(request, "customers/batch_list.html", context)


@login_required
@require_safe
def batch_detail(request, pk):
    return page_of(request, get_object_or_404(visible(request.user), pk=pk), ReasonForm())


def page_of(request, batch, reason):
    """What would be left as it is stands first; another's customers are only counted."""
    lines = lines_of(batch, request.user)
    shown = sorted((line for line in lines if line.row), key=lambda line: not line.is_left)
    context = {"batch": batch, "count": len(lines), "reason": reason}
    context |= {"hidden": len(lines) - len(shown), "lines": PreviewPage.among(shown, request.GET)}
    left = [line for line in lines if line.is_left]
    context |= {"left": len(left), "left_words": counted(left)}
    context |= {"restorable": sum(line.is_undoable for line in lines)}
    context["may_undo"] = may_undo(request.user, batch) and not hasattr(batch, "undone_by")
    return render(request, "customers/batch_detail.html", context)


@login_required
@require_safe
@confirmed_download("customers:batch-detail")
@limited("export", when=any_request)
def batch_export(request, pk):
    """All lines that the person may see, however many pages they fill."""
    batch = get_object_or_404(visible(request.user), pk=pk)
    told = [line for line in lines_of(batch, request.user) if line.row]
    lines, keys = list(batch_lines(told)), sorted({line.customer.pk for line in told})
    detail = f"一括変更 {batch}"
    log_access(request, AccessRecord.Act.EXPORT, detail=detail, rows=len(lines), keys=keys)
    return csv_response(f"batch-{batch.pk}", BATCH_HEAD, lines)


@login_required
@permission_required("customers.change_customer", raise_exception=True)
@require_POST
def batch_undo(request, pk):
    batch = get_object_or_404(visible(request.user), pk=pk)
    if not may_undo(request.user, batch):
        raise PermissionDenied
    reason = ReasonForm(request.POST)
    if not reason.is_valid():
        return page_of(request, batch, reason)
    try:
        _, left = undo(batch, user=request.user, reason=reason.cleaned_data["reason"])
    except NotUndoable as error:
        messages.warning(request, str(error))
    else:
        rest = f"。{len(left):,}件はそのままです（{counted(left)}）" if left else ""
        messages.success(request, f"元に戻しました{rest}")
    return redirect("customers:batch-detail", batch.pk)
