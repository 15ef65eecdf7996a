"""Events become tracked like the other tables: history, and the trigger for other systems' writes."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import simple_history.models
import wealthai.models
import wealthai.writing
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from wealthai.operations import PostgresSQL

CHUNK = 1000
TRIGGER = """
CREATE TRIGGER foreign_write AFTER INSERT OR UPDATE OR DELETE ON economic_events
FOR EACH ROW WHEN (current_setting('wealthai.writer', true) IS DISTINCT FROM 'app')
EXECUTE FUNCTION note_foreign_write('event_id', '', '')"""


def start(apps, schema_editor):
    """A first row for each event, or the first change of it would hide what stood before."""
    events = apps.get_model("customers", "EconomicEvent").objects.order_by("pk")
    history = apps.get_model("customers", "HistoricalEconomicEvent")
    names = [field.attname for field in events.model._meta.concrete_fields]
    first = {"history_date": timezone.now(), "history_type": "+"}
    first["history_change_reason"] = "変更履歴の記録を開始"
    history.objects.bulk_create(
        (history(**values, **first) for values in events.values(*names).iterator(CHUNK)),
        batch_size=CHUNK,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_fewer_history_indexes'),
        ('wealthai', '0002_change_batches'),
    ]

    operations = [
        migrations.AddField(
            model_name='economicevent',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新日時'),
        ),
        migrations.CreateModel(
            name='HistoricalEconomicEvent',
            fields=[
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now, editable=False, verbose_name='登録日時')),
                ('updated_at', models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='更新日時')),
                ('source', models.CharField(blank=True, choices=[('page', '画面'), ('admin', '管理画面'), ('api', 'API'), ('import', '取込'), ('bulk', '一括'), ('sql', 'SQL'), ('system', 'システム')], db_default='', default=wealthai.writing.current_source, max_length=10, verbose_name='経路')),
                ('event_id', models.IntegerField(blank=True, db_index=True, verbose_name='イベントID')),
                ('event_type', models.CharField(blank=True, choices=[('election', '選挙'), ('policy_change', '政策変更'), ('economic_indicator', '経済指標'), ('political_event', '政治イベント')], max_length=50, null=True, verbose_name='種別')),
                ('title', wealthai.models.PlainCharField(max_length=200, verbose_name='件名')),
                ('description', wealthai.models.PlainTextField(blank=True, null=True, verbose_name='内容')),
                ('event_date', models.DateField(db_index=True, verbose_name='日付')),
                ('impact_level', models.CharField(blank=True, choices=[('high', '高'), ('medium', '中'), ('low', '低')], max_length=20, null=True, verbose_name='影響度')),
                ('affected_sectors', models.JSONField(blank=True, null=True, verbose_name='影響する業種')),
                ('affected_currencies', models.JSONField(blank=True, null=True, verbose_name='影響する通貨')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('batch', models.ForeignKey(blank=True, default=wealthai.writing.current_batch, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wealthai.changebatch', verbose_name='一括変更')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '経済イベントの変更履歴',
                'verbose_name_plural': '経済イベントの変更履歴',
                'db_table': 'economic_events_history',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(start, migrations.RunPython.noop),
        PostgresSQL(TRIGGER, "DROP TRIGGER foreign_write ON economic_events"),
    ]
