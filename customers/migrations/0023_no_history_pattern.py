from django.db import migrations

from wealthai.operations import PostgresSQL, drop_index

# As in 0020, of the history: nobody asks for codes LIKE 'C00%' there, and each load pays for it.
NAME = "customers_history_customer_code_7cb807d3_like"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0022_notes_by_time")]

    operations = [PostgresSQL(drop_index(NAME), migrations.RunSQL.noop)]
