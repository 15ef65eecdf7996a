from django.db import migrations
from django.db.models import Case, CharField, F, Index, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, Length, Right

from wealthai.operations import AddIndexOnline

CODE = Coalesce(F("customer_code"), Concat(Value("W"), Cast("customer_id", CharField())))
LENGTH = Right(Concat(Value("0"), Cast(Length(CODE), CharField())), 2)
CODE_KEY = Concat(Left(CODE, 1), LENGTH, CODE, output_field=CharField())
EXPERIENCE_RANK = Case(
    When(investment_experience="初心者", then=0),
    When(investment_experience="経験者", then=1),
    When(investment_experience="上級者", then=2),
    output_field=IntegerField(),
)
INDEXES = {
    "customer": [
        Index(CODE_KEY, F("customer_id"), name="customers_code_order"),
        Index(EXPERIENCE_RANK, F("customer_id"), name="customers_experience_order"),
        Index(fields=["risk_tolerance", "customer_id"], name="customers_risk_order"),
        Index(fields=["occupation", "customer_id"], name="customers_job_order"),
        Index(
            fields=["customer_id"], name="customers_archived", condition=Q(archived_at__isnull=False)
        ),
    ],
    "holding": [
        Index(
            fields=["customer", "maturity_date", "product"],
            name="holdings_active_of_customer",
            condition=Q(status="active"),
        ),
    ],
    "adviser": [Index(fields=["name"], name="sales_representatives_name")],
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0007_search_and_sort_indexes")]

    operations = [
        AddIndexOnline(model_name=model, index=index)
        for model, indexes in INDEXES.items()
        for index in indexes
    ]
