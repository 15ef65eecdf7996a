"""What people did with the records: looked at, for compliance; nobody changes it."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse

from customers.admin.searching import FindsCustomers
from customers.models import AccessRecord, SavedView
from wealthai.admin import ReadOnlyAdmin
from wealthai.models import ChangeBatch


@admin.register(AccessRecord)
class AccessRecordAdmin(FindsCustomers, ReadOnlyAdmin):
    list_display = ["at", "user", "act", "customer", "rows", "source", "detail"]
    list_filter = ["act", "source"]
    list_select_related = ["user", "customer"]
    search_fields = ["customer", "user__rep_code", "user__name"]
    search_help_text = "顧客（氏名・カナ・コード・電話など）、担当者の氏名・コードで探せます"
    date_hierarchy = "at"

    def of_customers(self, customers):
        return Q(pk__in=AccessRecord.objects.about(customers).order_by().values("pk"))


@admin.register(ChangeBatch)
class ChangeBatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "created_at", "kind", "user", "summary", "reason"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__rep_code", "user__name", "summary", "reason"]
    search_help_text = "担当者・内容・理由で探せます"
    date_hierarchy = "created_at"

    def view_on_site(self, batch):
        return reverse("customers:batch-detail", args=[batch.pk])


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "audience", "branch", "query", "created_at"]
    list_filter = ["audience"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__rep_code", "owner__name"]
    search_help_text = "名前・作成者で探せます"
