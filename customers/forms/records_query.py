"""The addresses of the lists across customers: what they hold, and the money they expect."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode

from customers.forms.list_filters import ListFilters
from customers.models import CashInflow, Customer, Holding, Product
from customers.paged import Paged
from customers.portfolio import DUE_DAYS
from wealthai.keyset import Keyset, Order

AHEAD, LATE = "ahead", "late"
DUE = Order("due", False, CashInflow._meta.get_field("predicted_date"), missing="due")


class RecordsQuery(forms.Form):
    """Rows of `model` whose customers the conditions `adviser` and `branch` find.

    What is not understood finds nothing: left out, it would widen the list.
    """

    model = None
    WORDS = {AHEAD: f"{DUE_DAYS}日以内", LATE: "期日超過"}

    due = forms.ChoiceField(choices=WORDS.items(), required=False)
    cursor = forms.CharField(required=False, max_length=2000)

    def __init__(self, data, user):
        super().__init__(data)
        self.user, self.is_understood = user, self.is_valid()
        whose = {name: data[name] for name in ("adviser", "branch") if data.get(name)}
        self.whose = ListFilters(whose, user=user)
        self.chosen = whose | {
            name: value for name, value in self.cleaned_data.items() if value and name != "cursor"
        }

    @cached_property
    def found(self):
        rows = self.model.objects.visible_to(self.user).running()
        if not self.is_understood:
            return rows.none()
        customers = self.whose.narrowed(Customer.objects.visible_to(self.user))
        return self.narrowed(rows.filter(customer__in=customers)).with_due()

    def narrowed(self, rows):
        today = timezone.localdate()
        if self.chosen.get("due") == AHEAD:
            return rows.due_between(today, today + datetime.timedelta(DUE_DAYS))
        if self.chosen.get("due") == LATE:
            return rows.due_between(None, today - datetime.timedelta(1))
        return rows

    def page(self, count):
        keyset = Keyset("due", DUE, self.model)
        rows = self.found.select_related("customer", *self.RELATED)
        place = self.cleaned_data.get("cursor")
        return Paged.of(keyset, rows, count, place, lambda at: self.link(cursor=at))

    def link(self, **changes):
        state = {name: value for name, value in (self.chosen | changes).items() if value}
        return "?" + urlencode(state)

    def words(self, name):
        return self.WORDS[self.chosen[name]]

    def limits(self):
        """(words, address of the list without it) of each condition."""
        for name in self.chosen:
            is_of_customers = name in ("adviser", "branch")
            words = self.whose.sentence(name) if is_of_customers else self.words(name)
            yield words, self.link(**{name: None})


class HoldingsQuery(RecordsQuery):
    model, RELATED = Holding, ["product"]
    UNPRICED = "none"

    # As another system may have written them: they lead here from the sums of the start page.
    currency = forms.CharField(required=False, max_length=10, strip=False)
    category = forms.CharField(required=False, max_length=50, strip=False)
    price = forms.ChoiceField(choices=[(UNPRICED, "現在値なし")], required=False)

    def narrowed(self, rows):
        rows = super().narrowed(rows).with_amounts()
        if currency := self.chosen.get("currency"):
            rows = rows.filter(unit=currency)
        if category := self.chosen.get("category"):
            rows = rows.filter(product__category_code=category)
        return rows.filter(market=None) if "price" in self.chosen else rows

    def words(self, name):
        value = self.chosen[name]
        if name == "category":
            return dict(Product.Category.choices).get(value, value)
        return {"currency": f"{value}建て", "price": "現在値なし"}.get(name) or super().words(name)


class InflowsQuery(RecordsQuery):
    model, RELATED = CashInflow, []
    SURE = "only"

    sure = forms.ChoiceField(choices=[(SURE, "高・確定")], required=False)

    def narrowed(self, rows):
        rows = super().narrowed(rows)
        return rows.filter(CashInflow.SURE) if "sure" in self.chosen else rows

    def words(self, name):
        return "確度が高・確定" if name == "sure" else super().words(name)
