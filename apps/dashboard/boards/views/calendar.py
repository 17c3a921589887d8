"""四个一日历."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign, visible_campaigns
from apps.core.dates import business_day
from apps.core.views import Action, BoardView

from ..selectors.rounds import WORDS, months, round_days


class CalendarView(BoardView):
    """Which days of the campaign in hand had all four acts, and each month of the others."""

    permission = "daily.view_dailyround"
    template_name = "dashboard/boards/calendar.html"
    title = "四个一日历"

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request)
        return str(campaign) if campaign else ""

    def get_actions(self) -> list[Action]:
        return [Action("按日列表", reverse("daily:round_list"), icon="list")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaigns = visible_campaigns(self.request)
        campaign = current_campaign(self.request)
        today = business_day(timezone.now())
        by_campaign = round_days(campaigns, user=self.request.user, today=today)
        mine = by_campaign.get(campaign.pk, []) if campaign else []
        return super().get_context_data(
            campaign=campaign,
            months=months(mine),
            counted=len(mine),
            whole=sum(day.tone in ("whole", "late") for day in mine),
            rounds_url=f"{reverse('daily:round_list')}?campaign={campaign.code}"
            if campaign
            else "",
            words=WORDS.items(),
            others=[
                {
                    "campaign": one,
                    "url": f"{reverse('dashboard:calendar_board')}?campaign={one.code}",
                    "months": months(by_campaign[one.pk]),
                    "on": one == campaign,
                }
                for one in campaigns
                if by_campaign[one.pk]
            ],
            **kwargs,
        )
