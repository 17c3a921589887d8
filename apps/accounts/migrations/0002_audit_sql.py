from django.db import migrations

from apps.accounts import audit_function


class Migration(migrations.Migration):
    """The function that writes the audit trail; its triggers follow after every migrate."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(audit_function.CREATE, audit_function.DROP)]
