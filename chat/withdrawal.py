"""Rights that are lost while an answer is written or read.

A customer is handed over, an adviser leaves or gets another role: what is written for them ends
within seconds (`runs`), and what is read closes (`streams`). What had come is kept, for those who
may see it.
"""

from django.contrib.auth import get_user_model
from django.db.models import Q

from chat.models import ChatExchange

MAY_ASK = Q(
    groups__permissions__codename="add_chatexchange",
    groups__permissions__content_type__app_label="chat",
)


def withdrawn(chat_ids):
    """{chat id: kind of error} of the answers that must not be written on."""
    asked = {}
    rows = ChatExchange.objects.filter(pk__in=chat_ids)
    for chat_id, adviser in rows.values_list("pk", "adviser"):
        asked.setdefault(adviser, set()).add(chat_id)
    people = get_user_model().objects.with_role().filter(pk__in=asked, is_active=True)
    allowed = people.filter(MAY_ASK | Q(is_superuser=True)).distinct()
    found = lost(chat_ids, kind="not_allowed")
    for adviser in allowed:
        mine = ChatExchange.objects.filter(pk__in=asked[adviser.pk])
        seen = set(mine.visible_to(adviser).readable().values_list("pk", flat=True))
        found |= lost(asked[adviser.pk], kind="handed_over")
        found = {chat_id: kind for chat_id, kind in found.items() if chat_id not in seen}
    return found


def lost(chat_ids, *, kind):
    return dict.fromkeys(chat_ids, kind)


def as_now(reader):
    """The person as of this moment; None who may not log in any more."""
    return get_user_model().objects.with_role().filter(pk=reader.pk, is_active=True).first()


def may_read(reader, chat_id):
    reader = as_now(reader)
    seen = reader and ChatExchange.objects.visible_to(reader).readable().filter(pk=chat_id)
    return bool(seen and seen.exists())


def shown_to(reader, chat_id):
    """The exchange as `reader` may see it now: its words are withheld from who lost the right."""
    reader, rows = as_now(reader), ChatExchange.objects.select_related("customer", "conversation")
    row = (rows.marked_for(reader) if reader else rows).get(pk=chat_id)
    row.is_withheld = row.is_withheld or reader is None
    return row
