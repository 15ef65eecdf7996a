import datetime

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.utils import timezone

from dashboard import charts, statistics, status, trends
from dashboard import system as system_state
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


@login_required
@permission_required("wealthai.view_measurement", raise_exception=True)
def system(request):
    now = timezone.now()
    day = trends.last_day(now)
    live = system_state.live()
    order = request.GET.get("sort")
    context = {
        "now": now,
        "live": live,
        "since": live and datetime.datetime.fromtimestamp(live["since"], datetime.UTC),
        "is_measured": any(one.figures for one in day),
        "orders": system_state.ORDERS,
        "order": order if order in system_state.ORDERS else "slow",
        "views": system_state.views(live, trends.total(day), order),
        "groups": system_state.groups(live, day, now),
        "charts": trends.charts(day),
    }
    return render(request, "dashboard/system.html", context)
