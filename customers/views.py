"""The customers' pages. Each starts from what the person may see; the rest is as if missing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import CreateView, DetailView, UpdateView

from customers.changes import changes_of
from customers.forms import CustomerForm, ListQuery, NoteForm
from customers.listing import capped_count, count_words, page_of
from customers.models import Customer
from customers.portfolio import portfolio_of

SHOWN = 20


@login_required
@require_safe
def customer_list(request):
    query = ListQuery(request.GET)
    customers = Customer.objects.visible_to(request.user).active()
    total = capped_count(customers)
    found = query.found_in(customers.select_related("sales_rep"))
    page = page_of(found, sort=query.sort, number=query.number)
    if not page.rows and page.number > 1:
        return redirect(f"{request.path}{query.link()}")
    context = {
        "query": query,
        "page": page,
        "total": count_words(total),
        "hits": count_words(capped_count(found) if query.text else total),
        "is_empty": not total,
        "previous": page.number > 1 and query.link(page=page.number - 1),
        "next": page.has_next and query.link(page=page.number + 1),
        "several_advisers": request.user.sees_firm or request.user.sees_branch,
    }
    return render(request, "customers/customer_list.html", context)


class CustomerDetail(LoginRequiredMixin, DetailView):
    def get_queryset(self):
        return Customer.objects.visible_to(self.request.user).select_related("sales_rep")

    def get_context_data(self, note_form=None, **context):
        customer = self.object
        return super().get_context_data(
            portfolio=portfolio_of(customer),
            notes=customer.notes.select_related("sales_rep").order_by("-created_at", "-pk")[:SHOWN],
            inflows=customer.cash_inflows.order_by("predicted_date", "pk")[:SHOWN],
            changes=changes_of(customer, user=self.request.user, limit=SHOWN),
            note_form=note_form or NoteForm(),
            **context,
        )


class NoteCreate(PermissionRequiredMixin, CustomerDetail):
    """The note form stands on the customer's page, so a refused note shows that page again."""

    permission_required = "customers.add_salesnote"

    def get_queryset(self):
        return super().get_queryset().active()

    def get(self, request, pk):
        return redirect("customers:detail", pk)

    def post(self, request, pk):
        self.object = self.get_object()
        form = NoteForm(request.POST)
        if not form.is_valid():
            form.fields["content"].widget.attrs["autofocus"] = True
            return self.render_to_response(self.get_context_data(note_form=form))
        form.save_about(self.object, author=request.user)
        messages.success(request, "メモを保存しました")
        return redirect(self.object)


class CustomerFormMixin(PermissionRequiredMixin):
    """What adding and changing share: who may, whose choices, and the way back."""

    model = Customer
    form_class = CustomerForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **context):
        back = self.object.get_absolute_url() if self.object else reverse("customers:list")
        return super().get_context_data(back=back, **context)

    def form_valid(self, form):
        customer = form.saved()
        if customer is None:
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(customer)


class CustomerCreate(CustomerFormMixin, CreateView):
    permission_required = "customers.add_customer"
    done = "顧客を登録しました"


class CustomerUpdate(CustomerFormMixin, UpdateView):
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
