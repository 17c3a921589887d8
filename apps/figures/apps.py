from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "apps.figures"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "指标与核定数"

    def ready(self) -> None:
        from apps.campaigns.opening import register_opening

        from .panels import register_panels
        from .services.indicators import ask_indicators

        register_opening(ask_indicators)
        register_panels()
