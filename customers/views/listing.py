"""`/customers`: the list."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from customers.forms import ListQuery
from customers.listing import capped_count, count_words, page_of
from customers.models import Customer


@login_required
@require_safe
def customer_list(request):
    query = ListQuery(request.GET)
    customers = Customer.objects.visible_to(request.user).active()
    total = capped_count(customers)
    found = query.found_in(customers.select_related("sales_rep"))
    page = page_of(found, sort=query.sort, number=query.number)
    if not page.rows and page.number > 1:
        return redirect(f"{request.path}{query.link()}")
    context = {
        "query": query,
        "page": page,
        "total": count_words(total),
        "hits": count_words(capped_count(found) if query.text else total),
        "is_empty": not total,
        "previous": page.number > 1 and query.link(page=page.number - 1),
        "next": page.has_next and query.link(page=page.number + 1),
        "several_advisers": request.user.sees_firm or request.user.sees_branch,
    }
    return render(request, "customers/customer_list.html", context)
