from django.db import migrations

from customers.search import refold


def fill(apps, schema_editor):
    """Rows from before these columns; each batch is a transaction of its own."""
    from customers.figures import refresh_figures

    refold(apps.get_model("customers", "Customer").objects.all())
    for name in ("Holding", "SalesNote"):
        rows = apps.get_model("customers", name).objects.order_by()
        refresh_figures(rows.values_list("customer_id", flat=True).distinct())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0005_access_record_sources")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
