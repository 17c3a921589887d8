"""Writes of the account itself and of the security trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from .enums import SecurityEventKind
from .models import SecurityEvent, User

_pending: ContextVar[list[SecurityEvent] | None] = ContextVar("security_events", default=None)


@contextmanager
def events_kept() -> Iterator[None]:
    """Events recorded inside are stored as the block ends, whatever became of its transactions."""
    waiting: list[SecurityEvent] = []
    token = _pending.set(waiting)
    try:
        yield
    finally:
        _pending.reset(token)
        if waiting:
            SecurityEvent.objects.bulk_create(waiting)


def record_event(
    kind: SecurityEventKind,
    *,
    request: HttpRequest | None = None,
    username: str = "",
    **detail: Any,
) -> None:
    """Note an event of access. Within a request it outlives a rollback of the view's transaction.

    Without `username` it is that of the request's user. `detail` must never hold a secret.
    """
    event = SecurityEvent(
        at=timezone.now(),
        kind=kind,
        username=(username or _username(request))[:150],
        address=_address(request),
        path=request.path[:300] if request else "",
        detail=detail,
    )
    waiting = _pending.get()
    if waiting is None:
        event.save()
    else:
        waiting.append(event)


def _username(request: HttpRequest | None) -> str:
    user = getattr(request, "user", None) or AnonymousUser()
    return user.get_username()


def _address(request: HttpRequest | None) -> str | None:
    return get_client_ip_address(request) if request else None


def known_username(typed: str) -> str:
    """`typed` when somebody has that name, else its first letters: people type passwords there."""
    if User.objects.filter(username=typed).exists():
        return typed
    return f"{typed[:2]}…" if typed else ""


@transaction.atomic
def change_own_email(user: User, *, email: str) -> User:
    """Where the person's digests and reminders go from now on."""
    user.email = email
    user.full_clean(exclude=["password"])
    user.save(update_fields=["email"])
    return user


@transaction.atomic
def finish_password_change(user: User, *, request: HttpRequest) -> None:
    """After a new password was set by its owner: the demand is met, and the event is on record."""
    User.objects.filter(pk=user.pk, must_change_password=True).update(must_change_password=False)
    record_event(SecurityEventKind.PASSWORD, request=request)
