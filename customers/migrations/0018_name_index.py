from django.db import migrations
from django.db.models import F, Index

from customers.mentions import NameKey
from wealthai.operations import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0017_written_once")]

    operations = [
        AddIndexOnline(
            model_name="customer", index=Index(NameKey(F("search_key")), name="customers_name_key")
        ),
    ]
