"""A caseworker's home: what presses, what was done today, what waits to be looked at."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from apps.assistance.enums import LIVE_CASES, CaseState
from apps.assistance.models import AssistanceAction, AssistanceCase
from apps.assistance.views.common import STATE_TONES, due_cell_of
from apps.core import formats
from apps.core.boards import LIVE, Kpi
from apps.core.tables import Column, Table

from .day import Day

MOST = 10
"""Cases shown at home; the list has them all."""

CASES = (
    Column("title", "事项", link="assistance:case_detail", phone="title"),
    Column("beneficiary__label", "帮扶对象"),
    Column("unit__short_name", "承办单位"),
    Column("owner__name", "责任人", blank="未交办"),
    Column("due_on", "时限", value=due_cell_of, css="p-end"),
    Column("state", "状态", kind="tag", tones=STATE_TONES, choices=dict(CaseState.choices)),
)


def assistance(day: Day) -> dict[str, Any]:
    """Context of `dashboard/_assistance.html`; three queries."""
    cases = AssistanceCase.objects.visible_to(day.user).filter(campaign=day.campaign)
    live = cases.filter(state__in=LIVE_CASES)
    counts = cases.aggregate(
        live=Count("pk", filter=Q(state__in=LIVE_CASES)),
        late=Count("pk", filter=Q(state__in=LIVE_CASES, due_on__lt=day.on)),
        due=Count("pk", filter=Q(state__in=LIVE_CASES, due_on=day.on)),
        answered=Count("pk", filter=Q(state=CaseState.ANSWERED)),
        closed=Count("pk", filter=Q(state=CaseState.CLOSED)),
        all=Count("pk", filter=~Q(state=CaseState.CANCELLED)),
    )
    acts = AssistanceAction.objects.visible_to(day.user).filter(campaign=day.campaign)
    done = acts.aggregate(
        today=Count("pk", filter=Q(on=day.on)),
        all=Count("pk"),
        helped=Count("beneficiary", distinct=True),
    )
    pressing = live.select_related("beneficiary__community", "unit", "owner")
    return {
        "assistance_kpis": _kpis(day, counts, done),
        "pressing": Table(
            CASES,
            pressing.order_by("due_on", "pk")[:MOST],
            caption="最紧要的事项",
            empty="没有在办的帮扶事项。",
            is_compact=True,
        ),
        "pressing_more": max(counts["live"] - MOST, 0),
        "board_url": reverse("assistance:case_board"),
        "case_list_url": reverse("assistance:case_list"),
    }


def _kpis(day: Day, counts: dict[str, int], done: dict[str, int]) -> list[Kpi]:
    said = "今日" if day.is_running else "当日"
    cases, actions = reverse("assistance:case_list"), reverse("assistance:action_list")
    return [
        Kpi(
            "在办事项",
            counts["live"],
            "项",
            url=cases,
            tag=LIVE,
            notes=(f"{said}到期 {counts['due']} 项",),
        ),
        Kpi("逾期", counts["late"], "项", url=f"{cases}?due=late", alert=counts["late"] > 0),
        Kpi(
            "待核验",
            counts["answered"],
            "项",
            url=f"{cases}?state={CaseState.ANSWERED}",
            notes=(f"已办结 {counts['closed']}/{counts['all']} 项",),
        ),
        Kpi(
            "当日帮扶",
            done["today"],
            "次",
            url=f"{actions}?on={day.on.isoformat()}",
            notes=(
                f"累计 {formats.number(done['all'])} 次",
                f"帮扶过 {formats.number(done['helped'])} 个对象",
            ),
        ),
    ]
