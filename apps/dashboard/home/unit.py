"""A unit's home: today's report first, then the days behind and the people out today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.campaigns.selectors import running_campaigns
from apps.core.html import Tag, Tone
from apps.core.scope import scope_of
from apps.core.tables import Column, Table
from apps.daily.enums import OWED, REPORT_TONES, ReportState
from apps.daily.models import DailyReport
from apps.daily.selectors.reports import report_tag, state_tag
from apps.deployments.models import DeploymentDay
from apps.units.models import GroupMembership, Unit

from .day import Day

DAYS = 14

ROW: Any = {"link": "deployments:deployment_detail", "link_by": "deployment_id"}
DEPLOYED = (
    Column("deployment__community__name", "社区", phone="title", **ROW),
    Column("deployment__task_type__name", "任务"),
    Column("expected", "应到", kind="number", unit="人", **ROW),
    Column("present", "实到", kind="number", unit="人", **ROW),
    Column("night", "其中夜班", kind="number", unit="人", **ROW),
)
FILLED_IN = {ReportState.UNIT_REVIEW}


@dataclass(frozen=True)
class TodaysReport:
    """One report card: its state, and the one thing to do about it."""

    report: DailyReport
    tag: Tag
    url: str
    action: str
    is_urgent: bool


@dataclass(frozen=True)
class PastDay:
    """One cell of the strip of days."""

    on: dt.date
    label: str
    tone: Tone
    url: str


def unit(day: Day) -> dict[str, Any]:
    """Context of `dashboard/_unit.html`."""
    own = scope_of(day.user).own_units
    units = Unit.objects.filter(pk__in=own)
    groups = GroupMembership.objects.filter(unit__in=own).on(day.on)
    said = "今日" if day.is_running else "当日"
    return {
        "units": "、".join(str(unit) for unit in units),
        "own_reports": [_card(report, day) for report in _todays(day, own)],
        "own_days": [_past(report) for report in _past_reports(day, own)],
        "own_deployed": Table(
            DEPLOYED,
            DeploymentDay.objects.filter(
                deployment__unit__in=own, deployment__campaign=day.campaign, on=day.on
            )
            .select_related("deployment__community", "deployment__task_type")
            .order_by("deployment__community__sort_key"),
            caption=f"{said}在岗",
            empty=f"{said}{'还' if day.is_running else ''}没有在岗登记。",
            is_compact=True,
        ),
        "own_group": groups.select_related("group__leader").first(),
        "no_report": f"{said}没有应报的日报。",
        "flash_url": reverse("daily:flash_create"),
    }


def _todays(day: Day, own: frozenset[int]) -> list[DailyReport]:
    """Today's report of every running campaign; of a campaign that is over, its last day's."""
    campaigns: list[Campaign] = running_campaigns(on=day.on) if day.is_running else [day.campaign]
    rows = (
        DailyReport.objects.filter(campaign__in=campaigns, unit__in=own)
        .on(day.on)
        .select_related("campaign", "unit", "current")
    )
    return sorted(rows, key=lambda report: campaigns.index(report.campaign))


def _card(report: DailyReport, day: Day) -> TodaysReport:
    is_owed = report.state in OWED
    tag = state_tag(report, now=day.now) if is_owed else report_tag(report)
    if report.state in FILLED_IN:
        # Filed by the reporter, not yet let out: only the unit's reviewer has something to do.
        may_review = day.user.has_perm("daily.approve_own_report", report)
        action = "审核日报" if may_review else "查看日报"
        return TodaysReport(report, tag, report.get_absolute_url(), action, is_urgent=may_review)
    if not is_owed:
        return TodaysReport(report, tag, report.get_absolute_url(), "查看日报", is_urgent=False)
    query = urlencode({"on": report.on.isoformat(), "campaign": report.campaign.code})
    return TodaysReport(
        report, tag, f"{reverse('daily:report_form')}?{query}", "填报日报", is_urgent=True
    )


def _past_reports(day: Day, own: frozenset[int]) -> list[DailyReport]:
    return list(
        DailyReport.objects.filter(
            campaign=day.campaign,
            unit__in=own,
            on__lt=day.on,
            on__gte=day.on - dt.timedelta(days=DAYS),
        ).order_by("on")
    )


def _past(report: DailyReport) -> PastDay:
    tone: Tone = "red" if report.state in OWED else REPORT_TONES[report.state]
    return PastDay(
        on=report.on,
        label=str(report.get_state_display()),
        tone=tone,
        url=report.get_absolute_url(),
    )
