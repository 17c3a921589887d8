"""The button of a list whose rows also come in as a table."""

from __future__ import annotations

from typing import Any

from apps.core.views import ScopedListView

from ..sheets import sheets_for


def import_tool(view: ScopedListView) -> dict[str, Any] | None:
    """The sheet of the list at hand, where the person may import it."""
    match = view.request.resolver_match
    here = match.view_name if match else ""
    sheet = next((one for one in sheets_for(view.request.user) if one.list_url == here), None)
    return {"code": sheet.code, "title": sheet.title} if sheet else None
