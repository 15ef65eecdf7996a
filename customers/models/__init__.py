from customers.models.access_record import AccessRecord, AccessRecordCustomer
from customers.models.adviser import Adviser
from customers.models.cash_inflow import CashInflow
from customers.models.customer import Customer
from customers.models.economic_event import EconomicEvent
from customers.models.foreign_write import ForeignWrite
from customers.models.holding import Holding
from customers.models.product import Product
from customers.models.sales_note import SalesNote
from customers.models.saved_view import SavedView
from customers.models.task import Task

__all__ = [
    "AccessRecord",
    "AccessRecordCustomer",
    "Adviser",
    "CashInflow",
    "Customer",
    "EconomicEvent",
    "ForeignWrite",
    "Holding",
    "Product",
    "SalesNote",
    "SavedView",
    "Task",
]
