"""Writes of the account itself and of the security trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.core.errors import DomainError

from .enums import SecurityEventKind
from .models import SavedFilter, SecurityEvent, User

MOST_FILTERS = 20
"""As many of one list as a person may keep: more is a list to search, not one to choose from."""

_pending: ContextVar[list[SecurityEvent] | None] = ContextVar("security_events", default=None)


class TooManyFiltersError(DomainError):
    """The list of names has to stay short."""


class FilterRefusedError(DomainError):
    """A name that is empty, too long or taken."""


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


@transaction.atomic
def save_filter(user: User, *, path: str, query: str, name: str) -> SavedFilter:
    """Keep `query` of the list at `path` under `name`.

    Raises FilterRefusedError for a name that is empty, too long or taken, TooManyFiltersError
    beyond MOST_FILTERS.
    """
    # Two windows of one person take turns: the count and the name hold.
    User.objects.select_for_update().get(pk=user.pk)
    own = SavedFilter.objects.filter(user=user, path=path)
    if own.count() >= MOST_FILTERS:
        raise TooManyFiltersError(f"每个列表最多保存 {MOST_FILTERS} 个常用筛选，请先删去不用的。")
    return _stored(SavedFilter(user=user, path=path, query=query, name=_one_line(name)))


@transaction.atomic
def rename_filter(row: SavedFilter, *, name: str) -> SavedFilter:
    """Raises FilterRefusedError as `save_filter` does."""
    User.objects.select_for_update().get(pk=row.user_id)
    row.name = _one_line(name)
    return _stored(row)


def _one_line(name: str) -> str:
    return " ".join(name.replace("\0", "").split())


def _stored(row: SavedFilter) -> SavedFilter:
    try:
        row.full_clean()
    except ValidationError as error:
        raise FilterRefusedError(_sentence(error), field="name") from error
    row.save()
    return row


def _sentence(error: ValidationError) -> str:
    found = error.message_dict
    if "query" in found:
        return "筛选条件太长，无法保存，请减少所选项。"
    if "name" in found:
        return "请填写名称，不超过 30 个字。"
    return next(iter(found.values()))[0]
