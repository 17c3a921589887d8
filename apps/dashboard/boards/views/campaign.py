"""任务看板."""

from __future__ import annotations

from django.urls import reverse

from apps.core.html import Tag
from apps.core.views import Action

from ..campaign import campaign_board
from ..frame import Frame
from ..keeping import kept
from .base import FramedView


class CampaignBoardView(FramedView):
    """A campaign's day and how it came to it, for the committee and for each group."""

    permission = "dashboard.view_board"
    template_name = "dashboard/boards/board.html"
    page = "campaign_board"

    def get_title(self) -> str:
        return f"{self.frame.campaign}看板" if self.frame else "任务看板"

    def get_state(self, frame: Frame) -> Tag:
        return frame.tag

    def get_actions(self) -> list[Action]:
        frame = self.frame
        if frame is None:
            return []
        round_ = reverse("daily:round_detail", args=[frame.campaign.code, frame.on.isoformat()])
        return [
            *super().get_actions(),
            Action("四个一", round_, icon="calendar-check", permission="daily.view_dailyround"),
            Action(
                "大屏",
                f"{reverse('dashboard:wall_board')}?campaign={frame.campaign.code}",
                icon="device-desktop",
                permission="dashboard.show_wall",
            ),
        ]

    def board(self, frame: Frame) -> str:
        figure = self.request.GET.get("figure", "")[:12]
        places = self.request.GET.get("places", "list")[:8]
        return kept(
            "dashboard/boards/_campaign.html",
            frame,
            lambda: campaign_board(frame, figure=figure, places=places),
            figure,
            places,
        )
