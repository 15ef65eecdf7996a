"""What people read and take out, written down for compliance (see models/access_record.py)."""

from customers.models import AccessRecord
from wealthai.my_number import without_my_numbers
from wealthai.writing import current_source


def log_access(request, act, *, customer=None, detail="", rows=None):
    """One row per act; `act` is AccessRecord.Act, `rows` how many records an export held.

    `detail` may name what somebody searched for, which nobody has read yet.
    """
    AccessRecord.objects.create(
        user=request.user,
        customer=customer,
        act=act,
        source=current_source(),
        detail=without_my_numbers(detail),
        rows=rows,
        request_id=getattr(request, "request_id", ""),
    )
