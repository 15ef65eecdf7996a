from django.contrib import admin

from customers.admin.filters import CustomersAdviserFilter
from customers.admin.records import RecordAdmin
from customers.models import Task
from wealthai.admin import ChoiceFilter


class DoneFilter(ChoiceFilter):
    title = "状態"
    parameter_name = "done"

    def lookups(self, request, model_admin):
        return [("no", "未完了"), ("yes", "完了")]

    def narrowed(self, queryset, value):
        return queryset.filter(done_at__isnull=value == "no") if value else queryset


@admin.register(Task)
class TaskAdmin(RecordAdmin):
    list_display = ["task_id", "customer", "title", "due_date", "assignee_name", "done_at"]
    list_display_links = ["title"]
    list_filter = [DoneFilter, CustomersAdviserFilter]
    list_select_related = ["customer", "assignee"]
    search_fields = ["customer", "title"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、内容で探せます"
    autocomplete_fields = ["customer", "assignee"]
    readonly_fields = ["note", "done_at", "done_by", "created_at", "updated_at"]
    date_hierarchy = "due_date"
    fieldsets = [
        ("基本", {"fields": ["customer", "title", ("assignee", "due_date")]}),
        ("記録", {"fields": ["note", ("done_at", "done_by"), ("created_at", "updated_at")]}),
    ]

    def label(self, obj):
        return f"{obj.customer.name}・{obj.title}"

    @admin.display(description="担当", ordering="assignee__rep_code")
    def assignee_name(self, task):
        return task.assignee and task.assignee.name
