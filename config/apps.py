from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Makes every process know the Celery app, so that shared tasks reach our broker."""

    name = "config"
    verbose_name = "平台配置"

    def ready(self) -> None:
        from config import celery, checks  # noqa: F401
