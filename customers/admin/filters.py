from django.contrib import admin

from customers.models import Adviser, Customer

NOBODY = "none"


class AdviserFilter(admin.SimpleListFilter):
    """By the person in charge: colleagues with visible customers, in one query for all of them."""

    title = "担当"
    parameter_name = "adviser"
    field = "sales_rep"

    def lookups(self, request, model_admin):
        customers = Customer.objects.visible_to(request.user)
        in_charge = Adviser.objects.filter(pk__in=customers.values("sales_rep"))
        people = in_charge.values_list("pk", "name", "rep_code")
        choices = [(str(pk), f"{name}（{code}）") for pk, name, code in people]
        return [*choices, (NOBODY, "担当なし")]

    def queryset(self, request, queryset):
        if self.value() == NOBODY:
            return queryset.filter(**{self.field: None})
        if self.value() in dict(self.lookup_choices):
            return queryset.filter(**{self.field: int(self.value())})
        return queryset


class CustomersAdviserFilter(AdviserFilter):
    """By the person in charge of the customer to whom the row belongs."""

    field = "customer__sales_rep"


class ArchivedFilter(admin.SimpleListFilter):
    """Archived customers stay out of the way until somebody asks for them."""

    title = "保管"
    parameter_name = "archived"

    def lookups(self, request, model_admin):
        return [("only", "保管済み"), ("all", "すべて")]

    def choices(self, changelist):
        everything, *others = super().choices(changelist)
        return [everything | {"display": "取引中"}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "only")
