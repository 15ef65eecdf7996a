from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_conversation_marks_and_ratings")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="tokens",
            field=models.JSONField("記号", null=True, blank=True, editable=False),
        ),
    ]
