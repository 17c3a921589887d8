from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "账号与审计"

    def ready(self) -> None:
        from django.urls import reverse

        from apps.core.context import register_context
        from apps.core.history import register_history
        from apps.core.menu import MenuItem, register
        from apps.core.tools import register_list_tool

        from . import database, saved_filters, signals
        from .selectors import history_of

        register_history(history_of)

        signals.connect()
        post_migrate.connect(database.prepare, sender=self)
        register_list_tool(saved_filters.SAVED_FILTERS)
        register_context("account_url", lambda _request: reverse("accounts:account"))
        register(
            MenuItem("操作记录", "accounts:audit_list", "accounts.view_auditentry", "system", 80),
            MenuItem(
                "安全事件", "accounts:event_list", "accounts.view_securityevent", "system", 90
            ),
        )
