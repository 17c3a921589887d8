"""联络组看板."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from apps.core.html import Tag
from apps.core.scope import scope_of
from apps.core.views import Action
from apps.figures.enums import ScopeKind
from apps.figures.selectors.moves import Key
from apps.units.enums import OFFICE_ROLES
from apps.units.models import LiaisonGroup

from ..frame import DAY, Frame
from ..group import group_board
from ..keeping import kept
from .base import FramedView


class GroupBoardView(FramedView):
    """One group: all of them for the committee, their own for its members."""

    permission = "dashboard.view_board"
    template_name = "dashboard/boards/board.html"
    page = "group_board"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not self.groups:
            raise Http404
        _ = self.group
        return super().get(request)

    @cached_property
    def groups(self) -> list[LiaisonGroup]:
        scope = scope_of(self.request.user)
        rows = LiaisonGroup.objects.visible_to(self.request.user)
        # Who also reports for a unit sees the name of its group, but no board of it.
        if not scope.roles & OFFICE_ROLES:
            rows = rows.filter(pk__in=scope.groups)
        return list(rows)

    @cached_property
    def group(self) -> LiaisonGroup:
        pk = self.kwargs.get("pk")
        if pk is None:
            return self.groups[0]
        known = [group.pk for group in self.groups]
        return get_object_or_404(LiaisonGroup.objects.filter(pk__in=known), pk=pk)

    def get_at(self) -> tuple[ScopeKind, Key]:
        return ScopeKind.GROUP, self.group.pk

    def get_title(self) -> str:
        return f"{self.group}看板"

    def get_state(self, frame: Frame) -> Tag:
        return frame.tag

    def get_subtitle(self) -> str:
        return f"{self.frame.campaign} · {super().get_subtitle()}" if self.frame else ""

    def get_actions(self) -> list[Action]:
        if self.frame is None:
            return []
        return [
            *super().get_actions(),
            Action("小组名册", self.group.get_absolute_url(), permission="units.view_liaisongroup"),
        ]

    def day_url(self, frame: Frame, days: int) -> str:
        day = (frame.on + days * DAY).isoformat()
        return frame.url(self.page, self.group.pk, day=day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = self.frame
        others = [
            (str(group), frame.url(self.page, group.pk), group.pk == self.group.pk)
            for group in self.groups
            if frame
        ]
        return super().get_context_data(others=others if len(others) > 1 else (), **kwargs)

    def board(self, frame: Frame) -> str:
        figure = self.request.GET.get("figure", "")[:12]
        every_visit = self.request.GET.get("visits") == "all"
        return kept(
            "dashboard/boards/_group.html",
            frame,
            lambda: group_board(frame, self.group, figure=figure, every_visit=every_visit),
            figure,
            every_visit,
        )
