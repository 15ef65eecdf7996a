"""What an adviser does with a conversation (rename, pin, hide) and with an answer (rate, note down, see
what was sent for it).

Each act is a form of the chat page and leads back to it. Nothing here asks the model, and nothing is
ever deleted.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chat import marks, wording
from chat.forms import RatingForm, SwitchForm, TitleForm
from chat.models import ChatExchange, Conversation, Rating
from chat.steps import sent_texts
from customers.access import log_access
from customers.forms import NoteForm
from customers.models import AccessRecord, Customer

may_ask = permission_required("chat.add_chatexchange", raise_exception=True)
may_note = permission_required("customers.add_salesnote", raise_exception=True)
ORIGIN = "（AIの回答 #{} をもとに記入）"


def back_to(conversation_id, answer=None):
    address = reverse("chat:home", query={"conversation": conversation_id})
    return redirect(f"{address}#answer-{answer}" if answer else address)


def complain(request, form):
    messages.error(request, next(iter(form.errors.values()))[0])


def own_conversation(user, pk):
    return get_object_or_404(Conversation.objects.visible_to(user), pk=pk)


def own_exchange(user, pk, **also):
    """A question that `user` asked, with an answer that has ended and may still be read."""
    readable = ChatExchange.objects.visible_to(user).readable().filter(adviser=user, **also)
    ended = readable.exclude(status__in=ChatExchange.RUNNING).exclude(conversation=None)
    return get_object_or_404(ended, pk=pk)


@login_required
@may_ask
@require_POST
def rename(request, pk):
    conversation = own_conversation(request.user, pk)
    form = TitleForm(request.POST, instance=conversation)
    if conversation.is_withheld:
        raise Http404
    if form.is_valid():
        conversation.save(update_fields=["title"])
        messages.success(request, "題名を変えました")
    else:
        complain(request, form)
    return back_to(pk)


@login_required
@may_ask
@require_POST
def pin(request, pk):
    return switch(request, pk, "pinned_at", ("一覧の上に固定しました", "固定を外しました"))


@login_required
@may_ask
@require_POST
def hide(request, pk):
    done = ("一覧から隠しました。会話の検索で見つけて、一覧に戻せます", "一覧に戻しました")
    return switch(request, pk, "hidden_at", done)


def switch(request, pk, name, done):
    conversation = own_conversation(request.user, pk)
    form = SwitchForm(request.POST)
    is_on = form.is_valid() and form.cleaned_data["on"]
    setattr(conversation, name, timezone.now() if is_on else None)
    conversation.save(update_fields=[name])
    messages.success(request, done[0] if is_on else done[1])
    return back_to(pk)


@login_required
@may_ask
@require_POST
def rate(request, pk):
    exchange = own_exchange(request.user, pk)
    form = RatingForm(request.POST)
    if form.is_valid():
        Rating.objects.update_or_create(exchange=exchange, defaults=form.cleaned_data)
        messages.success(request, "評価を保存しました")
    else:
        complain(request, form)
    return back_to(exchange.conversation_id, answer=pk)


@login_required
@require_safe
def sent(request, pk):
    """The texts that left for an answer, when somebody unfolds them: a page of answers without them
    is a hundred times smaller."""
    texts = sent_texts(own_exchange(request.user, pk).tool_trace)
    return render(request, "chat/_sent.html", {"texts": texts})


@login_required
@may_note
@require_safe
def note(request, pk):
    """The customer's note form with the answer in it: what becomes a record, a person decides."""
    seen = Customer.objects.visible_to(request.user).active()
    exchange = own_exchange(request.user, pk, customer__in=seen)
    log_access(
        request, AccessRecord.Act.VIEW, customer=exchange.customer, detail="AIの回答をメモに"
    )
    answer = marks.in_text(exchange.response, exchange.unverified)
    words = "\n\n".join(filter(None, [answer, wording.cut_mark(exchange), ORIGIN.format(pk)]))
    form = NoteForm(initial={"content": words})
    form.fields["content"].widget.attrs["rows"] = 14  # the answer is read again before it is kept
    context = {"exchange": exchange, "customer": exchange.customer, "note_form": form}
    return render(request, "chat/answer_note.html", context)
