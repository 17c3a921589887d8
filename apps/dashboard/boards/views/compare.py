"""任务对比."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property

from apps.campaigns.current import working_day
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.views import BoardView

from ..compare import WHOLE, comparison
from ..frame import Frame
from ..keeping import kept
from ..shares import SHARES


class CompareView(BoardView):
    """Two real campaigns: a drill is never set beside what happened."""

    permission = "dashboard.compare_campaigns"
    template_name = "dashboard/boards/compare.html"
    title = "任务对比"

    @cached_property
    def campaigns(self) -> list[Campaign]:
        day = business_day()
        rows = Campaign.objects.visible_to(self.request.user).real().filter(starts_on__lte=day)
        return list(rows.order_by("starts_on", "pk"))

    @cached_property
    def pair(self) -> tuple[Campaign, Campaign] | None:
        """Those of the address, else the last two. An unknown one is 404."""
        if len(self.campaigns) < 2:
            return None
        by_code = {campaign.code: campaign for campaign in self.campaigns}
        first = self.request.GET.get("a") or self.campaigns[-2].code
        second = self.request.GET.get("b") or self.campaigns[-1].code
        if first not in by_code or second not in by_code:
            raise Http404
        return by_code[first], by_code[second]

    def get_subtitle(self) -> str:
        return "按任务天数对齐；两项任务的数据并列，不相加"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pair = self.pair
        is_same = pair is not None and pair[0] == pair[1]
        return super().get_context_data(
            campaigns=self.campaigns,
            pair=pair,
            is_same=is_same,
            board=self.board(*pair) if pair and not is_same else "",
            **kwargs,
        )

    def board(self, first: Campaign, second: Campaign) -> str:
        user, now = self.request.user, timezone.now()
        today = business_day(now)
        by = self.request.GET.get("by", "")
        by = by if by in SHARES else ""
        frame = Frame(first, working_day(first, today=today), now, user, WHOLE)
        return kept(
            "dashboard/boards/_compare.html",
            frame,
            lambda: comparison(first, second, user=user, today=today, by=by),
            second.pk,
            working_day(second, today=today),
            by,
        )
