"""`/api/customers`: list, add, read, change and archive customers."""

from copy import copy

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from customers import taken
from customers.access import log_access
from customers.api_filters import CustomerFilter
from customers.models import AccessRecord, Adviser, Customer
from wealthai.api import Conflict, PreconditionFailed
from wealthai.api.conditional import check_if_match, etag, is_unchanged
from wealthai.api.filters import FilterBackend
from wealthai.api.idempotency import idempotent
from wealthai.api.paging import KeysetPagination
from wealthai.api.reasons import CHANGE_REASON, change_reason
from wealthai.api.schema import ETAG, IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, LOCATION
from wealthai.api.serializers import IntegerField, ModelSerializer, PrimaryKeyRelatedField
from wealthai.writing import writing

EXAMPLE = OpenApiExample(
    "顧客",
    request_only=True,
    value={
        "name": "伊藤正雄",
        "name_kana": "イトウマサオ",
        "birth_date": "1955-11-08",
        "phone": "090-1111-1111",
        "email": "ito@example.com",
        "net_worth": 480_000_000,
        "risk_tolerance": "3",
    },
)


class CustomerSerializer(ModelSerializer):
    sales_rep_id = PrimaryKeyRelatedField(
        source="sales_rep",
        label="担当者ID",
        queryset=Adviser.objects.none(),
        pk_field=IntegerField(),
        required=False,
        allow_null=True,
    )

    class Meta:
        model = Customer
        fields = [
            "customer_id",
            "customer_code",
            "kind",
            "name",
            "name_kana",
            "birth_date",
            "gender",
            "corporate_number",
            "representative",
            "contact_person",
            "beneficial_owner",
            "closing_month",
            "phone",
            "email",
            "address",
            "occupation",
            "annual_income",
            "net_worth",
            "risk_tolerance",
            "investment_experience",
            "sales_rep_id",
            "ai_excluded",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["customer_id", "created_at", "updated_at"]
        extra_kwargs = {
            **{name: {"validators": []} for name in taken.FIELDS},  # see `free`
        }

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:  # absent while the schema is drawn
            serving = Q(is_active=True) | Q(pk=getattr(self.instance, "sales_rep_id", None))
            advisers = Adviser.objects.visible_to(self.context["request"].user)
            fields["sales_rep_id"].queryset = advisers.filter(serving)
        return fields

    def free(self, name, value):
        """`value`, unless another customer has it. What is stored stays, whoever else has it."""
        stored = self.instance and getattr(self.instance, name)
        pk = self.instance and self.instance.pk
        if value and value != stored and taken.is_taken(name, value, besides=pk):
            user = self.context["request"].user
            raise serializers.ValidationError(taken.text_for(name, value, user, besides=pk))
        return value

    def validate_email(self, email):
        return self.free("email", email)

    def validate_sales_rep_id(self, adviser):
        """Without an adviser a customer is seen by firm-wide roles only, so only they may do it."""
        if adviser is None and not self.context["request"].user.sees_firm:
            raise serializers.ValidationError(
                "担当者を指定してください。空にできるのは事務だけです。"
            )
        return adviser

    def validate_customer_code(self, code):
        """A code once given stays: people and other systems know the customer by it."""
        given = self.instance and self.instance.customer_code
        if given and code and code != given:
            text = f"登録のあとは変更できません。{given} のままにするか、この項目を外してください。"
            raise serializers.ValidationError(text)
        return self.free("customer_code", code) or given

    def validate(self, data):
        candidate = copy(self.instance) if self.instance else Customer()
        for name, value in data.items():
            setattr(candidate, name, value)
        candidate.clean()
        return data

    def create(self, data):
        user = self.context["request"].user
        if not user.sees_firm:
            data = {"sales_rep": user} | data
        customer = Customer(**data)
        customer.save()
        return customer

    def update(self, customer, data):
        changed = {name: value for name, value in data.items() if getattr(customer, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(customer, name, value)
            customer.save()
        return customer


@method_decorator(never_cache, "dispatch")
class CustomerView(generics.GenericAPIView):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer

    def get_queryset(self):
        return Customer.objects.visible_to(self.request.user)

    def store(self, serializer):
        """Save; what somebody else took in the meantime is the field's error, as it is before."""
        try:
            with transaction.atomic(), writing(reason=change_reason(self.request)):
                customer = serializer.save()
        except IntegrityError as error:
            again = self.get_serializer(
                serializer.instance, data=self.request.data, partial=serializer.partial
            )
            again.is_valid(raise_exception=True)
            raise Conflict from error
        customer.refresh_from_db()
        return customer

    def answer(self, customer, status=200, **headers):
        if status == 200:  # who adds a customer sees what was sent
            log_access(self.request, AccessRecord.Act.VIEW, customer=customer)
        headers["ETag"] = etag(customer.version())
        return Response(self.get_serializer(customer).data, status=status, headers=headers)


class CustomerListView(CustomerView):
    filter_backends = [FilterBackend]
    filterset_class = CustomerFilter
    pagination_class = KeysetPagination
    ordering_fields = [
        "customer_id",
        "name_kana",
        "birth_date",
        "annual_income",
        "net_worth",
        "updated_at",
    ]
    ordering_columns = {"name_kana": "kana_key"}
    default_ordering = "-customer_id"

    @extend_schema(
        summary="顧客の一覧",
        description="見てよい顧客を新しい順に返します。続きは next のURLから取得します。"
        "ordering の customer_id は登録した順、name_kana は五十音順です。値のない顧客は、"
        "昇順でも降順でも最後に並びます。",
        responses=CustomerSerializer(many=True),
    )
    def get(self, request):
        """The customers the caller may see, newest first, page by page."""
        found = self.filter_queryset(self.get_queryset())
        # Straight from rows: building model and serializer objects takes longer than the query.
        rows = self.paginate_queryset(found.values(*CustomerSerializer.Meta.fields, "kana_key"))
        log_access(
            request,
            AccessRecord.Act.LIST,
            detail=CustomerFilter.words(request.query_params),
            rows=len(rows),
            keys=[row["customer_id"] for row in rows],
        )
        answer = self.get_paginated_response(rows)
        for row in rows:
            del row["kana_key"]  # the links needed it; it is no field of a customer
        return answer

    @extend_schema(
        summary="顧客の登録",
        description="name だけが必須です。全店を見られない人が sales_rep_id を省くと、本人が担当者になります。",
        parameters=[IDEMPOTENCY_KEY, CHANGE_REASON, ETAG, LOCATION],
        responses={201: CustomerSerializer},
        examples=[EXAMPLE],
    )
    @idempotent
    def post(self, request):
        """Add a customer. Whoever does not see the whole firm becomes its adviser by default."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        customer = self.store(serializer)
        place = reverse("customers:api-detail", args=[customer.pk])
        return self.answer(customer, 201, Location=request.build_absolute_uri(place))


class CustomerDetailView(CustomerView):
    """One active customer. Archived, another's and unknown ones are the same 404."""

    def get_queryset(self):
        return super().get_queryset().active()

    @extend_schema(
        summary="顧客1件",
        description="保管済み、担当外、存在しない顧客は、どれも同じ 404 です。",
        parameters=[IF_NONE_MATCH, ETAG],
        responses={200: CustomerSerializer, 304: None},
    )
    def get(self, request, pk):
        """One customer; `If-None-Match` with the known ETag gets 304."""
        customer = get_object_or_404(self.get_queryset(), pk=pk)
        if is_unchanged(request, customer.version()):
            log_access(request, AccessRecord.Act.VIEW, customer=customer, detail="変更なし")
            return Response(status=304, headers={"ETag": etag(customer.version())})
        return self.answer(customer)

    @extend_schema(
        summary="顧客の更新",
        description="送った項目を置き換えます。name は必須で、送らなかった任意の項目はそのまま残ります。",
        parameters=[IF_MATCH, CHANGE_REASON, ETAG],
        examples=[EXAMPLE],
    )
    @transaction.atomic
    def put(self, request, pk):
        """Replace the fields that are sent; `name` is required, absent optional fields stay."""
        return self.change(request, pk, partial=False)

    @extend_schema(
        summary="顧客の一部の更新",
        description="送った項目だけを置き換えます。",
        parameters=[IF_MATCH, CHANGE_REASON, ETAG],
    )
    @transaction.atomic
    def patch(self, request, pk):
        """Replace the fields that are sent."""
        return self.change(request, pk, partial=True)

    @extend_schema(
        summary="顧客の保管",
        description="一覧から外します。履歴は残り、管理画面から戻せます。",
        parameters=[IF_MATCH, CHANGE_REASON],
    )
    @transaction.atomic
    def delete(self, request, pk):
        """Archive: hidden from lists, restorable, its history kept."""
        customer = self.locked(request, pk)
        with writing(reason=change_reason(request)):
            customer.archive()
        return Response(status=204)

    def change(self, request, pk, partial):
        customer = self.locked(request, pk)
        serializer = self.get_serializer(customer, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return self.answer(self.store(serializer))

    def locked(self, request, pk):
        """The customer, held until the transaction ends, still as the caller saw it."""
        row = self.get_queryset().select_for_update(of=("self",))
        customer = self.held = get_object_or_404(row, pk=pk)
        check_if_match(
            request, customer.version(), current=lambda: self.get_serializer(customer).data
        )
        return customer

    def handle_exception(self, exc):
        """A 412 shows the record; logged here, where its own transaction is undone by now."""
        if isinstance(exc, PreconditionFailed):
            log_access(
                self.request, AccessRecord.Act.VIEW, customer=self.held, detail="競合した更新"
            )
        return super().handle_exception(exc)
