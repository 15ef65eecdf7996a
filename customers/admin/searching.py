"""Lists of what belongs to a customer find the customer as the customers' own list does."""

from django.db.models import Q

from customers.models import Customer
from wealthai.admin.scoped import SEARCH_LENGTH
from wealthai.text import is_storable


class FindsCustomers:
    """Each word is sought in `search_fields`, of which `customer` stands for all of the customer."""

    def get_search_results(self, request, queryset, search_term):
        if not is_storable(search_term):
            return queryset.none(), False
        names = [name for name in self.get_search_fields(request) if name != "customer"]
        for word in search_term[:SEARCH_LENGTH].split():
            found = Q(customer__in=Customer.objects.search(word).order_by().values("pk"))
            for name in names:
                found |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(found)
        return queryset, False
