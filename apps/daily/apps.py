from django.apps import AppConfig


class DailyConfig(AppConfig):
    name = "apps.daily"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "四个一"

    def ready(self) -> None:
        from .jobs import register_jobs

        register_jobs()
