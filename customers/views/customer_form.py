"""Adding and changing a customer on a page of its own."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import CreateView, UpdateView

from customers.access import ShowsRecord
from customers.forms import CustomerForm
from customers.models import Customer
from customers.views.archived import TellsArchived
from customers.views.dialog import DialogMixin, tell


class CustomerFormMixin(PermissionRequiredMixin):
    """What adding and changing share: who may, whose choices, and the way back."""

    model = Customer
    form_class = CustomerForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **context):
        back = self.object.get_absolute_url() if self.object else reverse("customers:list")
        return super().get_context_data(**{"back": back} | context)

    def form_valid(self, form):
        customer = form.saved()
        if customer is None:
            return self.form_invalid(form)
        tell(self.request, self.done, form)
        return redirect(customer)


class CustomerCreate(CustomerFormMixin, CreateView):
    permission_required = "customers.add_customer"
    done = "顧客を登録しました"


class CustomerUpdate(TellsArchived, CustomerFormMixin, ShowsRecord, UpdateView):
    title = "編集画面"
    permission_required = "customers.change_customer"
    done = "変更を保存しました"

    def get_queryset(self):
        customers = Customer.objects.visible_to(self.request.user).active()
        # Locked while compared with the version the person saw (SQLite locks as a whole).
        return (
            customers.select_for_update(of=["self"]) if self.request.method == "POST" else customers
        )

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        return super().post(request, *args, **kwargs)


class PartUpdate(DialogMixin, CustomerUpdate):
    """Some fields of the customer in a dialog over the record; the rules are the whole form's."""

    part = ()
    wide_fields = ("address",)

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        for name in set(form._meta.fields) - set(self.part):
            form.fields.pop(name, None)
        return form

    def store(self, form):
        return form.saved()


class ContactUpdate(PartUpdate):
    title = "連絡先を編集"
    part = ("phone", "email", "address")


class FactsUpdate(PartUpdate):
    title = "資産・適合性を編集"
    part = (
        "occupation",
        "annual_income",
        "net_worth",
        "risk_tolerance",
        "investment_experience",
    )
