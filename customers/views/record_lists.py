"""`/holdings` and `/inflows`: what stands behind the sums of the start page."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, FloatField, Sum
from django.db.models.functions import Cast
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.forms import HoldingsQuery, InflowsQuery


@login_required
@require_safe
def holding_list(request):
    query = HoldingsQuery(request.GET, request.user)
    totals = query.found.totals_by_currency()
    paged = query.page(sum(total["holdings"] for total in totals))
    context = {"query": query, "totals": totals, "paged": paged}
    return render(request, "customers/holding_list.html", context)


@login_required
@require_safe
def inflow_list(request):
    query = InflowsQuery(request.GET, request.user)
    amount = Cast("predicted_amount", FloatField())  # SQLite breaks off a sum beyond 64 bits
    totals = query.found.aggregate(count=Count("pk"), amount=Sum(amount))
    context = {"query": query, "totals": totals, "paged": query.page(totals["count"])}
    return render(request, "customers/inflow_list.html", context)
