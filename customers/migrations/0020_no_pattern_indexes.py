from django.db import migrations

from wealthai.operations import PostgresSQL, drop_index

# Django adds them to unique texts for LIKE 'C00%'. Nobody asks so, and each load pays for them.
NAMES = ("customers_customer_code_be3db697_like", "customers_email_af8f39bb_like")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0019_number_grams")]

    operations = [PostgresSQL(drop_index(name), migrations.RunSQL.noop) for name in NAMES]
