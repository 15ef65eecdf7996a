from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html

from customers.admin.access import AccessForm
from customers.models import Adviser
from customers.models.role_names import joined, parted
from customers.people import join
from wealthai.admin import VersionedAdmin, VersionedPageForm, without

# Whoever gives rights, passwords or roles proves once more who it is; who only looks need not.
confirmed_admin = method_decorator(
    reauthentication_required(
        enabled=lambda request: request.user.has_perm("customers.change_adviser")
    )
)


class PasswordForm(AdminPasswordChangeForm):
    def save(self, commit=True):
        self.user._change_reason = "管理画面（パスワードの設定）"
        return super().save(commit)


def role_choices():
    return [(name, name) for name in parted(joined(Group.objects.values_list("name", flat=True)))]


class RolesField(forms.MultipleChoiceField):
    """Boxes to tick; the row keeps the ticked names as one text."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value):
        return parted(value) if isinstance(value, str) else value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value):
        return joined(super().clean(value))


class AdviserPageForm(VersionedPageForm):
    role_names = RolesField(label="役割", required=False, choices=role_choices)


@admin.register(Adviser)
class AdviserAdmin(VersionedAdmin):
    """People of the firm. They are switched off, not deleted: their names stand in the records."""

    form = AdviserPageForm
    list_display = [
        "rep_code",
        "name",
        "branch",
        "department",
        "email",
        "role_names",
        "active",
        "staff",
        "last_login",
    ]
    list_display_links = ["name"]
    list_filter = ["is_active", "groups", "is_staff"]
    search_fields = ["rep_code", "name", "branch", "department", "email"]
    search_help_text = "氏名・コード・支店・部署・メールで探せます"
    readonly_fields = ["password_state", "access", "last_login", "created_at"]
    fieldsets = [
        (
            "基本",
            {
                "fields": [
                    ("rep_code", "name"),
                    ("branch", "department"),
                    ("phone", "email"),
                    "hire_date",
                ]
            },
        ),
        (
            "ログインと権限",
            {
                "fields": [
                    ("is_active", "is_staff", "is_superuser"),
                    "role_names",
                    ("password_state", "access"),
                ]
            },
        ),
        ("記録", {"fields": [("created_at", "last_login")]}),
    ]
    change_password_form = PasswordForm
    change_user_password_template = None
    user_change_password = confirmed_admin(UserAdmin.user_change_password)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "<id>/password/",
                wrap(self.user_change_password),
                name="auth_user_password_change",
            ),
            path(
                "<path:object_id>/access/",
                wrap(self.access_view),
                name="customers_adviser_access",
            ),
            *super().get_urls(),
        ]

    # --- Who may do what ----------------------------------------------------------------
    def has_change_permission(self, request, obj=None):
        """Nobody but another superuser touches a superuser, or any administrator could become one."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fieldsets(self, request, obj=None):
        hidden = set() if request.user.is_superuser else {"is_superuser"}
        if obj is not None and not self.has_change_permission(request, obj):
            hidden |= {"password_state", "access"}  # they lead where only a change is allowed
        return list(without(super().get_fieldsets(request, obj), hidden))

    def label(self, obj):
        return f"{obj}・全権限" if obj.is_superuser else str(obj)

    # --- Form ---------------------------------------------------------------------------
    @confirmed_admin
    def changeform_view(self, request, *args, **kwargs):
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        """A stored row says what its groups are, so they come first; a new one has none yet."""
        if change:
            join([obj])
        super().save_model(request, obj, form, change)
        if not change:
            join([obj])

    @admin.display(description="有効", ordering="is_active")
    def active(self, adviser):
        return "有効" if adviser.is_active else "停止"

    @admin.display(description="管理画面", ordering="is_staff")
    def staff(self, adviser):
        return "利用" if adviser.is_staff else None

    @admin.display(description="パスワード")
    def password_state(self, adviser):
        url = reverse("admin:auth_user_password_change", args=[adviser.pk])
        state = "設定済み" if adviser.has_usable_password() else "未設定（ログインできません）"
        return format_html('{}　<a href="{}">パスワードを設定</a>', state, url)

    @admin.display(description="その他のログイン手段")
    def access(self, adviser):
        url = reverse("admin:customers_adviser_access", args=[adviser.pk])
        return format_html('<a href="{}">二段階認証・APIトークン・ログイン中の画面</a>', url)

    # --- Second factor, tokens, sessions ------------------------------------------------
    @confirmed_admin
    def access_view(self, request, object_id):
        adviser = self.get_object_or_404(request, object_id)
        if not self.has_change_permission(request, adviser):
            raise PermissionDenied
        form = AccessForm(adviser, request.POST or None)
        if form.is_valid():
            form.revoke()
            self.log_change(request, adviser, "ログイン手段を無効にしました。")
            self.message_user(request, "選んだものを無効にしました。", messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": "ログイン手段",
            "subtitle": self.label(adviser),
            "original": adviser,
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/customers/adviser/access.html", context)
