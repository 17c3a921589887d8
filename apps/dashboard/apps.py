from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "apps.dashboard"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "工作台"

    def ready(self) -> None:
        from django.urls import reverse

        from apps.core.context import register_context
        from apps.core.menu import MenuItem, register
        from apps.core.permissions import AUTHENTICATED

        from .boards.navigation import register_menu

        register(MenuItem("工作台", "dashboard:home", AUTHENTICATED, "home", order=1))
        register_menu()
        register_context("search_url", lambda _request: reverse("dashboard:search"))
