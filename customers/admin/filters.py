from django.contrib import admin
from django.db.models import Exists, OuterRef

from customers.forms.list_filters import DAYS, NARROWING, DaysField, ListFilters
from customers.models import Adviser, Customer

NOBODY = "none"


def conditions_of(request):
    """The address of the admin's list, read by the form of the customers' pages; once a request."""
    if not hasattr(request, "list_conditions"):
        request.list_conditions = ListFilters(request.GET, user=request.user)
    return request.list_conditions


class ConditionFilter(admin.SimpleListFilter):
    """One condition of the customers' own list, with the same name, choices and meaning."""

    def __init__(self, request, params, model, model_admin):
        self.form = conditions_of(request)
        self.title = self.form.fields[self.parameter_name].label
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        field = self.form.fields[self.parameter_name]
        if isinstance(field, DaysField):
            return [(str(days), f"{days}{self.unit}") for days in DAYS]
        return [choice for choice in field.choices if choice[0]]

    def queryset(self, request, queryset):
        value = self.form.filters.get(self.parameter_name)
        return queryset if value is None else NARROWING[self.parameter_name](queryset, value)


class CustomerAdviserFilter(ConditionFilter):
    parameter_name = "adviser"


class BranchFilter(ConditionFilter):
    parameter_name = "branch"


class RiskFilter(ConditionFilter):
    parameter_name = "risk"


class ExperienceFilter(ConditionFilter):
    parameter_name = "experience"


class KindFilter(ConditionFilter):
    parameter_name = "kind"


class AgeFilter(ConditionFilter):
    parameter_name = "age"


class CategoryFilter(ConditionFilter):
    parameter_name = "category"


class MaturityFilter(ConditionFilter):
    parameter_name = "maturity"
    unit = "日以内"


class QuietFilter(ConditionFilter):
    parameter_name = "quiet"
    unit = "日以上"


class CustomersAdviserFilter(admin.SimpleListFilter):
    """By the person in charge of the customer to whom the row belongs, in one query for all."""

    title = "担当"
    parameter_name = "adviser"
    field = "customer__sales_rep"

    def lookups(self, request, model_admin):
        own = Customer.objects.filter(sales_rep=OuterRef("pk"))
        in_charge = Adviser.objects.visible_to(request.user).filter(Exists(own))
        people = in_charge.values_list("pk", "name", "rep_code")
        choices = [(str(pk), f"{name}（{code}）") for pk, name, code in people]
        return [*choices, (NOBODY, "担当なし")]

    def queryset(self, request, queryset):
        if self.value() == NOBODY:
            return queryset.filter(**{self.field: None})
        if self.value() in dict(self.lookup_choices):
            return queryset.filter(**{self.field: int(self.value())})
        return queryset


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
