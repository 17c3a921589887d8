"""减负: what the portal itself asks of the units, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.core import formats
from apps.core.boards import Kpi
from apps.core.tables import Column, Table
from apps.core.views import Action, BoardView

from ..selectors.burden import MonthBurden, months, slowest_units
from .rounds import last_day

SECONDS = Column(
    "seconds",
    "用时中位数",
    kind="number",
    unit="秒",
    value=lambda row: None if row.seconds is None else round(row.seconds),
    blank="未记录",
    help="从打开表单到提交；一小时以上的不计",
)
MONTH_COLUMNS = (
    Column(
        "month",
        "月份",
        value=lambda row: f"{row.month:%Y}年{row.month.month}月",
        phone="title",
        css="nowrap",
    ),
    Column("days", "报送天数", kind="number", unit="天"),
    Column("most_fields", "日报填报", kind="number", unit="项"),
    Column("calls", "临时报数", kind="number", unit="次"),
    Column(
        "per_day",
        "每家每日",
        kind="number",
        unit="项",
        value=lambda row: None if row.per_day is None else round(row.per_day, 1),
        help="日报填报项与临时报数项之和，除以应报份数",
    ),
    SECONDS,
    Column("carried", "沿用昨日", kind="percent", blank="—"),
    Column("repeats", "重复报送", kind="number", unit="次", help="同一天的日报报送两次以上的"),
    Column(
        "known", "索要已有数", kind="number", unit="项次", help="临时报数中台账或日报已有的数据项"
    ),
    Column("proxies", "代录", kind="number", unit="份"),
)
UNIT_COLUMNS = (
    Column("name", "单位", phone="title", link="units:unit_detail"),
    Column("group", "组", value=lambda row: f"第{row.group}组" if row.group else None),
    Column("reports", "应报", kind="number", unit="份"),
    SECONDS,
    Column("repeats", "重复报送", kind="number", unit="次"),
)


class BurdenView(BoardView):
    permission = "daily.view_dailyround"
    template_name = "daily/burden.html"
    title = "减负"

    def get_subtitle(self) -> str:
        return f"{current_campaign(self.request) or ''} · 平台向各单位要了多少"

    def get_actions(self) -> Sequence[Action]:
        return [Action("临时报数", reverse("daily:call_list"), icon="clipboard-list")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = current_campaign(self.request)
        if campaign is None:
            return super().get_context_data(months=None, **kwargs)
        last = last_day(campaign)
        rows = months(campaign, first=campaign.starts_on, last=last)
        slowest = slowest_units(campaign, first=campaign.starts_on, last=last)
        return super().get_context_data(
            kpis=_kpis(rows[0]) if rows else [],
            months=Table(MONTH_COLUMNS, rows, caption="每月向各单位要的数"),
            units=Table(UNIT_COLUMNS, slowest, caption="填报用时较长的单位"),
            **kwargs,
        )


def _kpis(row: MonthBurden) -> list[Kpi]:
    month = f"{row.month.month}月"
    return [
        Kpi("每家每日平均", _rounded(row.per_day, 1), "项", notes=(month, "日报与临时报数合计")),
        Kpi("填报用时（中位）", _rounded(row.seconds), "秒", notes=(month, "本单位填报")),
        Kpi(
            "重复报送",
            row.repeats,
            "次",
            notes=(month, f"共报送 {formats.number(row.filed)} 次"),
        ),
        Kpi(
            "临时报数",
            row.calls,
            "次",
            url=reverse("daily:call_list"),
            notes=(month, f"其中索要已有数 {formats.number(row.known)} 项次"),
        ),
    ]


def _rounded(value: float | None, places: int | None = None) -> Any:
    return None if value is None else round(value, places)
