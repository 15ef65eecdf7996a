from django.db import migrations, models

from wealthai.operations import AddIndexOnline, PostgresSQL

# The grams of customers/grams.py. The cost is what it takes (60 us), so that the planner avoids to
# make them row by row; not PARALLEL SAFE, because starting workers takes longer than a search.
GRAMS = """
CREATE OR REPLACE FUNCTION customer_grams(key text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT COST 5000 AS $$
  SELECT array_to_tsvector(array(
    SELECT CASE WHEN octet_length(b) = 1 THEN a || b || coalesce(c, '') ELSE a || b END
    FROM (SELECT string_to_array(key, NULL) AS chars) AS parted,
         unnest(chars, chars[2:], chars[3:]) AS place(a, b, c)
    WHERE b IS NOT NULL
  ))
$$
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
            "CREATE INDEX CONCURRENTLY customers_grams ON customers USING gin (customer_grams(search_key))",
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
