from django.db import migrations
from django.db.models import Index

from wealthai.operations import AddIndexOnline

NAMES = ("adviser", "customer")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("chat", "0005_conversation_tokens")]

    operations = [
        AddIndexOnline(
            model_name="chatexchange",
            index=Index(fields=[name, "-created_at"], name=f"chat_history_{name}_time"),
        )
        for name in NAMES
    ]
