"""The tabs above the customer list: the views that everybody has, and those that people saved."""

from dataclasses import dataclass

from customers.forms.list_filters import Colleagues
from customers.forms.list_query import ListQuery, query_of
from customers.models import SavedView

SHOWN = 12
STANDARD = (
    ("due", "償還90日以内", "maturity=90"),
    ("senior", "75歳以上", "age=75-"),
    ("quiet", "90日連絡なし", "quiet=90"),
)


@dataclass
class Tab:
    key: str
    name: str
    link: str
    query: ListQuery
    view: SavedView | None = None
    count: str = ""


def tabs_for(user, current="", colleagues=None):
    """The tabs with their queries: starred views, the standard ones, the rest; and how many more.

    Beyond SHOWN the list of views names the others; the one that is open is always here.
    """
    options = {"user": user, "colleagues": colleagues or Colleagues(user)}
    standard = [
        Tab(key, name, f"?{address}&view={key}", query_of(address, **options))
        for key, name, address in STANDARD
    ]
    saved = [
        Tab(str(view.pk), view.name, view.address, query_of(view.query, **options), view)
        for view in SavedView.objects.visible_to(user).for_tabs(user)
    ]
    starred = [tab for tab in saved if tab.view.is_starred]
    others = [tab for tab in saved if not tab.view.is_starred]
    tabs = [*starred, *standard, *others]
    shown = tabs[:SHOWN] + [tab for tab in tabs[SHOWN:] if tab.key == current]
    return shown, len(tabs) - len(shown)
