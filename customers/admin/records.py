"""What holdings, notes and inflows share: they belong to one customer for good."""

from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models

from customers.admin.searching import FindsCustomers
from customers.fields import YenField
from customers.models import CashInflow, SalesNote
from wealthai.admin import VersionedAdmin

YEN = {
    models.BigIntegerField: {
        "form_class": YenField,
        "widget": AdminTextInputWidget(attrs={"class": "money", "data-amount": "yen"}),
    }
}


def sign(row, user):
    """A new note or forecast is its writer's, unless somebody else was chosen."""
    if isinstance(row, (SalesNote, CashInflow)) and row._state.adding and row.sales_rep_id is None:
        row.sales_rep = user


class RecordAdmin(FindsCustomers, VersionedAdmin):
    formfield_overrides = YEN

    class Media:
        js = ["js/amounts.js"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "customer"] if obj else fields

    def stamp(self, request, obj):
        super().stamp(request, obj)
        sign(obj, request.user)
