from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "apps.office"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "文档与附件"

    def ready(self) -> None:
        from apps.core.menu import MenuItem, register
        from apps.core.tools import ListTool, register_list_tool

        from .bundles.registering import register_bundles
        from .documents.registering import register_documents
        from .exports.registering import register_exports
        from .jobs import register_all
        from .views.tools import import_tool

        register_all()
        register(MenuItem("导入", "office:import_list", "office.import_tables", "system", 10))
        register_list_tool(ListTool("import", "office/_import_tool.html", import_tool, order=10))
        register_documents()
        register_exports()
        register_bundles()
