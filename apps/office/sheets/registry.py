"""Which sheets there are: upper apps register theirs as they get ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.permissions import allowed

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
