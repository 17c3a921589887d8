from django.db import migrations

from apps.accounts import audit_function


class Migration(migrations.Migration):
    """The audit function anew: many rows of one statement after a single row of another."""

    dependencies = [("accounts", "0003_quicker_trail")]

    operations = [migrations.RunSQL(audit_function.CREATE, migrations.RunSQL.noop)]
