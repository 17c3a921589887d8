"""大屏."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from ..frame import Frame
from ..keeping import kept
from ..wall import wall_parts
from .base import FramedView


class WallView(FramedView):
    """The day across the room, in the session of the office; its parts renew themselves."""

    permission = "dashboard.show_wall"
    template_name = "dashboard/boards/wall.html"
    part_template = "dashboard/boards/wall_parts.html"
    page = "wall_board"
    title = "大屏"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("HX-Target") == "wall":
            self.template_name = self.part_template
        response = super().get(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(now=self.now, **kwargs)

    def board(self, frame: Frame) -> str:
        return kept("dashboard/boards/_wall.html", frame, lambda: wall_parts(frame))
