"""Reading what others asked the AI is a look at the customers it was about.

One's own questions need no such record: they are one, of who asked what and when.
"""

from chat.models import ChatExchange
from customers.access import log_access
from customers.models import AccessRecord


def log_looks(request, exchanges):
    """One record for what a page or an answer of the API shows of `exchanges`."""
    others = [row for row in exchanges if row.adviser_id != request.user.pk and not row.is_withheld]
    if not others:
        return
    used = ChatExchange.used.through.objects.filter(chatexchange__in=[row.pk for row in others])
    keys = {row.customer_id for row in others} | set(used.values_list("customer", flat=True))
    keys = sorted(keys - {None})
    is_one = keys == [others[0].customer_id]
    if keys:
        log_access(
            request,
            AccessRecord.Act.VIEW,
            customer=others[0].customer if is_one else None,
            keys=[] if is_one else keys,
            rows=len(others),
            detail="AIへの質問と回答 " + "、".join(f"#{row.pk}" for row in others),
        )
