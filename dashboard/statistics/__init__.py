"""Figures of the start page: each function asks one question over what `user` may see.

Amounts stay in the currency of their holding; nothing here adds two currencies together.
`today` is the day in Japan and always an argument, so that every boundary can be tested.
"""

from dashboard.statistics.assets import DAYS_AHEAD, Assets, active_holdings, assets
from dashboard.statistics.chat_use import CHART_DAYS, ChatFigures, ChatUse, chat_use
from dashboard.statistics.people import CustomerFigures, customers, scope
from dashboard.statistics.schedule import ROWS, Schedule, events, inflows, maturities

__all__ = [
    "CHART_DAYS",
    "DAYS_AHEAD",
    "ROWS",
    "Assets",
    "ChatFigures",
    "ChatUse",
    "CustomerFigures",
    "Schedule",
    "active_holdings",
    "assets",
    "chat_use",
    "customers",
    "events",
    "inflows",
    "maturities",
    "scope",
]
