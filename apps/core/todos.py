"""What waits for the person signed in: desks register what they know, the home page shows it.

A to-do is never stored: it is asked of the rows it stands for, so it goes when the work is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .boards import Todo
from .permissions import Permission, allowed

if TYPE_CHECKING:
    from django.http import HttpRequest

Provider = Callable[["HttpRequest"], Iterable[Todo]]

URGENCY = ("red", "yellow", "blue", "grey", "green")

_providers: list[tuple[Permission, Provider]] = []


def register_todos(permission: Permission, provider: Provider) -> None:
    """Ask `provider(request)` for people who hold `permission`; call it in `AppConfig.ready`.

    A provider answers with a constant number of queries.
    """
    if (permission, provider) not in _providers:
        _providers.append((permission, provider))


def todos_for(request: HttpRequest) -> list[Todo]:
    """Everything that waits for `request.user`, the most urgent first."""
    found = [
        todo
        for permission, provider in _providers
        if allowed(request.user, permission)
        for todo in provider(request)
    ]
    return sorted(found, key=lambda todo: URGENCY.index(todo.tone))
