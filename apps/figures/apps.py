from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "apps.figures"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "指标与核定数"
