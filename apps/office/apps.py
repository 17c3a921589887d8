from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "apps.office"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "文档与附件"

    def ready(self) -> None:
        from .documents.registering import register_documents
        from .jobs import register_all

        register_all()
        register_documents()
