import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Index, Q

from wealthai.operations import AddIndexOnline, DropIndexOnline

AMOUNTS = ("quantity", "unit_price", "current_price", "current_value", "currency")
COUNTED = (
    "sales_rep",
    "archived_at",
    "customer_id",
    "birth_date",
    "risk_tolerance",
    "created_at",
    "updated_at",
    "last_contact_at",
)
OF_CUSTOMER = "holdings (customer_id, maturity_date, product_id) WHERE status = 'active'"
ADVISER = models.ForeignKey(
    blank=True,
    db_index=False,
    null=True,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="customers",
    to=settings.AUTH_USER_MODEL,
    verbose_name="担当者",
)


class Migration(migrations.Migration):
    """Each new index does what the old one did, and answers from itself what a start page asks."""

    atomic = False

    dependencies = [("customers", "0023_no_history_pattern")]

    operations = [
        AddIndexOnline(
            model_name="customer",
            index=Index(fields=COUNTED, name="customers_by_adviser"),
        ),
        AddIndexOnline(
            model_name="holding",
            index=Index(
                fields=["customer", "maturity_date", "product", *AMOUNTS, "updated_at", "holding_id"],
                name="holdings_active_amounts",
                condition=Q(status="active"),
            ),
        ),
        migrations.SeparateDatabaseAndState(
            [DropIndexOnline("customers_sales_rep_id_d7a700ba", of="customers (sales_rep_id)")],
            [migrations.AlterField(model_name="customer", name="sales_rep", field=ADVISER)],
        ),
        migrations.SeparateDatabaseAndState(
            [DropIndexOnline("holdings_active_of_customer", of=OF_CUSTOMER)],
            [migrations.RemoveIndex(model_name="holding", name="holdings_active_of_customer")],
        ),
    ]
