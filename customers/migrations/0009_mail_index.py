from django.db import migrations
from django.db.models import Index
from django.db.models.functions import Lower

from wealthai.operations import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0008_list_indexes")]

    operations = [
        AddIndexOnline(
            model_name="customer", index=Index(Lower("email"), name="customers_email_lower")
        ),
    ]
