from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "账号与审计"

    def ready(self) -> None:
        from . import database

        post_migrate.connect(database.prepare, sender=self)
