from django.db import migrations

BATCH = 1000
KEYS = ("search_key", "search_grams", "kana_key")


def fill(apps, schema_editor):
    """Rows from before these columns; each batch is a transaction of its own."""
    from customers.figures import refresh_figures

    fold(apps.get_model("customers", "Customer"))
    for name in ("Holding", "SalesNote"):
        rows = apps.get_model("customers", name).objects.order_by()
        refresh_figures(rows.values_list("customer_id", flat=True).distinct())


def fold(customer_model):
    fields = [customer_model._meta.get_field(name) for name in KEYS]
    following = customer_model.objects.order_by("pk")
    while rows := list(following[:BATCH]):
        for row in rows:
            for field in fields:
                field.pre_save(row, add=False)
        customer_model.objects.bulk_update(rows, KEYS, batch_size=BATCH)
        following = following.filter(pk__gt=rows[-1].pk)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0005_access_record_sources")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
