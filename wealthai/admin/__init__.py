from wealthai.admin.history import HistoryAdmin
from wealthai.admin.scoped import PageForm, ReadOnlyAdmin, ScopedAdmin, ScopedInline, without
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
    "without",
]
