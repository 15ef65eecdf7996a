"""The conditions of `/api/customers`."""

from datetime import date, timedelta

from django_filters import rest_framework as filters

from customers.forms.period import midnight
from customers.models import Customer
from customers.search import MAX_LENGTH
from wealthai.api.filters import IntegerFilter

TOO_LONG = f"q は{MAX_LENGTH}文字以内で指定してください（いまは%(show_value)d文字です）。"


class CustomerFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search",
        label="検索",
        help_text="氏名・カナ・コード・電話・メール・住所",
        max_length=MAX_LENGTH,
        error_messages={"max_length": TOO_LONG},
    )
    sales_rep = IntegerFilter(field_name="sales_rep_id", label="担当者ID")
    branch = filters.CharFilter(field_name="sales_rep__branch", label="支店")
    gender = filters.ChoiceFilter(choices=Customer.Gender, label="性別")
    risk_tolerance = filters.ChoiceFilter(choices=Customer.RiskTolerance, label="リスク許容度")
    investment_experience = filters.ChoiceFilter(choices=Customer.Experience, label="投資経験")
    created_from = filters.DateFilter(
        field_name="created_at", method="since", label="登録日（この日から）"
    )
    created_to = filters.DateFilter(
        field_name="created_at", method="until", label="登録日（この日まで）"
    )
    updated_from = filters.DateFilter(
        field_name="updated_at", method="since", label="更新日（この日から）"
    )
    updated_to = filters.DateFilter(
        field_name="updated_at", method="until", label="更新日（この日まで）"
    )
    archived = filters.ChoiceFilter(
        label="保管済み",
        choices=[("true", "true"), ("false", "false")],
        method="keep",
        help_text="true のときは保管済みの顧客だけ",
    )

    @staticmethod
    def unfiltered(customers):
        return customers.active()

    @classmethod
    def words(cls, params):
        """What a page of the list was asked for, as its access record says it."""
        asked = [(one.label, params.get(name)) for name, one in cls.base_filters.items()]
        said = [f"{label}: {value}" for label, value in asked if value]
        return "、".join([*said, *(["続きのページ"] if "cursor" in params else [])]) or "条件なし"

    def filter_queryset(self, queryset):
        archived = self.form.cleaned_data["archived"] == "true"
        return super().filter_queryset(queryset.filter(archived_at__isnull=not archived))

    def keep(self, queryset, name, value):
        return queryset

    def search(self, queryset, name, value):
        return queryset.search(value)

    def since(self, queryset, name, day):
        if day == date.min:  # its midnight in Tokyo is before the first moment of UTC
            return queryset
        return queryset.filter(**{f"{name}__gte": midnight(day)})

    def until(self, queryset, name, day):
        if day == date.max:  # the day after it cannot be said
            return queryset
        return queryset.filter(**{f"{name}__lt": midnight(day + timedelta(days=1))})
