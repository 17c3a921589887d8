"""The button of a list whose rows also come in as a table."""

from __future__ import annotations

from typing import Any

from apps.core.views import ScopedListView

from ..sheets import sheet_for


def import_tool(view: ScopedListView) -> dict[str, Any] | None:
    """The sheet of the list at hand, where the person may import it."""
    sheet = sheet_for(view, view.request.user)
    return {"code": sheet.code, "title": sheet.title} if sheet else None
