from django.db import migrations, models


def unlog(apps, schema_editor):
    """Counts outlive a restart but not a crash, and cost no write-ahead log."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE rate_buckets SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("wealthai", "0004_timers_and_measurements")]

    operations = [
        migrations.CreateModel(
            name="RateBucket",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="対象のハッシュ")),
                ("full_at", models.FloatField(verbose_name="上限まで戻る時刻")),
            ],
            options={
                "verbose_name": "回数の制限",
                "verbose_name_plural": "回数の制限",
                "db_table": "rate_buckets",
            },
        ),
        migrations.RunPython(unlog, migrations.RunPython.noop),
    ]
