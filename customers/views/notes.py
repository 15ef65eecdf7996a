"""Writing notes, and correcting what was written by a further note."""

from functools import partial

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.shortcuts import redirect, render

from customers.forms import CorrectionForm, NoteForm
from customers.models import SalesNote
from customers.views.archived import TellsArchived
from customers.views.dialog import SAVED, ChangeRow, tell
from customers.views.record import Overview


class NoteCreate(TellsArchived, PermissionRequiredMixin, Overview):
    """The note form stands on the customer's page, so without htmx a refused note shows that page
    again; htmx gets the form alone."""

    form_class = NoteForm
    permission_required = "customers.add_salesnote"

    def get_queryset(self):
        return super().get_queryset().active()

    def get(self, request, pk):
        return redirect("customers:detail", pk)

    def post(self, request, pk):
        self.object = self.get_object()
        form = NoteForm(request.POST)
        if not (form.is_valid() and self.store(form)):
            return self.refused(form)
        tell(request, "メモを保存しました", form)
        if request.htmx:
            response = self.form_alone(NoteForm())
            response["HX-Trigger"] = SAVED
            return response
        return redirect(self.object)

    def store(self, form):
        user = self.request.user
        save = partial(form.save_about, self.object, author=user)
        return form.saved_once(save, user=user, path=self.request.path)

    def refused(self, form):
        first = next((name for name in form.fields if name in form.errors), "content")
        form.fields[first].widget.attrs["autofocus"] = True
        if self.request.htmx:
            return self.form_alone(form)
        return self.render_to_response(self.get_context_data(note_form=form))

    def form_alone(self, form):
        context = {"customer": self.object, "note_form": form}
        return render(self.request, "customers/_note_fields.html", context)


class NoteCorrect(ChangeRow):
    """The note itself stays as it is: what is saved is a version of its own."""

    model = SalesNote
    form_class = CorrectionForm
    permission_required = "customers.add_salesnote"
    title = "メモを訂正"
    done = "訂正を保存しました。元のメモも残っています"
    dialog = "customers/_dialog_correction.html"

    def get_queryset(self):
        return super().get_queryset().originals()

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        del kwargs["instance"]
        return kwargs | {"original": self.object}

    def store(self, form):
        return form.save_by(self.request.user)
