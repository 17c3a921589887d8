from django.apps import AppConfig
from django.core.checks import register


class CoreConfig(AppConfig):
    name = "apps.core"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "基础"

    def ready(self) -> None:
        from .menu import check_menu

        register(check_menu)
