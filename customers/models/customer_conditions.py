"""Which customers, in the words of the business: what the conditions of a list ask for."""

import datetime
from functools import cache

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Left, Length, Right
from django.utils import timezone

from customers.search import having_code
from wealthai.database import Among
from wealthai.tracking import TrackedQuerySet

# In the order people count: C9 before C10, and all of one series together.
CODE = Coalesce(F("customer_code"), Concat(Value("W"), Cast("customer_id", CharField())))
LENGTH = Right(Concat(Value("0"), Cast(Length(CODE), CharField())), 2)
CODE_KEY = Concat(Left(CODE, 1), LENGTH, CODE, output_field=CharField())
EXPERIENCE_RANK = Case(
    *[
        When(investment_experience=experience, then=rank)
        for rank, experience in enumerate(("初心者", "経験者", "上級者"))
    ],
    output_field=IntegerField(),
)
# Whose customers are in use, and what the start page counts of them, without a look at their rows.
COUNTED_BY_ADVISER = (
    "sales_rep",
    "archived_at",
    "customer_id",
    "birth_date",
    "risk_tolerance",
    "created_at",
    "updated_at",
    "last_contact_at",
)
SORT_COLUMNS = (
    "updated_at",
    "kana_key",
    "kind",
    "birth_date",
    "yen_assets",
    "yen_gain",
    "last_contact_at",
    "next_due",
    "annual_income",
    "net_worth",
)
SORT_KEYS = {"code_key": CODE_KEY, "experience_rank": EXPERIENCE_RANK}


class CustomerConditions(TrackedQuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def open_to_ai(self):
        """Whose records the AI may be told (個人情報保護法: a customer may object to this use)."""
        return self.active().filter(ai_excluded=False)

    def archived(self):
        return self.filter(archived_at__isnull=False)

    def of_branch(self, branch):
        """The customers of the advisers who belong to `branch` now."""
        advisers = self.model._meta.get_field("sales_rep").related_model.objects
        keys = advisers.filter(branch=branch).order_by().values("pk")
        return self.filter(Among(F("sales_rep"), Subquery(keys)))

    def of_no_branch(self):
        """Whose adviser belongs to none, or who have no adviser."""
        return self.filter(Q(sales_rep__branch=None) | Q(sales_rep__branch=""))

    def tolerating(self, steps, or_unknown=False):
        """Of these steps of risk; `or_unknown` also without one that the firm knows."""
        known = Q(risk_tolerance__in=steps)
        if or_unknown:
            every = self.model.RiskTolerance.values
            known |= Q(risk_tolerance=None) | ~Q(risk_tolerance__in=every)
        return self.filter(known)

    def having_code(self, code):
        """Whose code is `code`, however it is typed."""
        return having_code(self, code)

    def aged_between(self, youngest, eldest, today=None):
        """By age in whole years, both ends included; None leaves an end open."""
        today = today or timezone.localdate()
        found = self
        if youngest is not None:
            found = found.filter(birth_date__lte=years_before(today, youngest))
        if eldest is not None:
            found = found.filter(birth_date__gt=years_before(today, eldest + 1))
        return found

    def holding_category(self, codes):
        """Who holds a product of one of these categories now."""
        return self.filter(Exists(held_now().filter(product__category_code__in=codes)))

    def maturing_within(self, days, today=None):
        """Who gets money back from a holding in the next `days` days, today included."""
        today = today or timezone.localdate()
        last = today + datetime.timedelta(days=days)
        return self.filter(Exists(held_now().each_due_between(today, last)))

    def without_contact_for(self, days, today=None):
        """Whose newest note was written `days` days ago or earlier, as the list counts them, or who
        has none: whole days, so the answer is the same all day."""
        return self.filter(Q(last_contact_at__lte=end_of(days, today)) | Q(last_contact_at=None))

    def unchanged_for(self, days, today=None):
        """Whose own data nobody has changed in that time, in whole days as well."""
        return self.filter(updated_at__lte=end_of(days, today))

    def added_this_month(self, today=None):
        first = (today or timezone.localdate()).replace(day=1)
        return self.filter(created_at__gte=day_time(first, datetime.time.min))

    def with_assets_from(self, yen):
        return self.filter(yen_assets__gte=yen)

    def with_sort_key(self, name):
        """Adds what lists sort by where that is no column. Only then: it costs each row."""
        return self.annotate(**{name: SORT_KEYS[name]}) if name in SORT_KEYS else self

    def as_listed(self):
        """With what a list shows, the adviser's name and branch in the same query."""
        return self.select_related("sales_rep").only(*shown(self.model))

    def with_next_task(self):
        """Adds `next_task`, the earliest date on which something is to be done."""
        from customers.models.task import Task

        tasks = Task.objects.open().filter(customer=OuterRef("pk")).order_by()
        due = tasks.values("customer").annotate(first=Min("due_date")).values("first")
        return self.annotate(next_task=Subquery(due))


@cache
def shown(customers):
    """Named, because what is left out costs more to leave out than the rest to read."""
    columns = [column.name for column in customers._meta.concrete_fields]
    own = [name for name in columns if name not in ("search_key", "search_grams")]
    return [*own, "sales_rep__name", "sales_rep__branch"]


def held_now():
    """Correlated with the customers around it."""
    from customers.models.holding import Holding

    return Holding.objects.active().filter(customer=OuterRef("pk"))


def day_time(day, time):
    return timezone.make_aware(datetime.datetime.combine(day, time))


def end_of(days, today=None):
    """The last moment of the day `days` days ago."""
    last = (today or timezone.localdate()) - datetime.timedelta(days=days)
    return day_time(last, datetime.time.max)


def years_before(day, years):
    """The last birthday of who is `years` old on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
