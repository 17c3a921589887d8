"""What a view declares it asks for, and the question put to a user."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from django.contrib.auth import get_backends

PUBLIC = "public"
"""Anybody, signed in or not: log-in, health."""
AUTHENTICATED = "authenticated"
"""Anybody signed in: one's own account, inbox, search over what one may see."""

Permission: TypeAlias = str | tuple[str, ...]


def holders_of(permission: str) -> Any:
    """Accounts that hold `permission` today, as rows: asked of the backend that knows postings."""
    backend: Any = next(found for found in get_backends() if hasattr(found, "scope_of"))
    return backend.with_perm(permission)


class Asker(Protocol):
    """What is asked of a user: core knows no model of one."""

    @property
    def is_authenticated(self) -> bool: ...

    def has_perm(self, perm: str) -> bool: ...


def allowed(user: Asker, permission: Permission) -> bool:
    """Whether any posting of `user` grants `permission` somewhere; of a tuple any one will do."""
    if permission == PUBLIC:
        return True
    if not user.is_authenticated:
        return False
    if permission == AUTHENTICATED:
        return True
    names = (permission,) if isinstance(permission, str) else permission
    return any(user.has_perm(name) for name in names)
