from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count
from django.utils.html import format_html_join

from wealthai.admin import ReadOnlyAdmin

ACTS = {"view": "閲覧", "add": "登録", "change": "変更", "delete": "削除"}
OWN_APPS = ["customers", "chat", "dashboard"]

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """The roles as the code defines them: an edit here would be undone by the next migration."""

    list_display = ["name", "people"]
    search_fields = ["name"]
    fields = ["name", "members", "rights"]
    readonly_fields = ["members", "rights"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("user", distinct=True))

    @admin.display(description="人数", ordering="count")
    def people(self, group):
        return group.count

    @admin.display(description="担当者")
    def members(self, group):
        return "、".join(group.user_set.order_by("rep_code").values_list("name", flat=True))

    @admin.display(description="できること")
    def rights(self, group):
        permissions = group.permissions.filter(content_type__app_label__in=OWN_APPS)
        by_model = {}
        for permission in permissions.select_related("content_type"):
            model = permission.content_type.model_class()
            if model is None or not admin.site.is_registered(model):
                continue
            act = ACTS[permission.codename.split("_", 1)[0]]
            if act == "削除" and hasattr(model, "archive"):
                act = "保管"
            by_model.setdefault(model._meta.verbose_name, []).append(act)
        lines = ((name, "・".join(acts)) for name, acts in by_model.items())
        return format_html_join("", "{}: {}<br>", lines)
