"""`/customers/hand-over`: a book of customers from one adviser to another."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required, user_passes_test
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from customers.forms import HandOverForm, PreviewPage, ReasonForm, Step, selection_of
from customers.hand_over import book_of, hand_over
from customers.models import Customer


def sees_colleagues(user):
    """Who sees only own customers cannot give one away."""
    if not (user.sees_firm or user.sees_branch):
        raise PermissionDenied
    return True


@login_required
@permission_required("customers.change_customer", raise_exception=True)
@user_passes_test(sees_colleagues)
@require_http_methods(["GET", "POST"])
def hand_over_page(request):
    """About the ticked customers or those of a list's address; without either, the whole book."""
    customers = Customer.objects.visible_to(request.user).active()
    selection = selection_of(request)
    step = Step.of(request.POST)
    form = HandOverForm(request.POST if step != "choose" else None, user=request.user)
    if step == "choose" or selection.problem or not form.is_valid():
        is_part = bool(request.GET or selection.seen or selection.problem)
        chosen = selection.among(customers).order_by("pk") if is_part else customers.none()
        context = {"form": form, "selection": selection, "is_part": is_part}
        context["keys"] = list(chosen.values_list("pk", flat=True))
        return render(request, "customers/hand_over.html", context)
    chosen = selection.among(customers) if selection.seen else customers
    giver, taker = form.cleaned_data["giver"], form.cleaned_data["taker"]
    return confirm(request, form, selection, book_of(giver, taker, chosen))


def confirm(request, form, selection, book):
    """The preview; again for its other pages, when the reason is missing or the book is no
    longer the one shown."""
    is_confirmed = Step.of(request.POST) == "apply"
    reason = ReasonForm.asked(request.POST, is_confirmed=is_confirmed)
    seen = form.cleaned_data["mark"]
    if is_confirmed and reason.is_valid():
        why = reason.cleaned_data["reason"]
        batch = hand_over(book, seen=seen, user=request.user, reason=why)
        if batch:
            messages.success(request, f"{book.taker.name}さんに引き継ぎました")
            return redirect("customers:batch-detail", batch.pk)
    counts, mark = book.counts(), book.mark()
    context = {"form": form, "reason": reason, "selection": selection, "counts": counts}
    context |= {"mark": mark, "has_moved": bool(seen or is_confirmed) and seen != mark}
    context["rows"] = PreviewPage.among(book.rows(), request.POST, count=counts["customers"])
    return render(request, "customers/hand_over_preview.html", context)
