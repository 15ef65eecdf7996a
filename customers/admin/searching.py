"""Lists of what belongs to a customer find the customer as the customers' own list does."""

from functools import reduce
from operator import or_

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from customers.models import Customer
from customers.search import words_of


class FindsCustomers:
    """Each word is sought in `search_fields`, of which `customer` stands for all of the customer.

    The index is asked once, for the customers in whom all words stand. Rows that hold some of the
    words themselves are compared: nothing but the rows tells which.
    """

    def of_customers(self, customers):
        return Q(customer__in=customers)

    def get_search_results(self, request, queryset, search_term):
        if not self.is_searchable(search_term):
            return queryset.none(), False
        if not search_term.strip():
            return queryset, False
        found = self.of_customers(Customer.objects.search(search_term).order_by().values("pk"))
        names = [name for name in self.get_search_fields(request) if name != "customer"]
        if names:
            rows = self.model._default_manager.filter(*parted(search_term.split(), names))
            found |= Q(pk__in=rows.order_by().values("pk"))
        return queryset.filter(found), False


def parted(words: list[str], names: list[str]) -> list[Q]:
    """A word at least stands in a field of the row, the others there or in its customer."""
    own = {
        word: reduce(or_, (Q(**{f"{name}__icontains": word}) for name in names)) for word in words
    }
    return [
        reduce(or_, own.values()),
        *(here | stands_in_customer(word) for word, here in own.items() if words_of(word)),
    ]


def stands_in_customer(typed: str) -> Q:
    found = Q()
    for word in words_of(typed):
        found &= reduce(or_, (Q(stands_in_key(spelling)) for spelling in word))
    return found


def stands_in_key(spelling: str) -> GreaterThan:
    return GreaterThan(StrIndex(F("customer__search_key"), Value(spelling)), 0)
