"""What people type on the customers' pages: one module per form."""

from customers.forms.customer import CustomerForm
from customers.forms.list_query import ListQuery
from customers.forms.note import NoteForm

__all__ = ["CustomerForm", "ListQuery", "NoteForm"]
