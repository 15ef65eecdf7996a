from wealthai.admin.history import HistoryAdmin, PageForm, is_earlier_state
from wealthai.admin.scoped import ReadOnlyAdmin, ScopedAdmin, ScopedInline, without
from wealthai.admin.site import AdminSite
from wealthai.admin.versioned import VersionedAdmin, VersionedInline

__all__ = [
    "AdminSite",
    "HistoryAdmin",
    "PageForm",
    "ReadOnlyAdmin",
    "ScopedAdmin",
    "ScopedInline",
    "VersionedAdmin",
    "VersionedInline",
    "is_earlier_state",
    "without",
]
