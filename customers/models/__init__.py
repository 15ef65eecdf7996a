from customers.models.adviser import Adviser
from customers.models.cash_inflow import CashInflow
from customers.models.customer import Customer
from customers.models.economic_event import EconomicEvent
from customers.models.holding import Holding
from customers.models.product import Product
from customers.models.sales_note import SalesNote

__all__ = [
    "Adviser",
    "CashInflow",
    "Customer",
    "EconomicEvent",
    "Holding",
    "Product",
    "SalesNote",
]
