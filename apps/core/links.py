"""Links are drawn for those who may follow them; nobody is led to a closed door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from django.urls import resolve, reverse

from .permissions import AUTHENTICATED, Permission, allowed
from .tables import Column


@cache
def permission_of(url_name: str) -> Permission:
    """What the record page named `url_name` asks for."""
    found: Permission = getattr(resolve(reverse(url_name, args=[0])).func, "permission", "")
    return found or AUTHENTICATED


def reachable(columns: Iterable[Column], user: Any) -> list[Column]:
    """The columns, without the links to pages `user` may not open at all."""
    return [
        replace(column, link="")
        if isinstance(column.link, str)
        and column.link
        and not allowed(user, permission_of(column.link))
        else column
        for column in columns
    ]
