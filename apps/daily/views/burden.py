"""减负: what the portal itself asks of the units, month by month."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from apps.campaigns.current import current_campaign
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.boards import Kpi
from apps.core.formats import Blank
from apps.core.tables import Column, Table
from apps.core.views import Action, BoardView

from ..selectors.burden import MonthBurden, UnitBurden, months, slowest_units
from ..selectors.links import reports_url
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


class Rows:
    """Where the rows of the page's numbers are, of the campaign's days that it counts."""

    def __init__(self, campaign: Campaign, last: dt.date) -> None:
        self.campaign, self.last = campaign, last

    def reports(self, **chosen: Any) -> Callable[[MonthBurden], str]:
        """The reports of a month; what is asked of none but 免报 is left out."""
        chosen.setdefault("state", "asked")
        return lambda row: reports_url(self.campaign, **self._days(row.month), **chosen)

    def calls(self, **chosen: Any) -> Callable[[MonthBurden], str]:
        def url(row: MonthBurden) -> str:
            asked = {"campaign": self.campaign.code, "state": "asked", **self._days(row.month)}
            return f"{reverse('daily:call_list')}?{urlencode({**asked, **chosen})}"

        return url

    def unit(self, **chosen: Any) -> Callable[[UnitBurden], str]:
        """The reports of one unit since the campaign began."""
        chosen |= {"state": "asked", "until": self.last.isoformat()}
        return lambda row: reports_url(self.campaign, unit=row.pk, **chosen)

    @property
    def indicators(self) -> str:
        return f"{self.campaign.get_absolute_url()}?tab=indicators"

    def _days(self, month: dt.date) -> dict[str, str]:
        end = month.replace(day=monthrange(month.year, month.month)[1])
        first, last = max(month, self.campaign.starts_on), min(end, self.last)
        return {"since": first.isoformat(), "until": last.isoformat()}


def _average(row: MonthBurden) -> SafeString | None:
    """With its decimal always, so that the months stand below one another."""
    if row.per_day is None:
        return None
    return SafeString(f'<span class="num">{formats.number(row.per_day, 1)}</span>')


def month_columns(rows: Rows) -> tuple[Column, ...]:
    reports, again = rows.reports(), rows.reports(again="true")
    return (
        Column(
            "month",
            "月份",
            value=lambda row: f"{row.month:%Y}年{row.month.month}月",
            link=reports,
            phone="title",
            css="nowrap",
        ),
        Column("days", "报送天数", kind="number", unit="天", link=reports),
        Column(
            "most_fields", "日报填报", kind="number", unit="项", link=lambda _row: rows.indicators
        ),
        Column("calls", "临时报数", kind="number", unit="次", link=rows.calls()),
        Column(
            "per_day",
            "每家每日",
            kind="number",
            unit="项",
            value=_average,
            link=reports,
            help="日报填报项与临时报数项之和，除以应报份数",
        ),
        replace(SECONDS, link=rows.reports(source="unit")),
        Column("carried", "沿用昨日", kind="percent", blank="—", link=reports),
        Column(
            "repeats",
            "重复报送",
            kind="number",
            unit="次",
            link=again,
            help="同一天的日报报送两次以上的",
        ),
        Column(
            "known",
            "索要已有数",
            kind="number",
            unit="项次",
            link=rows.calls(known="true"),
            help="临时报数中台账或日报已有的数据项",
        ),
        Column("proxies", "代录", kind="number", unit="份", link=rows.reports(source="proxy")),
    )


def unit_columns(rows: Rows) -> tuple[Column, ...]:
    return (
        Column("name", "单位", phone="title", link="units:unit_detail"),
        Column("group", "组", value=lambda row: f"第{row.group}组" if row.group else None),
        Column("reports", "应报", kind="number", unit="份", link=rows.unit()),
        replace(SECONDS, link=rows.unit(source="unit")),
        Column("repeats", "重复报送", kind="number", unit="次", link=rows.unit(again="true")),
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
        rows = Rows(campaign, last)
        found = months(campaign, first=campaign.starts_on, last=last)
        slowest = slowest_units(campaign, first=campaign.starts_on, last=last)
        return super().get_context_data(
            kpis=_kpis(found[0], rows) if found else [],
            months=Table(month_columns(rows), found, caption="每月向各单位要的数"),
            units=Table(unit_columns(rows), slowest, caption="填报用时较长的单位"),
            **kwargs,
        )


def _kpis(row: MonthBurden, rows: Rows) -> list[Kpi]:
    month = f"{row.month.month}月"
    return [
        Kpi(
            "每家每日平均",
            _rounded(row.per_day, 1),
            "项",
            url=rows.reports()(row),
            notes=(month, "日报与临时报数合计"),
        ),
        Kpi(
            "填报用时（中位）",
            _rounded(row.seconds),
            "秒",
            url=rows.reports(source="unit")(row),
            notes=(month, "本单位填报"),
            reason=Blank.NOT_ASKED,
        ),
        Kpi(
            "重复报送",
            row.repeats,
            "次",
            url=rows.reports(again="true")(row),
            notes=(month, f"共报送 {formats.number(row.filed)} 次"),
        ),
        Kpi(
            "临时报数",
            row.calls,
            "次",
            url=rows.calls()(row),
            notes=(month, f"其中索要已有数 {formats.number(row.known)} 项次"),
        ),
    ]


def _rounded(value: float | None, places: int | None = None) -> Any:
    return None if value is None else round(value, places)
