"""What 含み損益 and 対応 sort by. The trigger that notes foreign writes learns that they are ours."""

from django.db import migrations, models

KNOWN, NEW = "last_contact_at", "last_contact_at,yen_gain,next_due"
TRIGGER = """
    SELECT pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgname = 'foreign_write' AND tgrelid = 'customers'::regclass"""


def tell_trigger(schema_editor, old, new):
    """The trigger as it stands, with other columns that it ignores."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TRIGGER)
        [definition] = cursor.fetchone()
    schema_editor.execute("DROP TRIGGER foreign_write ON customers")
    schema_editor.execute(definition.replace(old, new), params=None)


def learn(apps, schema_editor):
    tell_trigger(schema_editor, KNOWN, NEW)


def forget(apps, schema_editor):
    tell_trigger(schema_editor, NEW, KNOWN)


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_access_record_customers")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="yen_gain",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                editable=False,
                max_digits=24,
                null=True,
                verbose_name="含み損益（円）",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="next_due",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="次の期日"),
        ),
        migrations.RunPython(learn, forget, elidable=False),
    ]
