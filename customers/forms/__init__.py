"""What people type on the customers' pages: one module per form."""

from customers.forms.access_query import AccessQuery
from customers.forms.archive import ArchiveForm
from customers.forms.as_of import AsOfQuery
from customers.forms.customer import CustomerForm
from customers.forms.history_query import HistoryQuery
from customers.forms.list_query import ListQuery
from customers.forms.note import NoteForm
from customers.forms.revert import RevertForm, RevertQuery

__all__ = [
    "AccessQuery",
    "ArchiveForm",
    "AsOfQuery",
    "CustomerForm",
    "HistoryQuery",
    "ListQuery",
    "NoteForm",
    "RevertForm",
    "RevertQuery",
]
