"""Evidence is written once, also for who goes past Django: PostgreSQL refuses to change history.

A later migration that must mend such rows says ALTER TABLE … DISABLE TRIGGER written_once around
it. An INSERT meets no trigger, and TRUNCATE is left to the owner of the tables.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wealthai.operations import PostgresSQL

TABLES = [
    "access_record_customers",
    "access_records",
    "cash_inflows_history",
    "customers_history",
    "economic_events_history",
    "holdings_history",
    "products_history",
    "sales_notes_history",
    "sales_representatives_history",
    "tasks_history",
]
FUNCTION = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are added, never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$"""
TRIGGERS = [
    f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    for table in TABLES
]


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0016_sort_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicaladviser',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcashinflow',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcustomer',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaleconomicevent',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalholding',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalproduct',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalsalesnote',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaltask',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        PostgresSQL([FUNCTION, *TRIGGERS], "DROP FUNCTION refuse_rewriting CASCADE"),
    ]
