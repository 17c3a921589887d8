"""A liaison group's home: its units, who is late, what was said last."""

import datetime as dt
from typing import Any

from apps.core.html import Tag
from apps.core.scope import scope_of
from apps.core.tables import Column, Table
from apps.daily.enums import OWED, ReportState
from apps.daily.models import DailyReport
from apps.daily.selectors.days import day_figures, headline
from apps.daily.selectors.links import missing_url, reports_url
from apps.daily.selectors.reports import missing_reports, report_tag, state_tag
from apps.figures.keys import keys_of
from apps.units.models import LiaisonGroup

from .day import Day


def group(day: Day) -> dict[str, Any]:
    """Context of `dashboard/_group.html`: the group of the day, not of today's list."""
    figures = day_figures(day.campaign, on=day.on, user=day.user)
    reports = list(
        DailyReport.objects.filter(
            campaign=day.campaign, group__in=scope_of(day.user).groups, on=day.on
        )
        .asked()
        .select_related("unit", "current")
        .order_by("unit__sort_order")
    )
    missing = missing_reports(day.campaign, on=day.on, user=day.user, now=day.now)
    keys = keys_of(day.campaign.kind)
    owed = sum(report.state in OWED for report in reports)
    return {
        "group_names": "、".join(
            str(row) for row in LiaisonGroup.objects.filter(pk__in=scope_of(day.user).groups)
        ),
        "group_filed": len(reports) - owed,
        "group_asked": len(reports),
        "group_kpis": headline(
            figures, user=day.user, codes=[keys.on_post, keys.communities, keys.ever_on_post]
        ),
        "group_reports_url": reports_url(day.campaign, day=day.on.isoformat()),
        "group_missing": missing,
        "group_missing_url": missing_url(day.campaign, day.on),
        "group_units": Table(
            _columns(day.now),
            reports,
            caption="本组单位",
            empty="本组没有应报单位。",
            is_compact=True,
        ),
        "group_to_review": sum(report.state == ReportState.FILED for report in reports),
    }


def _columns(now: dt.datetime) -> list[Column]:
    return [
        Column("unit__short_name", "单位", link="daily:report_detail", phone="title"),
        Column("state", "日报", value=lambda report: _state(report, now), css="p-end"),
        Column("first_filed_at", "报送时间", kind="moment", blank="尚未报送"),
        Column("unit__duty_phone", "值班电话", kind="phone", blank="未登记"),
    ]


def _state(report: DailyReport, now: dt.datetime) -> Tag:
    return state_tag(report, now=now) if report.state in OWED else report_tag(report)
