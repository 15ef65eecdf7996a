"""`/tasks`: what is to be done next, and where it is written down, given away and ticked off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from customers.forms import AnyTaskForm, TaskForm, TaskQuery
from customers.models import Task
from customers.paged import Paged
from customers.tasks import DONE, grouped, totals_of
from customers.views.dialog import AddRow, AddToCustomer, ChangeRow, saved_response

WIDE = ("customer_named", "title")


@login_required
@require_safe
def task_list(request):
    query = TaskQuery(request.GET)
    found = query.found_in(Task.objects.visible_to(request.user).workable(), request.user)
    totals = {DONE: found.count()} if query.is_done else totals_of(found)
    rows = found.select_related("customer", "assignee", "done_by")
    paged = Paged.of(query.keyset, rows, sum(totals.values()), query.place, query.link_at)
    context = {"query": query, "paged": paged, "groups": grouped(paged.rows, totals)}
    return render(request, "customers/task_list.html", context)


class WithUser:
    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}


class TaskCreate(WithUser, AddToCustomer):
    model = Task
    form_class = TaskForm
    permission_required = "customers.add_task"
    title = "タスクを追加"
    wide_fields = WIDE
    done = "タスクを追加しました"


class AnyTaskCreate(WithUser, AddRow):
    model = Task
    form_class = AnyTaskForm
    permission_required = "customers.add_task"
    title = "タスクを追加"
    wide_fields = WIDE
    done = "タスクを追加しました"

    def about(self):
        return "担当は自分になります"

    def back(self):
        return reverse("customers:tasks")


class TaskUpdate(WithUser, ChangeRow):
    model = Task
    form_class = TaskForm
    related = ["customer__sales_rep"]
    permission_required = "customers.change_task"
    title = "タスクを編集"
    wide_fields = WIDE


def own_task(request, pk):
    tasks = Task.objects.visible_to(request.user).workable().select_related("customer")
    return get_object_or_404(tasks.select_for_update(of=["self"]), pk=pk)


@require_POST
@login_required
@permission_required("customers.change_task", raise_exception=True)
@transaction.atomic
def task_done(request, pk):
    task = own_task(request, pk)
    if task.done_at is None:
        task.finish(by=request.user)
    undo = reverse("customers:task-reopen", args=[pk])
    messages.success(request, f"「{task.title}」を完了にしました", extra_tags=undo)
    return saved_response(request, reverse("customers:tasks"))


@require_POST
@login_required
@permission_required("customers.change_task", raise_exception=True)
@transaction.atomic
def task_reopen(request, pk):
    task = own_task(request, pk)
    if task.done_at is not None:
        task.reopen()
    messages.success(request, f"「{task.title}」を未完了に戻しました")
    return saved_response(request, reverse("customers:tasks"))
