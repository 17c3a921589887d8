from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "apps.units"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "单位与小组"
