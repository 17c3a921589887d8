"""The board: cases by state, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core import formats
from apps.core.dates import business_day
from apps.core.views import Action, BoardView

from ..enums import CaseState
from ..models import AssistanceCase
from ..selectors.caseload import Lane, lanes
from .common import ASSIGN, OPEN, VERIFY, VIEW_CASE, WORK, due_tag, while_running

MOST = 12
# The one step that leads out of each state, and whether it is a button or a form.
NEXT: dict[str, tuple[str, str, str, bool]] = {
    CaseState.OPEN: (ASSIGN, "交办", "case_assign", False),
    CaseState.ASSIGNED: (WORK, "开始办理", "case_start", True),
    CaseState.UNDERWAY: (WORK, "填报结果", "case_answer", False),
    CaseState.ANSWERED: (VERIFY, "核验办结", "case_verify", True),
}


class CaseBoardView(InCampaignMixin, BoardView):
    permission = VIEW_CASE
    template_name = "assistance/case_board.html"
    title = "帮扶看板"

    def get_actions(self) -> Sequence[Action]:
        return [
            Action("列表", reverse("assistance:case_list"), icon="list"),
            *while_running(
                self.request,
                Action(
                    "登记事项",
                    reverse("assistance:case_create"),
                    icon="plus",
                    primary=True,
                    permission=OPEN,
                ),
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = AssistanceCase.objects.visible_to(self.request.user).filter(
            campaign=current_campaign(self.request)
        )
        found = lanes(rows, on=business_day(), now=timezone.now(), most=MOST)
        return super().get_context_data(lanes=[self._lane(lane) for lane in found], **kwargs)

    def _lane(self, lane: Lane) -> dict[str, Any]:
        return {
            "label": lane.state.label,
            "note": "近7天" if lane.state == CaseState.CLOSED else "",
            "count": lane.count,
            "late": lane.late,
            "more": lane.more,
            "url": f"{reverse('assistance:case_list')}?state={lane.state}",
            "cards": [self._card(case) for case in lane.cases],
        }

    def _card(self, case: AssistanceCase) -> dict[str, Any]:
        return {"case": case, "due": self._due(case), "step": self._step(case)}

    def _due(self, case: AssistanceCase) -> Any:
        if case.closed_at is not None:
            return f"{formats.day(case.closed_at)}办结"
        tag = due_tag(case.state, case.due_on, today=business_day())
        return tag or f"{formats.day(case.due_on)}前"

    def _step(self, case: AssistanceCase) -> dict[str, Any] | None:
        permission, label, name, is_post = NEXT.get(case.state, ("", "", "", False))
        user: Any = self.request.user
        own_answer = case.state == CaseState.ANSWERED and case.answered_by_id == user.pk
        if not permission or own_answer or not user.has_perm(permission, case):
            return None
        url = reverse(f"assistance:{name}", args=[case.pk])
        return {"label": label, "url": url, "is_post": is_post}
