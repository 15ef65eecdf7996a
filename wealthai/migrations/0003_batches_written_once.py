"""Who did an act on many records, and why, is evidence as the history is (customers 0017)."""

from django.db import migrations

from wealthai.operations import PostgresSQL

TRIGGER = (
    "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON change_batches"
    " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
)


class Migration(migrations.Migration):

    dependencies = [
        ("wealthai", "0002_change_batches"),
        ("customers", "0017_written_once"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="changebatch",
            options={
                "base_manager_name": "objects",
                "ordering": ["-pk"],
                "verbose_name": "一括変更",
                "verbose_name_plural": "一括変更",
            },
        ),
        PostgresSQL([TRIGGER], "DROP TRIGGER written_once ON change_batches"),
    ]
