"""Writes of other systems are noticed: a queue, and on PostgreSQL the triggers that fill it.

Our own connections say `wealthai.writer=app` (settings.DATABASES); for them no trigger runs. The
functions belong to the owner of the tables and find the queue by the table's schema, so that a
sister system needs no right on it and no search_path leads elsewhere.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

FOREIGN = "current_setting('wealthai.writer', true) IS DISTINCT FROM 'app'"
# Table, key, columns that do not count (derived), columns that count and whose values stay out.
TABLES = [
    ("customers", "customer_id", "search_key,search_grams,kana_key,yen_assets,last_contact_at", ""),
    ("sales_representatives", "rep_id", "last_login", "password"),
    ("holdings", "holding_id", "", ""),
    ("sales_notes", "note_id", "", ""),
    ("cash_inflows", "inflow_id", "", ""),
    ("products", "product_id", "", ""),
    ("tasks", "task_id", "", ""),
]
FUNCTIONS = """
CREATE FUNCTION note_foreign_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ignored text[] := string_to_array(TG_ARGV[1], ',');
    secret text[] := string_to_array(TG_ARGV[2], ',');
    before jsonb;
    after jsonb;
    note text := format(
        'INSERT INTO %I.foreign_writes (table_name, row_id, operation, old, new, role, at)'
        ' VALUES ($1, $2, $3, $4, $5, session_user, clock_timestamp())', TG_TABLE_SCHEMA);
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD) - ignored; END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW) - ignored; END IF;
    IF before = after THEN
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' AND before -> TG_ARGV[0] = after -> TG_ARGV[0] THEN
        EXECUTE note USING TG_TABLE_NAME, (after ->> TG_ARGV[0])::bigint, 'U',
            before - secret, after - secret;
        RETURN NULL;
    END IF;
    -- A row that gets another key is another row.
    IF before IS NOT NULL THEN
        EXECUTE note USING TG_TABLE_NAME, (before ->> TG_ARGV[0])::bigint, 'D',
            before - secret, NULL::jsonb;
    END IF;
    IF after IS NOT NULL THEN
        EXECUTE note USING TG_TABLE_NAME, (after ->> TG_ARGV[0])::bigint, 'I',
            NULL::jsonb, after - secret;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION note_foreign_write() FROM PUBLIC;

CREATE FUNCTION forget_search_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT'
        OR (OLD.customer_code, OLD.name, OLD.name_kana, OLD.phone, OLD.email, OLD.address)
        IS DISTINCT FROM
        (NEW.customer_code, NEW.name, NEW.name_kana, NEW.phone, NEW.email, NEW.address)
    THEN
        NEW.search_key := NULL;
        NEW.search_grams := NULL;
        NEW.kana_key := NULL;
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION forget_search_key() FROM PUBLIC;
"""


def statements():
    yield FUNCTIONS
    yield (
        "CREATE TRIGGER foreign_search_key BEFORE INSERT OR UPDATE ON customers"
        f" FOR EACH ROW WHEN ({FOREIGN}) EXECUTE FUNCTION forget_search_key()"
    )
    for table, key, ignored, secret in TABLES:
        yield (
            f"CREATE TRIGGER foreign_write AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW WHEN ({FOREIGN})"
            f" EXECUTE FUNCTION note_foreign_write('{key}', '{ignored}', '{secret}')"
        )


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements():
            schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION note_foreign_write, forget_search_key CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_tracked_sources_and_tasks'),
    ]

    operations = [
        migrations.CreateModel(
            name='ForeignWrite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(db_column='table_name', max_length=63, verbose_name='表')),
                ('row_id', models.BigIntegerField(verbose_name='行')),
                ('operation', models.CharField(choices=[('I', '追加'), ('U', '変更'), ('D', '削除')], max_length=1, verbose_name='操作')),
                ('old', models.JSONField(null=True, verbose_name='変更前')),
                ('new', models.JSONField(null=True, verbose_name='変更後')),
                ('role', models.CharField(max_length=63, verbose_name='データベースの利用者')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='日時')),
            ],
            options={
                'verbose_name': '他システムの書込',
                'verbose_name_plural': '他システムの書込',
                'db_table': 'foreign_writes',
                'ordering': ['pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='adviser',
            options={'base_manager_name': 'objects', 'ordering': ['rep_code'], 'verbose_name': '担当者', 'verbose_name_plural': '担当者'},
        ),
        migrations.RunPython(install, remove, elidable=False),
    ]
