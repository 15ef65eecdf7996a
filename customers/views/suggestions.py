"""`/customers/suggest`: the options under a search field, as a fragment."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.forms import SuggestQuery
from customers.models import Customer
from customers.suggestions import suggested
from wealthai.limited import any_request, limited


@login_required
@require_safe
@never_cache
@limited("search", when=any_request)
def suggest(request):
    text = SuggestQuery(request.GET).text
    customers = Customer.objects.visible_to(request.user).active().select_related("sales_rep")
    context = {"text": text, "found": suggested(customers, text)}
    return render(request, "customers/_suggestions.html", context)
