from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    """Makes every process know the Celery app, so that shared tasks reach our broker."""

    name = "config"
    verbose_name = "平台配置"

    def ready(self) -> None:
        from config import celery, checks  # noqa: F401

        pre_migrate.connect(grant_to_app_role, sender=self)


def grant_to_app_role(using: str, **_options: Any) -> None:
    """Let the app's role read and write the rows of whatever table the owner makes next.

    Before the migrations, not after: a migration that takes a right back (the audit trail may not
    be changed) then has the last word.
    """
    from django.conf import settings
    from django.db import connections

    connection = connections[using]
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone() == (settings.DATABASE_APP_ROLE,):
            return
        for right in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {right} TO {role}")
