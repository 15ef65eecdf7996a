"""What the frame of every page says about the customers' part."""

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from customers.models import Task
from wealthai.prepared import Prepared


def waiting(request):
    """`tasks_waiting`: how many tasks are due for the person; asked only where it is shown."""

    def count():
        user = getattr(request, "user", None)
        if not (user and user.is_authenticated):
            return 0
        return sum(WAITING.rows(user, timezone.localdate()))

    return {"tasks_waiting": SimpleLazyObject(count)}


def waiting_for(user, today):
    """One number, or no row where nothing waits."""
    rows = Task.objects.waiting_for(user, today).order_by().values("assignee")
    return rows.annotate(count=Count("pk")).values_list("count", flat=True)


WAITING = Prepared(waiting_for)
