"""`/customers/views`: the saved conditions of the list. Only the owner changes one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, DeleteView, ListView, UpdateView

from customers.forms import SavedViewForm, StarForm
from customers.forms.list_filters import Colleagues
from customers.forms.list_query import query_of
from customers.models import SavedView


class SavedViewList(LoginRequiredMixin, ListView):
    def get_queryset(self):
        return SavedView.objects.visible_to(self.request.user).for_tabs(self.request.user)

    def get_context_data(self, **context):
        options = {"user": self.request.user, "colleagues": Colleagues(self.request.user)}
        for view in self.object_list:
            view.words = query_of(view.query, **options).words()
        return super().get_context_data(**context)


class SavedViewFormMixin(PermissionRequiredMixin):
    """What saving and changing share: only one's own, and back to the list under that view."""

    model = SavedView
    form_class = SavedViewForm

    def get_queryset(self):
        return SavedView.objects.filter(owner=self.request.user.pk)

    def get_form_kwargs(self):
        address = self.request.GET.urlencode()
        return super().get_form_kwargs() | {"user": self.request.user, "address": address}

    def form_valid(self, form):
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError:  # saved under this name in another window meanwhile
            form.add_error("name", form.twin_sentence())
            return self.form_invalid(form)

    def get_success_url(self):
        messages.success(self.request, f"条件「{self.object.name}」を保存しました")
        return f"{reverse('customers:list')}{self.object.address}"


class SavedViewCreate(SavedViewFormMixin, CreateView):
    permission_required = "customers.add_savedview"


class SavedViewUpdate(SavedViewFormMixin, UpdateView):
    permission_required = "customers.change_savedview"


class SavedViewDelete(PermissionRequiredMixin, DeleteView):
    permission_required = "customers.delete_savedview"
    success_url = reverse_lazy("customers:view-list")

    def get_queryset(self):
        return SavedView.objects.filter(owner=self.request.user.pk)

    def form_valid(self, form):
        messages.success(self.request, f"条件「{self.object.name}」を削除しました")
        return super().form_valid(form)


@login_required
@require_POST
def star(request, pk):
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    form = StarForm(request.POST)
    form.is_valid()
    view.star(request.user, form.cleaned_data["star"])
    return redirect("customers:view-list")
