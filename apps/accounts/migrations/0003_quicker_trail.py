from django.db import migrations

from apps.accounts import audit_function


class Migration(migrations.Migration):
    """The audit function anew, where an earlier one stands."""

    dependencies = [("accounts", "0002_audit_sql")]

    operations = [migrations.RunSQL(audit_function.CREATE, migrations.RunSQL.noop)]
