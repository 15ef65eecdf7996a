from customers.forms.list_filters import DAYS, NARROWING, NOBODY, DaysField, ListFilters
from customers.models import Adviser
from wealthai.admin import ChoiceFilter


def conditions_of(request):
    """The address of the admin's list, read by the form of the customers' pages; once a request."""
    if not hasattr(request, "list_conditions"):
        request.list_conditions = ListFilters(request.GET, user=request.user)
    return request.list_conditions


class ConditionFilter(ChoiceFilter):
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

    @property
    def is_unreadable(self):
        return self.parameter_name in self.form.unreadable

    def narrowed(self, queryset, value):
        read = self.form.filters.get(self.parameter_name)
        return queryset if read is None else NARROWING[self.parameter_name](queryset, read)


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


class CustomersAdviserFilter(ChoiceFilter):
    """By the person in charge of the customer to whom the row belongs, in one query for all."""

    title = "担当"
    parameter_name = "adviser"
    field = "customer__sales_rep"

    def lookups(self, request, model_admin):
        people = Adviser.objects.visible_to(request.user)
        choices = [(str(person.pk), str(person)) for person in people]
        return [*choices, (NOBODY, "担当なし")]

    def narrowed(self, queryset, value):
        if not value:
            return queryset
        return queryset.filter(**{self.field: None if value == NOBODY else int(value)})


class ArchivedFilter(ChoiceFilter):
    """Archived customers stay out of the way until somebody asks for them."""

    title = "保管"
    parameter_name = "archived"

    def lookups(self, request, model_admin):
        return [("only", "保管済み"), ("all", "すべて")]

    def choices(self, changelist):
        everything, *others = super().choices(changelist)
        return [everything | {"display": "取引中"}, *others]

    def narrowed(self, queryset, value):
        if value == "all":
            return queryset
        return queryset.filter(archived_at__isnull=value != "only")
