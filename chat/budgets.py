"""利用枠: what a person may spend on the model in one day, and what an exchange has cost.

The worst case of each call (everything that is sent, and the longest answer) is reserved in the row
of its exchange before the call, rounds and repetitions included. When the exchange ends, the cost of
what Bedrock counted takes its place. A call without a count (stopped, cut, lost) is an estimate, and
marked so: all that was sent, what was received of the answer, and UNSEEN_TOKENS, because what a model
wrote after we left, or thought without showing it, is billed and told to nobody. Never more than the
worst case, which a call keeps of whose answer nothing was received.

What somebody has spent is the sum over the day's exchanges, nothing is counted beside them: a
reservation cannot outlive its row, which ends with its process (`runs.reap_lost`).
"""

import json
import math
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from chat import catalogue
from chat.bedrock import Usage
from chat.blocks import Blocks
from chat.models import ChatExchange
from wealthai.prepared import Prepared

WARN_PERCENT = 80
# Measured on nothing but guessed high: a Japanese character has 3 bytes and up to 1.3 tokens.
TOKENS_PER_BYTE = 0.45
# Guessed high as well, nobody says when a model notices that its reader left: ten seconds of a fast
# one, a hundred tokens each. Half of it is for thoughts that were not shown.
UNSEEN_TOKENS = 1000
SPENT = Sum(Coalesce("reserved_yen", "cost_yen"))


class Refused(Exception):
    """The model must not be asked; `kind` is worded in chat/wording.py."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


@dataclass
class Call:
    """One call of the model."""

    model_id: str
    sent_tokens: int
    heard: Blocks | None = None  # the answer as far as it came, once there is one
    usage: Usage | None = None
    is_free: bool = False  # refused before the model was at work

    @property
    def yen(self):
        if self.is_free:
            return Decimal(0)
        return self._yen_for(self.usage) if self.usage else self._estimated()

    @property
    def worst_yen(self):
        """All that is sent, and the longest answer allowed."""
        return self._yen_for(Usage(self.sent_tokens, settings.BEDROCK_MAX_TOKENS))

    @property
    def is_estimated(self):
        is_counted = self.usage and catalogue.price_of(self.model_id)
        return not self.is_free and not is_counted

    def _estimated(self):
        if not (self.heard and self.heard.received):
            return self.worst_yen
        written = math.ceil(self.heard.received * TOKENS_PER_BYTE) + UNSEEN_TOKENS
        output = min(written, settings.BEDROCK_MAX_TOKENS)
        return self._yen_for(Usage(self.sent_tokens, output))

    def _yen_for(self, usage):
        price = catalogue.price_of(self.model_id) or catalogue.dearest_price()
        return catalogue.in_yen(price.usd(usage), settings.YEN_PER_USD)


@dataclass
class Account:
    """What one exchange costs: all calls of the model that were made for it."""

    chat_id: int
    adviser: object
    calls: list[Call] = field(default_factory=list)

    def open(self, model_id, *sent, begin=dict):
        """Reserve for a call that sends the JSON of `sent`, and return it; what `begin` does and gives, as
        columns of the row, goes into the same transaction.

        Raises Refused: the day's budget is used up, or the exchange has ended meanwhile.
        """
        before = self.yen
        call = Call(model_id, most_tokens(sent))
        self.calls.append(call)  # first: whoever ends the exchange from now on counts it
        with ExitStack() as undo:
            undo.callback(self.calls.remove, call)
            with closing(connection):  # nothing is held while the model is silent
                self._reserve(before, call, begin)
            undo.pop_all()
        return call

    def _reserve(self, before, call, begin):
        """Under a lock on the person's row, so that parallel questions are reckoned one by one."""
        with transaction.atomic():
            LOCKED.rows(self.adviser.pk)
            others = SPENT_BESIDE.rows(self.adviser.pk, midnight(), self.chat_id)
            if sum(filter(None, others), before) >= limit_of(self.adviser):
                raise Refused("budget")
            row = ChatExchange.objects.running().filter(pk=self.chat_id)
            reserved = {"reserved_yen": before + call.worst_yen, "model_id": call.model_id}
            if not row.update(**begin(), **reserved):
                raise Refused("lost")

    @property
    def yen(self):
        return sum((call.yen for call in list(self.calls)), Decimal(0))

    def counts(self):
        """The five raw counts, summed over the calls, as columns of the row."""
        counted = [call.usage for call in list(self.calls) if call.usage]

        def total(name):
            return sum(getattr(usage, name) for usage in counted) if counted else None

        return {
            "input_tokens": total("input"),
            "output_tokens": total("output"),
            "total_tokens": total("total"),
            "cache_read_tokens": total("cache_read"),
            "cache_write_tokens": total("cache_write"),
        }

    def cost(self):
        """What takes the place of the reservation once the exchange has ended."""
        calls = list(self.calls)
        return {
            "cost_yen": self.yen if calls else None,
            "cost_is_estimated": any(call.is_estimated for call in calls),
            "reserved_yen": None,
        }


def most_tokens(sent):
    """The tokens that the JSON of `sent` has at most."""
    size = len(json.dumps(sent, ensure_ascii=False).encode("utf-8", "replace"))
    return math.ceil(size * TOKENS_PER_BYTE)


# --- a person's day ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How much of a day's budget is used."""

    spent: Decimal
    limit: int
    resets_at: datetime

    @property
    def percent(self):
        return int(self.spent * 100 / self.limit) if self.limit else 100

    @property
    def is_used_up(self):
        return self.spent >= self.limit

    @property
    def is_near(self):
        return self.percent >= WARN_PERCENT and not self.is_used_up


def standing(adviser):
    spent = sum(filter(None, SPENT_SINCE.rows(adviser.pk, midnight())), Decimal(0))
    return Standing(spent, limit_of(adviser), reset_after(timezone.now()))


def limit_of(adviser):
    """Yen a day: the person's own, else everybody's."""
    return settings.CHAT_DAILY_YEN_OF.get(adviser.rep_code, settings.CHAT_DAILY_YEN)


def asked_since(adviser, moment):
    return ChatExchange.objects.filter(adviser=adviser, created_at__gte=moment)


def spent_since(adviser, moment):
    return sums_of(asked_since(adviser, moment))


def spent_beside(adviser, moment, chat_id):
    return sums_of(asked_since(adviser, moment).exclude(pk=chat_id))


def sums_of(rows):
    """One sum of what was paid or is reserved, None where nothing was, no row without an exchange."""
    return rows.order_by().values("adviser").annotate(yen=SPENT).values_list("yen", flat=True)


def locked(adviser):
    people = get_user_model().objects.select_for_update(no_key=True)
    return people.filter(pk=adviser).order_by().values("pk")


SPENT_SINCE, SPENT_BESIDE, LOCKED = map(Prepared, (spent_since, spent_beside, locked))


def spent_this_month(adviser):
    """Since the first of the month in Japan."""
    today = timezone.localdate()
    first = reset_after(timezone.now()) - timedelta(days=today.day)
    return spent_on(ChatExchange.objects.filter(adviser=adviser.pk, created_at__gte=first))


def use_of(conversation, adviser):
    """What a conversation has cost, beside the person's month."""
    use = conversation.exchanges.aggregate(
        questions=Count("pk"), tokens=Sum("total_tokens", default=0), yen=SPENT
    )
    return use | {"yen": use["yen"] or 0, "month_yen": spent_this_month(adviser)}


def spent_on(exchanges):
    """Yen paid for ended exchanges, and reserved for running ones."""
    return exchanges.aggregate(yen=SPENT)["yen"] or Decimal(0)


def midnight():
    """The last one in Japan."""
    return reset_after(timezone.now()) - timedelta(days=1)


def reset_after(moment):
    """The midnight in Japan at which the budget of that moment's day is new."""
    day = timezone.localdate(moment) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.min))
