"""A customer who is archived while somebody fills in a form about him: said, and nothing is lost."""

from django.http import Http404
from django.shortcuts import render

from customers.models import Customer
from wealthai.typed import typed_in


class TellsArchived:
    """Whoever may still see the customer is told; to anybody else he is as missing as before."""

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            customer = self.get_archived() if request.method == "POST" else None
            if customer is None:
                raise
        archived = customer.history.filter(archived_at=customer.archived_at).last()
        context = {"customer": customer, "archived": archived, "typed": typed_in(request)}
        return render(request, "customers/archived_meanwhile.html", context, status=409)

    def get_archived(self):
        customers = Customer.objects.visible_to(self.request.user).exclude(archived_at=None)
        return customers.filter(pk=self.kwargs.get("pk")).first()
