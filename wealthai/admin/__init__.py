from wealthai.admin.history import HistoryAdmin
from wealthai.admin.scoped import ReadOnlyAdmin, ScopedAdmin, ScopedInline, without
from wealthai.admin.site import AdminSite
from wealthai.admin.versioned import VersionedAdmin, VersionedInline

__all__ = [
    "AdminSite",
    "HistoryAdmin",
    "ReadOnlyAdmin",
    "ScopedAdmin",
    "ScopedInline",
    "VersionedAdmin",
    "VersionedInline",
    "without",
]
