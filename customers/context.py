"""What the frame of every page says about the customers' part."""

from django.utils.functional import SimpleLazyObject

from customers.models import Task


def waiting(request):
    """`tasks_waiting`: how many tasks are due for the person; asked only where it is shown."""

    def count():
        user = getattr(request, "user", None)
        return Task.objects.waiting_for(user).count() if user and user.is_authenticated else 0

    return {"tasks_waiting": SimpleLazyObject(count)}
