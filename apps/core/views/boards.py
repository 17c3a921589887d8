"""The board: a page of blocks made by its own template (home, round, group, wall)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from .access import PortalView


class BoardView(PortalView, abstract=True):
    """Declare `template_name` (extends pages/board.html) and `get_context_data`."""

    template_name: str

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        return TemplateResponse(request, self.template_name, self.get_context_data(**kwargs))
