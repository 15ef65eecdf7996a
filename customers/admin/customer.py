from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from customers.access import log_access
from customers.admin import filters
from customers.admin.inlines import CashInflowInline, HoldingInline, SalesNoteInline
from customers.admin.records import YEN, BookAdmin, sign
from customers.columns import keyset_of, sort_by
from customers.forms import ListQuery
from customers.forms.kind import KindChoice
from customers.forms.list_filters import ARCHIVED, EVERYBODY
from customers.models import Customer
from customers.search import MAX_LENGTH
from customers.taken import TellsWhoHasIt
from wealthai.admin import VersionedPageForm
from wealthai.wording import oku

MOST_KEYS = 200  # gunicorn takes 4,094 bytes of address


class CustomerPageForm(TellsWhoHasIt, KindChoice, VersionedPageForm):
    pass


@admin.register(Customer)
class CustomerAdmin(BookAdmin):
    form = CustomerPageForm

    class Media:
        js = ["js/kinds.js", "js/amounts.js"]

    formfield_overrides = YEN
    list_display = [
        "shown_code",
        "name_and_kana",
        "shown_age",
        "occupation",
        "risk_tolerance",
        "experience",
        "short_income",
        "short_worth",
        "adviser_name",
        "updated_on",
    ]
    list_display_links = ["name_and_kana"]
    list_filter = [
        filters.CustomerAdviserFilter,
        filters.BranchFilter,
        filters.AgeFilter,
        filters.RiskFilter,
        filters.ExperienceFilter,
        filters.KindFilter,
        filters.CategoryFilter,
        filters.MaturityFilter,
        filters.QuietFilter,
        filters.ArchivedFilter,
    ]
    list_select_related = ["sales_rep"]
    search_fields = ["name", "name_kana", "customer_code", "phone", "email"]
    search_length = MAX_LENGTH
    search_help_text = "氏名・カナ・コード・電話・メール・住所で探せます"
    autocomplete_fields = ["sales_rep"]
    readonly_fields = ["created_at", "updated_at"]
    radio_fields = {"kind": admin.HORIZONTAL}
    actions = [
        "edit_selected",
        "hand_over_selected",
        "export_selected",
        "archive_selected",
        "restore_selected",
    ]
    inlines = [HoldingInline, SalesNoteInline, CashInflowInline]
    fieldsets = [
        (
            "基本",
            {
                "fields": [
                    "kind",
                    ("customer_code", "sales_rep"),
                    ("name", "name_kana"),
                ]
            },
        ),
        (
            "個人のお客様",
            {"fields": [("birth_date", "gender")], "classes": ["kind-individual"]},
        ),
        (
            "法人のお客様",
            {
                "fields": [
                    ("corporate_number", "closing_month"),
                    ("representative", "contact_person"),
                    "beneficial_owner",
                ],
                "classes": ["kind-corporation"],
            },
        ),
        ("連絡先", {"fields": [("phone", "email"), "address"]}),
        (
            "属性（適合性の判定に使います）",
            {
                "fields": [
                    "occupation",
                    ("annual_income", "net_worth"),
                    ("risk_tolerance", "investment_experience"),
                ]
            },
        ),
        ("AIの利用", {"fields": ["ai_excluded"]}),
        ("記録", {"fields": [("created_at", "updated_at")]}),
    ]

    # --- List ---------------------------------------------------------------------------
    # By the columns that the customers' own list sorts by (customers/columns.py).
    @admin.display(description="コード", ordering="code_key")
    def shown_code(self, customer):
        return customer.code

    @admin.display(description="氏名", ordering="kana_key")
    def name_and_kana(self, customer):
        if not customer.name_kana:
            return customer.name
        return format_html("{}<small>{}</small>", customer.name, customer.name_kana)

    @admin.display(description="年齢", ordering="-birth_date")
    def shown_age(self, customer):
        return customer.age

    @admin.display(description="投資経験", ordering="experience_rank")
    def experience(self, customer):
        return customer.get_investment_experience_display()

    @admin.display(description="年収(円)", ordering="annual_income")
    def short_income(self, customer):
        return oku(customer.annual_income)

    @admin.display(description="純資産(円)", ordering="net_worth")
    def short_worth(self, customer):
        return oku(customer.net_worth)

    @admin.display(description="担当", ordering="sales_rep__name")
    def adviser_name(self, customer):
        return customer.sales_rep and customer.sales_rep.name

    @admin.display(description="更新日", ordering="updated_at")
    def updated_on(self, customer):
        return formats.date_format(timezone.localtime(customer.updated_at), "Y/m/d")

    def keyset_of(self, ordering, queryset):
        return keyset_of(sort_by(ordering))

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match.url_name == "autocomplete":  # for a new row of the customer
            queryset = queryset.active()
        return queryset.search(search_term), False

    @admin.action(description="選択した顧客を出力する", permissions=["view"])
    def export_selected(self, request, queryset):
        """Through the page of the customers' own list: with a reason, and on record; in the order
        of this list."""
        order = self.get_changelist_instance(request).keyset.name
        if request.POST.get("select_across") == "1":
            status = {"only": ARCHIVED, "all": EVERYBODY}.get(request.GET.get("archived"))
            found = ListQuery(request.GET, user=request.user)
            query = found.link(status=status, sort=order)
        else:
            ids = queryset.values_list("pk", flat=True)
            query = "?" + urlencode({"ids": list(ids), "sort": order}, doseq=True)
        return redirect(reverse("customers:export") + query)

    # --- Record -------------------------------------------------------------------------
    def label(self, obj):
        archived = "・保管済み" if obj.archived_at else ""
        return f"{obj.name}（{obj.code}）{archived}"

    def get_readonly_fields(self, request, obj=None):
        """A code once given stays."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "customer_code"] if obj and obj.customer_code else fields

    def view_on_site(self, obj):
        return reverse("customers:detail", args=[obj.pk])

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # the class is this request's own
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Without an adviser the record would vanish from the sight of whoever saves it."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.required = field.required or not request.user.sees_firm
        return field

    def get_changeform_initial_data(self, request):
        own = {} if request.user.sees_firm else {"sales_rep": request.user.pk}
        return own | super().get_changeform_initial_data(request)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.has_archive_permission(request):
            page = "customers:restore" if obj.archived_at else "customers:archive"
            context["archive_url"] = reverse(page, args=[obj.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def log_look(self, request, act, obj):
        log_access(request, act, customer=obj)

    def stamp(self, request, obj):
        super().stamp(request, obj)
        sign(obj, request.user)

    # --- Acts on many ---------------------------------------------------------------------
    @admin.action(description="選択した顧客を一括編集する", permissions=["change"])
    def edit_selected(self, request, queryset):
        return self.choose(request, queryset, "customers:bulk-edit")

    @admin.action(description="選択した顧客を引き継ぐ", permissions=["change"])
    def hand_over_selected(self, request, queryset):
        return self.choose(request, queryset, "customers:hand-over")

    def choose(self, request, queryset, page):
        """On to the page of the act; its address has room for a screenful of keys."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_KEYS + 1])
        if len(keys) <= MOST_KEYS:
            return redirect(f"{reverse(page)}?ids={','.join(map(str, keys))}")
        text = f"{MOST_KEYS}名までを選んでください。一括編集と引き継ぎは、画面の顧客一覧で条件を絞ってから開くと一度に行えます。"
        return self.message_user(request, text, messages.ERROR)

    # --- Archive instead of delete ------------------------------------------------------
    def has_delete_permission(self, request, obj=None):
        """Records are kept for their legal term: the right to delete is the right to archive."""
        return False

    def has_archive_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj)

    @admin.action(description="選択した顧客を保管する", permissions=["archive"])
    def archive_selected(self, request, queryset):
        return self.choose(request, queryset, "customers:bulk-archive")

    @admin.action(description="選択した顧客を保管から戻す", permissions=["archive"])
    def restore_selected(self, request, queryset):
        return self.choose(request, queryset, "customers:bulk-restore")
