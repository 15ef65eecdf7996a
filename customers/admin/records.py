"""What a customer and the rows below share, and what those rows do: they belong to one for good."""

from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.urls import reverse

from customers.access import log_access
from customers.admin.searching import FindsCustomers
from customers.fields import YenField
from customers.models import AccessRecord, CashInflow, Customer, SalesNote
from customers.reverting import MODELS, may_revert
from wealthai.admin import VersionedAdmin

KINDS = {model: kind for kind, model in MODELS.items()}

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


class LookedAt:
    """Each page of one row, also one that shows again what was refused, is a look at its customer."""

    def log_look(self, request, act, obj):
        log_access(request, act, customer=obj.customer)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            self.log_look(request, AccessRecord.Act.VIEW, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def render_delete_form(self, request, context):
        self.log_look(request, AccessRecord.Act.VIEW, context["object"])
        return super().render_delete_form(request, context)

    def render_history_view(self, request, template, context, **kwargs):
        """Both pages of the library end here: all changes, and one earlier state."""
        act = AccessRecord.Act.AS_OF if "record" in context else AccessRecord.Act.HISTORY
        self.log_look(request, act, context["object"])
        return super().render_history_view(request, template, context, **kwargs)


def customer_of(row):
    return row if isinstance(row, Customer) else row.customer


def is_open(row):
    """Whether it may be written to: what is archived is for reading only. Also of no row yet."""
    return row is None or customer_of(row).archived_at is None


class BookAdmin(LookedAt, VersionedAdmin):
    """A customer, or a row of one."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and is_open(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and is_open(obj)

    def restore_url(self, request, obj, record):
        customer, kind = customer_of(obj), KINDS.get(type(obj))
        if kind not in may_revert(request.user, customer) or record.customer_id != customer.pk:
            return None
        return reverse("customers:revert", args=[customer.pk, kind, record.pk])


class RecordAdmin(FindsCustomers, BookAdmin):
    formfield_overrides = YEN

    class Media:
        js = ["js/amounts.js"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "customer"] if obj else fields

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        """What a row held while it belonged to a customer out of sight is not told."""
        told = super().get_history_queryset(request, history_manager, pk_name, object_id)
        return told.filter(customer_id__in=Customer.objects.visible_to(request.user).values("pk"))

    def get_field_queryset(self, db, db_field, request):
        queryset = super().get_field_queryset(db, db_field, request)
        return queryset.active() if db_field.name == "customer" else queryset

    def stamp(self, request, obj):
        super().stamp(request, obj)
        sign(obj, request.user)
