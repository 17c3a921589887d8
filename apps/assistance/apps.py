from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "apps.assistance"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "关爱帮扶"
