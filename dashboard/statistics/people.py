"""Whose customers, and how many."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from customers.models import Customer


def scope(user):
    """Whose records the page counts, in words."""
    if user.sees_firm:
        return "全社"
    return user.branch if user.sees_branch else "自分の担当"


def start_of(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def year_day(day, years_ago):
    """The same day `years_ago`; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years_ago)
    except ValueError:
        return day.replace(year=day.year - years_ago, day=28)


@dataclass(frozen=True)
class CustomerFigures:
    count: int
    new_this_month: int
    aged_75: int


def customers(user, today):
    return CustomerFigures(
        **Customer.objects.visible_to(user)
        .active()
        .aggregate(
            count=Count("pk"),
            new_this_month=Count("pk", filter=Q(created_at__gte=start_of(today.replace(day=1)))),
            aged_75=Count("pk", filter=Q(birth_date__lte=year_day(today, 75))),
        )
    )
