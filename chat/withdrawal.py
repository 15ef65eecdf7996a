"""Rights that are lost while an answer is written or read.

A customer is handed over, archived or kept from the AI, an adviser leaves or gets another role: what
is written for them ends within seconds (`runs`) and before anything more is sent (`turn`), and what
is read closes (`streams`). What had come is kept, for those who may see it.
"""

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from chat.models import ChatExchange
from customers.auth import RoleBackend


def withdrawn(chat_ids):
    """{chat id: kind of error} of the answers that must not be written on."""
    rows = ChatExchange.objects.filter(pk__in=chat_ids)
    told = rows.values_list("pk", "adviser", "customer__ai_excluded", "customer__archived_at")
    askers = {chat_id: asker for chat_id, asker, *_ in told}
    may_ask = RoleBackend().with_perm("chat.add_chatexchange").filter(pk__in=askers.values())
    allowed, seen = (set(found.values_list("pk", flat=True)) for found in (may_ask, seen_of(rows)))
    found = {}
    for chat_id, asker, is_excluded, archived_at in told:
        if asker not in allowed:
            found[chat_id] = "not_allowed"
        elif chat_id not in seen:
            found[chat_id] = "handed_over"
        elif is_excluded:
            found[chat_id] = "excluded_meanwhile"
        elif archived_at:
            found[chat_id] = "archived_meanwhile"
    return found


def seen_of(rows):
    """Those of `rows` that visible_to(who asked) gives and that are readable, for all who asked at
    once."""
    rep = "customer__sales_rep"
    people = get_user_model().objects.seeing(OuterRef(rep), OuterRef(f"{rep}__branch"))
    used = ChatExchange.used.through.objects.filter(chatexchange=OuterRef("pk"))
    hidden = used.filter(~Exists(people.filter(pk=OuterRef("chatexchange__adviser"))))
    about = Q(customer=None) | Exists(people.filter(pk=OuterRef("adviser")))
    return rows.filter(about, ~Exists(hidden))


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
