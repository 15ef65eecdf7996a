"""`/customers`: the list."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from customers.forms import ListQuery
from customers.forms.list_filters import Colleagues
from customers.listing import counts_of, page_of
from customers.models import Customer
from customers.tabs import tabs_for
from wealthai.limited import limited


@login_required
@require_safe
@limited("search", when=lambda request: request.GET.get("q"))
def customer_list(request):
    colleagues = Colleagues(request.user)
    query = ListQuery(request.GET, user=request.user, colleagues=colleagues)
    customers = Customer.objects.visible_to(request.user)
    tabs, more_tabs = tabs_for(request.user, query.view_key, colleagues)
    found = query.found_in(customers)  # once: a search asks its index here
    counts = counts_of(query, customers, found, tabs)
    page = page_of(query, found, counts.hit_count)
    if page is None:
        return redirect(f"{request.path}{query.link()}")
    context = {
        "query": query,
        "page": page,
        "counts": counts,
        "tabs": tabs,
        "more_tabs": more_tabs,
        "previous": page.previous and query.link(cursor=page.previous),
        "next": page.next and query.link(cursor=page.next),
    }
    return render(request, "customers/customer_list.html", context)
