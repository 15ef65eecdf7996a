from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from dashboard import charts, statistics, status
from wealthai import metrics


@login_required
def home(request):
    now, user = timezone.now(), request.user
    today = timezone.localdate(now)
    assets = statistics.assets(user, today)
    chat = statistics.chat_use(user, today)
    figures = metrics.request_figures()
    context = {
        "now": now,
        "today": today,
        "scope": statistics.scope(user),
        "customers": statistics.customers(user, today),
        "assets": assets,
        "breakdown": [(one, charts.stack(one.shares)) for one in assets.currencies],
        "maturities": statistics.maturities(user, today),
        "inflows": statistics.inflows(user, today),
        "events": statistics.events(today),
        "chat": chat,
        "chat_bars": charts.bars(chat.points),
        "states": status.findings(figures),
        "figures": figures,
    }
    return render(request, "dashboard/home.html", context)
