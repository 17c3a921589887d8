"""Which days had all four acts, and the way to today's."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from apps.campaigns.current import current_campaign
from apps.core.tables import Column
from apps.core.views import PortalView, ScopedListView
from apps.figures.enums import Stage
from apps.figures.models import Snapshot

from ..enums import ActKind, ActState
from ..filters import RoundFilter
from ..models import DailyRound, RoundAct
from .rounds import ACT_TONES, last_day, round_url


class TodayRoundView(PortalView):
    """Leads to the round of the working day of the campaign in hand."""

    permission = "daily.view_dailyround"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        campaign = current_campaign(request)
        if campaign is None:
            return redirect("daily:round_list")
        return redirect(round_url(campaign, last_day(campaign)))


def _state_of(kind: ActKind) -> Subquery:
    return Subquery(RoundAct.objects.filter(round=OuterRef("pk"), kind=kind).values("state")[:1])


class RoundListView(ScopedListView):
    """Which days had all four."""

    permission = "daily.view_dailyround"
    model = DailyRound
    filterset_class = RoundFilter
    as_objects = True
    ordering = ("-on", "campaign")
    measure = "日"
    empty = "还没有四个一。应急任务开始后，每日零点过后自动生成。"
    columns = (
        Column("on", "日期", kind="day", link=lambda row: row.get_absolute_url(), phone="title"),
        Column("campaign", "应急任务"),
        *(
            Column(
                f"act_{kind.value}",
                kind.label,
                kind="tag",
                tones=ACT_TONES,
                choices=dict(ActState.choices),
            )
            for kind in ActKind
        ),
        Column(
            "lock",
            "数据",
            kind="tag",
            choices={Stage.LOCKED: "已锁定"},
            tones={Stage.LOCKED: "green"},
        ),
        Column("drawn_at", "小结时间", kind="moment", blank="未小结"),
    )

    def get_title(self) -> str:
        return "四个一 · 往日"

    def get_queryset(self) -> QuerySet[DailyRound]:
        locked = Snapshot.objects.locked().filter(campaign=OuterRef("campaign"), on=OuterRef("on"))
        return (
            super()
            .get_queryset()
            .select_related("campaign")
            .annotate(
                **{f"act_{kind.value}": _state_of(kind) for kind in ActKind},
                lock=Subquery(locked.values("stage")[:1]),
            )
        )
