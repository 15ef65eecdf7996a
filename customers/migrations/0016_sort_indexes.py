from django.db import migrations
from django.db.models import Index

from wealthai.operations import AddIndexOnline

NAMES = ("kind", "yen_gain", "next_due")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0015_fill_sort_figures")]

    operations = [
        AddIndexOnline(
            model_name="customer",
            index=Index(fields=[name, "customer_id"], name=f"customers_{name}"),
        )
        for name in NAMES
    ]
