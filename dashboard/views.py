import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat import budgets
from dashboard import charts, statistics, status, trends
from dashboard import system as system_state
from dashboard.forms import ChatUseQuery
from dashboard.scopes import scope_of
from dashboard.statistics.chat_use import ChatUse, chat_use_by_day
from wealthai import metrics

MOST_PEOPLE = 100


@login_required
@require_safe
def home(request):
    now, scope = timezone.now(), scope_of(request.user, request.GET)
    today, figures = timezone.localdate(now), metrics.request_figures()
    events, database = status.timed(lambda: statistics.events(today))
    summary = statistics.summary(scope, now)
    tasks, maturities, inflows = statistics.with_names(
        statistics.tasks(scope, today),
        statistics.maturities(scope, today),
        statistics.inflows(scope, today),
    )
    context = {
        "now": now,
        "today": today,
        "scope": scope,
        "summary": summary,
        "customers": summary.customers,
        "assets": summary.assets,
        "breakdown": [
            (one, [(part.key, part) for part in charts.stack(one.shares)])
            for one in summary.assets.currencies
        ],
        "tasks": tasks,
        "maturities": maturities,
        "inflows": inflows,
        "events": events,
        "chat": summary.chat,
        "chat_bars": charts.bars(summary.chat.points),
        "limit": budgets.limit_of(request.user),
        "budget": budgets.standing(request.user) if scope.is_own_use else None,
        "states": status.findings(figures, database),
        "figures": figures,
    }
    if not scope.branch:  # else one's own tasks, which the frame counts, are not all among these
        context["tasks_waiting"] = tasks.mine_count
    return render(request, "dashboard/home.html", context)


@login_required
@require_safe
def chat_use(request):
    query = ChatUseQuery(request.GET, request.user)
    found = query.found()
    use = sum(chat_use_by_day(found).values(), ChatUse())
    people = found.exclude(adviser=None).order_by().values("adviser", "adviser__name")
    context = {
        "query": query,
        "use": use,
        "people": list(people.annotate(count=Count("pk")).order_by("-count", "adviser")),
        "most_people": MOST_PEOPLE,
        "paged": query.page(found, use.exchanges),
    }
    return render(request, "dashboard/chat_use.html", context)


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


def without_database(request):
    """Nobody can be recognised now, so only what tells nothing of the firm: is it up, how fast."""
    live = system_state.live()
    context = {
        "status": 503,
        "now": timezone.now(),
        "findings": system_state.known_without_database(live),
        "version": settings.VERSION,
        "request_id": request.request_id,
    }
    return render(None, "dashboard/system_alone.html", context, status=503)


system.without_database = without_database  # wealthai/views.py: the page of the night needs none
