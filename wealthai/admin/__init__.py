from wealthai.admin.history import HistoryAdmin
from wealthai.admin.scoped import ReadOnlyAdmin, ScopedAdmin, ScopedInline, without
from wealthai.admin.site import AdminSite

__all__ = [
    "AdminSite",
    "HistoryAdmin",
    "ReadOnlyAdmin",
    "ScopedAdmin",
    "ScopedInline",
    "without",
]
