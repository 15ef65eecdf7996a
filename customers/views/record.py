"""`/customers/{id}` and its tabs: one record, for reading. What changes it opens in dialogs."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404
from django.views.generic import DetailView

from customers.access import ShowsRecord
from customers.forms import NoteForm, NotesQuery, PlacesQuery, TimelineQuery
from customers.models import CashInflow, Customer, Task
from customers.notes import page_of_notes
from customers.portfolio import portfolio_of
from customers.record import count, with_counts
from customers.tasks import BY_DONE_AT, BY_DUE_DATE
from customers.timeline import KINDS, timeline_of
from wealthai.keyset import Keyset, Order

ON_CARD = 5
BY_PREDICTED_DATE = Keyset("inflows", Order.of(CashInflow, "-predicted_date"), CashInflow)


class RecordPage(LoginRequiredMixin, ShowsRecord, DetailView):
    """What the pages of one record share: who it is, key facts, tabs, duties."""

    tab = ""

    def get_queryset(self):
        customers = Customer.objects.visible_to(self.request.user)
        return with_counts(customers.select_related("sales_rep"))

    def get_context_data(self, **context):
        full, edits_holdings = self.tab == "holdings", self.may("change_holding")
        return super().get_context_data(
            tab=self.tab,
            portfolio=portfolio_of(self.object),
            is_open=self.object.archived_at is None,
            edits_holdings=edits_holdings,
            edits_inflows=self.may("change_cashinflow"),
            full=full,
            columns=8 + 2 * full + edits_holdings,
            **context,
        )

    def may(self, act):
        """Whether the person may `act` on this record; an archived one is for reading only."""
        is_open = self.object.archived_at is None
        return is_open and self.request.user.has_perm(f"customers.{act}")


class Overview(RecordPage):
    template_name = "customers/customer_detail.html"
    tab = "detail"

    def get_context_data(self, note_form=None, **context):
        customer, user = self.object, self.request.user
        query = TimelineQuery(self.request.GET)
        return super().get_context_data(
            timeline=timeline_of(customer, user, kind=query.chosen, rows=query.limit),
            query=query,
            kinds=KINDS,
            tasks=customer.tasks.open().by_due_date().select_related("assignee")[: ON_CARD + 1],
            note_form=note_form or NoteForm(),
            **context,
        )


class Holdings(RecordPage):
    template_name = "customers/customer_holdings.html"
    tab = "holdings"


class Notes(RecordPage):
    template_name = "customers/customer_notes.html"
    tab = "notes"

    def get_context_data(self, **context):
        originals = self.object.notes.originals()
        query = NotesQuery(self.request.GET)
        places = {name: get_object_or_404(originals, pk=pk) for name, pk in query.places.items()}
        page = page_of_notes(originals, **places)
        return super().get_context_data(page=page, note_form=NoteForm(), **context)


class Tasks(RecordPage):
    template_name = "customers/customer_tasks.html"
    tab = "tasks"

    def get_queryset(self):
        done = Task.objects.exclude(done_at=None)
        return super().get_queryset().annotate(done_count=count(done, "customer"))

    def get_context_data(self, **context):
        tasks = self.object.tasks.select_related("assignee", "done_by")
        query, done = PlacesQuery(self.request.GET, "open", "done"), tasks.exclude(done_at=None)
        return super().get_context_data(
            open=query.paged("open", BY_DUE_DATE, tasks.open(), self.object.task_count),
            done=query.paged("done", BY_DONE_AT, done, self.object.done_count),
            **context,
        )


class Inflows(RecordPage):
    template_name = "customers/customer_inflows.html"
    tab = "inflows"

    def get_context_data(self, **context):
        query, inflows = PlacesQuery(self.request.GET, "from"), self.object.cash_inflows.all()
        paged = query.paged("from", BY_PREDICTED_DATE, inflows, self.object.inflow_count)
        return super().get_context_data(inflows=paged, **context)
