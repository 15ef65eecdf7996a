"""What people type on the customers' pages: one module per form."""

from customers.forms.access_query import AccessQuery
from customers.forms.archive import ArchiveForm
from customers.forms.as_of import AsOfQuery
from customers.forms.batch import BatchPage, PreviewPage, ReasonForm, Step
from customers.forms.bulk_edit import BulkEditForm
from customers.forms.cash_inflow import CashInflowForm
from customers.forms.customer import CustomerForm
from customers.forms.delete import DeleteForm, RecreateForm
from customers.forms.export import ExportForm, ExportQuery
from customers.forms.hand_over import HandOverForm
from customers.forms.history_query import HistoryQuery
from customers.forms.holding import HoldingForm
from customers.forms.list_query import ListQuery
from customers.forms.note import CorrectionForm, NoteForm
from customers.forms.products import ProductQuery
from customers.forms.record_query import NotesQuery, PlacesQuery, TimelineQuery
from customers.forms.records_query import HoldingsQuery, InflowsQuery
from customers.forms.revert import RevertForm, RevertQuery
from customers.forms.saved_view import SavedViewForm, StarForm
from customers.forms.selection import Selection, selection_of
from customers.forms.suggest_query import SuggestQuery
from customers.forms.task import AnyTaskForm, TaskForm, TaskQuery

__all__ = [
    "AccessQuery",
    "AnyTaskForm",
    "ArchiveForm",
    "AsOfQuery",
    "BatchPage",
    "BulkEditForm",
    "CashInflowForm",
    "CorrectionForm",
    "CustomerForm",
    "DeleteForm",
    "ExportForm",
    "ExportQuery",
    "HandOverForm",
    "HistoryQuery",
    "HoldingForm",
    "HoldingsQuery",
    "InflowsQuery",
    "ListQuery",
    "NoteForm",
    "NotesQuery",
    "PlacesQuery",
    "PreviewPage",
    "ProductQuery",
    "ReasonForm",
    "RecreateForm",
    "RevertForm",
    "RevertQuery",
    "SavedViewForm",
    "Selection",
    "StarForm",
    "Step",
    "SuggestQuery",
    "TaskForm",
    "TaskQuery",
    "TimelineQuery",
    "selection_of",
]
