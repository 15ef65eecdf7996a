"""The back office's pages, one module per model. The order here is the order of the menu."""

# ruff: isort: off
from customers.admin.customer import CustomerAdmin
from customers.admin.holding import HoldingAdmin
from customers.admin.sales_note import SalesNoteAdmin
from customers.admin.task import TaskAdmin
from customers.admin.cash_inflow import CashInflowAdmin
from customers.admin.product import ProductAdmin
from customers.admin.economic_event import EconomicEventAdmin
from customers.admin.adviser import AdviserAdmin
from customers.admin.role import RoleAdmin
from customers.admin.evidence import AccessRecordAdmin, ChangeBatchAdmin, SavedViewAdmin

__all__ = [
    "AccessRecordAdmin",
    "AdviserAdmin",
    "CashInflowAdmin",
    "ChangeBatchAdmin",
    "CustomerAdmin",
    "EconomicEventAdmin",
    "HoldingAdmin",
    "ProductAdmin",
    "RoleAdmin",
    "SalesNoteAdmin",
    "SavedViewAdmin",
    "TaskAdmin",
]
