"""The publicity desk's pages on the menu."""

from django.http import HttpRequest

from apps.core.menu import MenuItem, register

from .selectors.items import count_waiting


def waiting_badge(request: HttpRequest) -> int:
    """Items that wait for the reader himself."""
    return count_waiting(request.user)


def register_menu() -> None:
    view, name = "publicity.view_item", "publicity"
    register(
        MenuItem("稿件", f"{name}:item_list", view, name, 10, badge=waiting_badge),
        MenuItem("审签看板", f"{name}:board", view, name, 20),
        MenuItem("刊发台账", f"{name}:placement_list", view, name, 30),
        MenuItem("采用通报", f"{name}:adoption", view, name, 40),
    )
