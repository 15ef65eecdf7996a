from wealthai.admin.filters import ChoiceFilter
from wealthai.admin.history import HistoryAdmin
from wealthai.admin.scoped import ReadOnlyAdmin, ScopedAdmin, ScopedInline, without
from wealthai.admin.site import AdminSite
from wealthai.admin.versioned import VersionedAdmin, VersionedInline, VersionedPageForm

__all__ = [
    "AdminSite",
    "ChoiceFilter",
    "HistoryAdmin",
    "ReadOnlyAdmin",
    "ScopedAdmin",
    "ScopedInline",
    "VersionedAdmin",
    "VersionedInline",
    "VersionedPageForm",
    "without",
]
