from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest


class MessagingConfig(AppConfig):
    name = "apps.messaging"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "消息"

    def ready(self) -> None:
        from apps.core import context, menu
        from apps.core.formats import moment
        from apps.core.permissions import AUTHENTICATED
        from apps.core.search import SearchSource, register_search

        from .filters import InboxFilters

        context.register_context("unread_count", unread_count)
        context.register_context("inbox_url", inbox_url)
        menu.register(
            menu.MenuItem(
                "邮件台账",
                "messaging:mail_list",
                "messaging.view_outboxmessage",
                "system",
                order=50,
            )
        )
        register_search(
            SearchSource(
                "站内信",
                AUTHENTICATED,
                InboxFilters,
                "messaging:inbox_list",
                note=lambda message: moment(message.created_at),
                order=90,
            )
        )


def unread_count(request: "HttpRequest") -> int:
    from .selectors import count_unread

    return count_unread(request.user)


def inbox_url(request: "HttpRequest") -> str:
    return reverse("messaging:inbox_list") if request.user.is_authenticated else ""
