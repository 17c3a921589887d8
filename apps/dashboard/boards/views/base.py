"""What every board's page has: its campaign and day, the days beside it, its markup kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.core import formats
from apps.core.html import Tag
from apps.core.views import Action, BoardView
from apps.figures.enums import ScopeKind
from apps.figures.selectors.moves import Key

from ..frame import DAY, Frame, frame_of


class FramedView(BoardView, abstract=True):
    """A board about one campaign's day. `page` is its name among the addresses."""

    page: str

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def get_at(self) -> tuple[ScopeKind, Key] | None:
        """Another place than the reader's own."""
        return None

    @cached_property
    def frame(self) -> Frame | None:
        return frame_of(self.request, at=self.get_at(), now=self.now)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The day stands in the bar of every part of the page: settle it before anything is drawn.
        _ = self.frame
        return super().get(request, *args, **kwargs)

    def get_subtitle(self) -> str:
        frame = self.frame
        if frame is None:
            return ""
        parts = [formats.day_long(frame.on), f"第 {frame.campaign.day_number(frame.on)} 天"]
        return " · ".join(parts)

    def get_actions(self) -> list[Action]:
        frame = self.frame
        if frame is None:
            return []
        actions = []
        if frame.on > frame.campaign.starts_on:
            actions.append(Action("前一日", self.day_url(frame, -1), icon="chevron-left"))
        if frame.on < frame.last_day:
            actions.append(Action("后一日", self.day_url(frame, 1), icon="chevron-right"))
        return actions

    def day_url(self, frame: Frame, days: int) -> str:
        return frame.url(self.page, day=(frame.on + days * DAY).isoformat())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = self.frame
        # The version of the data is read before anything a kept board is drawn from.
        board = self.board(frame) if frame else ""
        return super().get_context_data(
            frame=frame,
            state=self.get_state(frame) if frame else None,
            board=board,
            **kwargs,
        )

    def get_state(self, _frame: Frame) -> Tag | None:
        return None

    def board(self, frame: Frame) -> str:
        """The markup of the blocks."""
        raise NotImplementedError
