from django.db import migrations
from django.db.models import Index

from wealthai.operations import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0021_ai_excluded")]

    operations = [
        AddIndexOnline(
            model_name="salesnote",
            index=Index(fields=["-created_at", "-note_id"], name="sales_notes_by_time"),
        )
    ]
