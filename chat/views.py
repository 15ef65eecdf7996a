"""The chat page: one conversation at a time, its customer above it, the others beside it."""

from itertools import groupby

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from chat import budgets, marks, runs, sources, wording
from chat.models import Conversation, Rating
from chat.rendering import html_of
from chat.steps import Steps
from chat.suggestions import questions_about
from customers.access import log_access
from customers.forms.task import CustomerField
from customers.models import AccessRecord, Customer

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
    q = forms.CharField(required=False, max_length=100)
    only = forms.BooleanField(required=False)


@login_required
def home(request):
    query = ChatQuery(request.GET)
    if not query.is_valid():
        raise Http404
    runs.reap_lost()
    asked, user = query.cleaned_data, request.user
    if customer := picked(user, asked["find"]):
        return redirect(reverse("chat:home", query={"customer": customer.pk}))
    conversations = Conversation.objects.visible_to(user).select_related("customer")
    conversation, customer = subject_of(asked, user, conversations)
    if customer:
        log_access(request, AccessRecord.Act.VIEW, customer=customer, detail="AIチャット")
    pinned, listed, more = listing(conversations, asked, user, customer)
    before = asked["exchange_before"]
    exchanges, older = shown(conversation, before, user) if conversation else ([], None)
    context = asked | {
        "pinned": pinned,
        "conversations": listed,
        "groups": grouped(pinned, listed),
        "more_conversations": more,
        "conversation": conversation,
        "customer": customer,
        "totals": customer.holdings.active().totals_by_currency() if customer else [],
        "exchanges": exchanges,
        "older_exchanges": older,
        "continuation": wording.CONTINUE,
        "disclaimer": wording.DISCLAIMER,
        "reasons": Rating.Reason.choices,
        "is_past": bool(before),
        "is_archived": bool(customer and customer.archived_at),
        "is_excluded": bool(customer and customer.ai_excluded),
        "is_off": not settings.AI_ENABLED,
        "found": found(user, asked["find"]) if asked["find"] else [],
    }
    if exchanges:
        context["use"] = budgets.use_of(conversation, user)
    context["may_ask"] = may_ask(user, context)
    if context["may_ask"]:
        context["budget"] = budgets.standing(user)
    if customer and context["may_ask"]:
        context["suggestions"] = questions_about(customer, timezone.localdate())
    return render(request, "chat/home.html", context)


def subject_of(asked, user, conversations):
    """The conversation that is open, and the customer it is or will be about."""
    if asked["conversation"]:
        conversation = get_object_or_404(conversations, pk=asked["conversation"])
        return conversation, conversation.customer
    if asked["customer"]:
        visible = Customer.objects.visible_to(user).select_related("sales_rep")
        return None, get_object_or_404(visible, pk=asked["customer"])
    return None, None


def may_ask(user, context):
    """Not below older questions, where a new one would stand in the wrong place."""
    closed = any(context[why] for why in ("is_off", "is_past", "is_archived", "is_excluded"))
    return user.has_perm("chat.add_chatexchange") and not closed


def listing(conversations, asked, user, customer):
    """Those pinned, a page of the others, and the id to go on from. A search finds hidden ones too,
    and has no pinned ones of its own."""
    if asked["only"] and customer:
        conversations = conversations.filter(customer=customer)
    if words := asked["q"].split():
        return [], *page_of(conversations.saying(words, user), asked["before"])
    shown = conversations.listed()
    pinned = [] if asked["before"] else shown.exclude(pinned_at=None).order_by("-pinned_at")
    return pinned[:CONVERSATIONS], *page_of(shown.filter(pinned_at=None), asked["before"])


def grouped(pinned, listed):
    """The same under the headings of the list."""
    by_day = groupby(listed, key=lambda talk: day_named(timezone.localdate(talk.updated_at)))
    groups = [("固定", list(pinned)), *((name, list(rows)) for name, rows in by_day)]
    return [(name, rows) for name, rows in groups if rows]


def day_named(day):
    age = (timezone.localdate() - day).days
    return "本日" if age <= 0 else "昨日" if age == 1 else "それ以前"


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


def shown(conversation, before, user):
    """The last exchanges (before one), oldest first, each with what the page says about it."""
    rows = conversation.exchanges.marked_for(user).with_outline().select_related("rating")
    rows = rows.order_by("-chat_id")
    rows, older = cut(rows.filter(pk__lt=before) if before else rows, EXCHANGES)
    for row in rows:
        shown_ones = [] if row.is_withheld else row.citations or []
        row.cited = [one for one in shown_ones if one.get("number")]
    moments = sources.open_at([one for row in rows for one in row.cited])
    for row in rows:
        row.is_last = row == rows[0] and not before
        row.can_go_on = row.is_last and wording.can_go_on(row)
        row.ending = wording.of(row)
        row.cut_mark = wording.cut_mark(row)
        row.retry_after = wording.retry_after(row)
        html = html_of("" if row.is_running else row.shown_response)
        row.html = marks.in_html(html, row.unverified)
        row.sources = [with_page(one, moments, user) for one in row.cited]
        row.steps = Steps(row, row.outline)
    return rows[::-1], older


def with_page(cited, moments, user):
    """A cited record with the page that shows its customer as it was read; what is nobody's, with where
    it is shown."""
    kind, key = sources.parts_of(cited["source"].partition("@")[0])
    if cited["customer_id"]:
        at = {"at": moments[cited["source"], cited["read_at"]]}
        url = reverse("customers:as-of", args=[cited["customer_id"]], query=at)
        return cited | {"url": url}
    if user.is_staff:
        return cited | {"url": reverse(sources.ADMIN_PAGES[kind], args=[key])}
    return cited | {"shown": sources.SHOWN[kind]}


def found(user, text):
    return Customer.objects.visible_to(user).active().search(text)[:FOUND]


def picked(user, text):
    """The one customer whom `text` means, be it a chosen suggestion or words that find no other."""
    field = CustomerField(required=False)
    field.customers = Customer.objects.visible_to(user).active()
    try:
        return field.clean(text) if text.strip() else None
    except ValidationError:
        return None
