"""Figures of the start page: each function asks one question over a scope (dashboard/scopes.py).

Amounts stay in the currency of their holding; nothing here adds two currencies together.
`today` is the day in Japan and always an argument, so that every boundary can be tested.
"""

from dashboard.statistics.assets import DAYS_AHEAD, Assets, assets
from dashboard.statistics.chat_use import CHART_DAYS, ChatFigures, ChatUse, chat_use
from dashboard.statistics.people import QUIET_DAYS, STALE_DAYS, CustomerFigures, customers
from dashboard.statistics.schedule import (
    ROWS,
    Schedule,
    events,
    inflows,
    maturities,
    tasks,
    with_names,
)
from dashboard.statistics.summary import Summary, summary

__all__ = [
    "CHART_DAYS",
    "DAYS_AHEAD",
    "QUIET_DAYS",
    "ROWS",
    "STALE_DAYS",
    "Assets",
    "ChatFigures",
    "ChatUse",
    "CustomerFigures",
    "Schedule",
    "Summary",
    "assets",
    "chat_use",
    "customers",
    "events",
    "inflows",
    "maturities",
    "summary",
    "tasks",
    "with_names",
]
