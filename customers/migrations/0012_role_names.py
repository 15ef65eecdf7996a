"""The row of a person names the roles, so that history and version know them."""

from django.db import migrations, models
from django.utils import timezone

ORDER = ["管理者", "コンプライアンス", "事務", "役席者", "担当者"]


def fill(apps, schema_editor):
    """A history row beside it, or the next change of a person would seem to have given the roles."""
    people = apps.get_model("customers", "Adviser").objects.order_by("pk")
    history = apps.get_model("customers", "HistoricalAdviser")
    unkept = {"password", "last_login"}
    names = [f.attname for f in people.model._meta.concrete_fields if f.name not in unkept]
    said = {"history_date": timezone.now(), "history_type": "~"}
    said["history_change_reason"] = "役割の記録を開始"
    for person in people.prefetch_related("groups"):
        held = {group.name for group in person.groups.all()}
        if not held:
            continue
        known = [name for name in ORDER if name in held]
        person.role_names = "、".join([*known, *sorted(held.difference(known))])
        people.filter(pk=person.pk).update(role_names=person.role_names)
        history.objects.create(**said, **{name: getattr(person, name) for name in names})


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_event_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='adviser',
            name='role_names',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='役割'),
        ),
        migrations.AddField(
            model_name='historicaladviser',
            name='role_names',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='役割'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
