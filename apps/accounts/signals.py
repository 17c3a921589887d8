"""Django's and axes' own signals of log-in, put on the security trail."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from .enums import SecurityEventKind
from .services import known_username, record_event


def connect() -> None:
    user_logged_in.connect(_on_login, dispatch_uid="accounts.login")
    user_logged_out.connect(_on_logout, dispatch_uid="accounts.logout")
    user_login_failed.connect(_on_failure, dispatch_uid="accounts.failure")
    user_locked_out.connect(_on_lock_out, dispatch_uid="accounts.lock_out")


def _on_login(request: HttpRequest, user: Any, **_rest: Any) -> None:
    record_event(SecurityEventKind.LOGIN, request=request, username=user.get_username())


def _on_logout(request: HttpRequest, user: Any, **_rest: Any) -> None:
    if user is not None:
        record_event(SecurityEventKind.LOGOUT, request=request, username=user.get_username())


def _on_failure(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any
) -> None:
    name = known_username(str(credentials.get("username") or ""))
    record_event(SecurityEventKind.LOGIN_FAILED, request=request, username=name)


def _on_lock_out(request: HttpRequest, username: str, **_rest: Any) -> None:
    name = known_username(username or "")
    record_event(SecurityEventKind.LOCKED_OUT, request=request, username=name)
