"""`/customers/{id}/as-of`: the record as it stood at the end of a day, or after one change."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.access import log_access
from customers.as_of import standing_of
from customers.forms import AsOfQuery
from customers.models import AccessRecord, Customer
from customers.reverting import may_revert


@login_required
@require_safe
def as_of(request, pk):
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    query = AsOfQuery(request.GET)
    context = {"customer": customer, "query": query}
    if query.is_valid():
        moment = query.moment
        log_access(
            request,
            AccessRecord.Act.AS_OF,
            customer=customer,
            detail=f"{timezone.localtime(moment):%Y/%m/%d %H:%M:%S}",
        )
        context |= {
            "moment": moment,
            "is_exact": query.cleaned_data["at"] is not None,
            "standing": standing_of(customer, moment=moment, user=request.user),
            "may_revert": "customer" in may_revert(request.user, customer),
        }
    return render(request, "customers/customer_as_of.html", context)
