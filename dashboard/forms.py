"""The address of the list of questions to the AI."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlencode

from chat.models import ChatExchange
from customers.paged import Paged
from dashboard.scopes import exchanges
from dashboard.statistics.chat_use import OUTCOMES
from dashboard.statistics.people import start_of
from wealthai.keyset import Keyset, Order

FOUND = OUTCOMES | {"lost": OUTCOMES["failed"] | OUTCOMES["interrupted"]}
NEWEST = Keyset("asked", Order.of(ChatExchange, "-created_at"), ChatExchange)


class ChatUseQuery(forms.Form):
    """What is not understood finds nothing: left out, it would widen the list."""

    SINCE = {"month": "今月", "today": "今日"}
    OUTCOMES = {
        "failed": "失敗",
        "interrupted": "途中で終了",
        "lost": "未完了（失敗・途中で終了）",
        "uncosted": "費用の記録なし",
        "good": "役に立った",
        "bad": "役に立たない",
    }

    since = forms.ChoiceField(choices=SINCE.items(), required=False)
    day = forms.DateField(required=False)
    outcome = forms.ChoiceField(choices=OUTCOMES.items(), required=False)
    person = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    branch = forms.CharField(required=False, max_length=50)
    cursor = forms.CharField(required=False, max_length=2000)

    def __init__(self, data, user):
        super().__init__(data)
        self.user, self.is_understood = user, self.is_valid()
        self.chosen = {
            name: value for name, value in self.cleaned_data.items() if value and name != "cursor"
        }

    def found(self):
        chosen = self.chosen
        rows = exchanges(self.user, chosen.get("person"), chosen.get("branch", ""))
        if not self.is_understood:
            return rows.none()
        return rows.filter(self.period(), FOUND.get(chosen.get("outcome"), Q()))

    def period(self):
        today, period = timezone.localdate(), Q()
        since = {"month": today.replace(day=1), "today": today}.get(self.chosen.get("since"))
        if since:
            period &= Q(created_at__gte=start_of(since))
        return period & Q(created_at__date=self.chosen["day"]) if "day" in self.chosen else period

    def page(self, rows, count):
        related = rows.select_related("adviser", "conversation", "rating")
        place = self.cleaned_data.get("cursor")
        return Paged.of(NEWEST, related, count, place, lambda at: self.link(cursor=at))

    def link(self, **changes):
        state = {name: value for name, value in (self.chosen | changes).items() if value}
        return "?" + urlencode(state)

    def limits(self):
        """(words, address of the list without it) of each condition."""
        for name, value in self.chosen.items():
            words = {
                "since": self.SINCE.get(value),
                "outcome": self.OUTCOMES.get(value),
                "person": "1人の質問",
                "branch": f"支店 {value}",
            }.get(name)
            yield words or f"{value:%m/%d}", self.link(**{name: None})
