from django.apps import AppConfig


class DailyConfig(AppConfig):
    name = "apps.daily"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "四个一"
