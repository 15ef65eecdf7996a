from django.db import migrations
from django.db.models import Index

from wealthai.operations import AddIndexOnline

NAMES = {
    "chat_history_time": ["-created_at"],
    "chat_history_adviser_time": ["adviser", "-created_at"],
    "chat_history_customer_time": ["customer", "-created_at"],
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("chat", "0005_conversation_tokens")]

    operations = [
        AddIndexOnline(
            model_name="chatexchange",
            index=Index(fields=fields, name=name),
        )
        for name, fields in NAMES.items()
    ]
