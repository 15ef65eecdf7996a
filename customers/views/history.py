"""`/customers/{id}/history`: who changed what, as a page and as a file for an inspection."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from customers.access import log_access
from customers.forms import HistoryQuery
from customers.inspection import HISTORY_HEAD, csv_response, history_lines
from customers.models import AccessRecord, Customer
from customers.record import with_counts
from customers.recreating import recreatable
from customers.reverting import revertible_items
from customers.trail import page_of, people_of, whole
from wealthai.confirming import confirmed_download
from wealthai.limited import any_request, limited


@login_required
@require_safe
def history(request, pk):
    customer = get_object_or_404(with_counts(Customer.objects.visible_to(request.user)), pk=pk)
    log_access(request, AccessRecord.Act.HISTORY, customer=customer)
    query = HistoryQuery(request.GET, people=people_of(customer))
    context = {"customer": customer, "query": query, "tab": "history"}
    if query.is_valid():
        page = page_of(customer, user=request.user, after=query.place, **query.filters())
        context |= {
            "page": page,
            "next": page.last and query.link_after(page.last),
            "revertible": revertible_items(request.user, customer),
            "recreatable": recreatable(page.gone, request.user, customer),
        }
    return render(request, "customers/customer_history.html", context)


@login_required
@require_safe
@confirmed_download("customers:history")
@limited("export", when=any_request)
def export(request, pk):
    customer = get_object_or_404(with_counts(Customer.objects.visible_to(request.user)), pk=pk)
    query = HistoryQuery(request.GET, people=people_of(customer))
    if not query.is_valid():
        context = {"customer": customer, "query": query, "tab": "history"}
        return render(request, "customers/customer_history.html", context, status=400)
    lines = list(history_lines(whole(customer, user=request.user, **query.filters())))
    log_access(
        request,
        AccessRecord.Act.EXPORT,
        customer=customer,
        detail=f"変更履歴 {query.link_from_start}",
        rows=len(lines),
    )
    return csv_response(f"history-{customer.code}", HISTORY_HEAD, lines)
