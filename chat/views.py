"""The chat page: one conversation at a time, its customer above it, the others beside it."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from chat import runs, wording
from chat.catalogue import name_of
from chat.models import Conversation
from customers.models import Customer

CONVERSATIONS = 50
EXCHANGES = 50
FOUND = 20


class ChatQuery(forms.Form):
    """What the address of the page may say."""

    customer = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    conversation = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    exchange_before = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    find = forms.CharField(required=False, max_length=100)


@login_required
def home(request):
    query = ChatQuery(request.GET)
    if not query.is_valid():
        raise Http404
    runs.reap_lost()
    asked = query.cleaned_data
    conversations = Conversation.objects.visible_to(request.user).select_related("customer")
    conversation = customer = None
    if asked["conversation"]:
        conversation = get_object_or_404(conversations, pk=asked["conversation"])
        customer = conversation.customer
    elif asked["customer"]:
        visible = Customer.objects.visible_to(request.user).active()
        customer = get_object_or_404(visible.select_related("sales_rep"), pk=asked["customer"])
    listed, more = page_of(conversations, asked["before"])
    exchanges, older = shown(conversation, asked["exchange_before"]) if conversation else ([], None)
    context = {
        "conversations": listed,
        "more_conversations": more,
        "before": asked["before"],
        "conversation": conversation,
        "customer": customer,
        "totals": customer.holdings.active().totals_by_currency() if customer else [],
        "exchanges": exchanges,
        "older_exchanges": older,
        "is_past": bool(asked["exchange_before"]),
        "find": asked["find"],
        "found": found(request.user, asked["find"]) if asked["find"] else [],
        # A question asked below older ones would stand in the wrong place.
        "may_ask": request.user.has_perm("chat.add_chatexchange") and not asked["exchange_before"],
    }
    return render(request, "chat/home.html", context)


def page_of(conversations, before):
    """The conversations listed behind the one with the id `before`, and the id to go on from."""
    if before:
        last = get_object_or_404(conversations, pk=before)
        same = Q(updated_at=last.updated_at, pk__lt=last.pk)
        conversations = conversations.filter(Q(updated_at__lt=last.updated_at) | same)
    return cut(conversations, CONVERSATIONS)


def cut(rows, size):
    """The first `size` of `rows`, and the id of the last of them when there are more."""
    rows = list(rows[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def shown(conversation, before):
    """The last exchanges (before one), oldest first, each with what the page says about it."""
    rows = conversation.exchanges.order_by("-chat_id")
    rows, older = cut(rows.filter(pk__lt=before) if before else rows, EXCHANGES)
    for row in rows:
        steps = row.tool_trace or []
        row.ending = wording.of(row)
        row.model_name = row.model_id and name_of(row.model_id)
        row.sent_question = next((s["sent_question"] for s in steps if s["step"] == "prompt"), None)
        row.failures = [step for step in steps if step["step"] == "model_failed"]
        row.seconds = row.latency_ms and round(row.latency_ms / 1000, 1)
    return rows[::-1], older


def found(user, text):
    return Customer.objects.visible_to(user).active().search(text)[:FOUND]
