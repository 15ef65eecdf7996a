from django.db import migrations, transaction

BATCH = 1000


def cut_anew(apps, schema_editor):
    """Numbers are cut into longer pieces; each batch is a transaction of its own, and a second run
    goes on where a first one ended."""
    model = apps.get_model("customers", "Customer")
    column = model._meta.get_field("search_grams")
    following = model.objects.select_for_update().exclude(search_key=None).order_by("pk")
    following = following.only("search_key", "search_grams")
    last = 0
    while last is not None:
        with transaction.atomic():
            rows = list(following.filter(pk__gt=last)[:BATCH])
            stale = [row for row in rows if row.search_grams != column.pre_save(row, add=False)]
            model.objects.bulk_update(stale, ["search_grams"], batch_size=BATCH)
        last = rows[-1].pk if rows else None


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0018_name_index")]

    operations = [migrations.RunPython(cut_anew, migrations.RunPython.noop, elidable=True)]
