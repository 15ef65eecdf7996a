from django.db import migrations, models

from wealthai.operations import AddIndexOnline, PostgresSQL

# A name of its own with a cost (it takes 10 us), so that the planner avoids to read the grams row by
# row; in plpgsql, because a function in SQL would be replaced by its text and the cost forgotten.
GRAMS = """
CREATE OR REPLACE FUNCTION customer_grams(grams text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT COST 1000 AS $$
BEGIN
  RETURN pg_catalog.array_to_tsvector(pg_catalog.string_to_array(grams, ' '));
END $$
"""
SORTED = ["updated_at", "kana_key", "birth_date", "yen_assets", "last_contact_at"]
SORTED += ["annual_income", "net_worth"]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0006_fill_derived_columns")]

    operations = [
        PostgresSQL(GRAMS, "DROP FUNCTION IF EXISTS customer_grams(text)"),
        PostgresSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS customers_grams", migrations.RunSQL.noop
        ),
        PostgresSQL(
            "CREATE INDEX CONCURRENTLY customers_grams ON customers USING gin (customer_grams(search_grams))",
            "DROP INDEX CONCURRENTLY IF EXISTS customers_grams",
        ),
        # Statistics of grams take long to gather and mislead (see Sought in customers/search_index.py).
        PostgresSQL(
            "ALTER INDEX customers_grams ALTER COLUMN 1 SET STATISTICS 0", migrations.RunSQL.noop
        ),
        *(
            AddIndexOnline(
                model_name="customer",
                index=models.Index(fields=[name, "customer_id"], name=f"customers_{name}"),
            )
            for name in SORTED
        ),
    ]
