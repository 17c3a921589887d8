"""Which sheets there are: upper apps register theirs as they get ready."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.urls import resolve, reverse

from apps.core.permissions import allowed
from apps.core.views import ScopedListView

from .declaration import Sheet

_sheets: dict[str, Sheet] = {}


def register_sheet(sheet: Sheet) -> None:
    """Offer `sheet` under its code; call it in `AppConfig.ready`."""
    _sheets[sheet.code] = sheet


def sheets() -> Mapping[str, Sheet]:
    return _sheets


def sheet_of(code: str) -> Sheet | None:
    sheet = _sheets.get(code)
    return sheet.as_of_now() if sheet else None


def sheets_for(user: Any) -> list[Sheet]:
    """The sheets `user` may import, in the order of their registration."""
    return [sheet for sheet in _sheets.values() if allowed(user, sheet.permission)]


def sheet_for(view: ScopedListView, user: Any) -> Sheet | None:
    """The sheet in which the rows of this list come back, where `user` may import it; a narrower
    list of the same kind (近30天日报) is one, too."""
    listed = (sheet for sheet in _sheets.values() if sheet.list_url)
    kinds = (sheet for sheet in listed if isinstance(view, _list_kind(sheet.list_url)))
    return next((sheet for sheet in kinds if allowed(user, sheet.permission)), None)


@cache
def _list_kind(name: str) -> Any:
    view: Any = resolve(reverse(name)).func
    return view.view_class
