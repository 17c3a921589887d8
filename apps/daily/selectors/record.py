"""What the reports of the last days say of one unit, and of the units of a group."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, Q

from apps.campaigns.models import Campaign
from apps.core.html import Tag

from ..enums import OWED, ContactMethod, ReportState
from ..models import ContactNote, DailyReport
from .reports import report_tag, state_tag

DAYS = 30

FILED_LATE = Q(first_filed_at__gt=F("due_at"))


@dataclass(frozen=True)
class PastReport:
    """One cell of the strip of days: the state in a word, 逾期 and 未报 before all others."""

    report: DailyReport
    tag: Tag


@dataclass(frozen=True)
class UnitRecord:
    """A unit's last 30 days, oldest first, with the day in hand."""

    today: DailyReport | None
    tag: Tag | None
    days: Sequence[PastReport] = field(default_factory=tuple)
    asked: int = 0
    late: int = 0
    missing: int = 0


def is_late(report: DailyReport) -> bool:
    return report.first_filed_at is not None and report.first_filed_at > report.due_at


def unit_record(
    campaign: Campaign, unit: Any, *, on: dt.date, user: Any, now: dt.datetime
) -> UnitRecord:
    """The reports of `unit` up to `on` that `user` may see. One query.

    Asked, late and missing are of the days whose hour has passed.
    """
    rows = (
        DailyReport.objects.visible_to(user)
        .filter(campaign=campaign, unit=unit, on__lte=on, on__gt=on - dt.timedelta(days=DAYS))
        .select_related("campaign", "unit", "group", "current")
        .order_by("on")
    )
    reports = list(rows)
    today = next((report for report in reports if report.on == on), None)
    due = [r for r in reports if r.due_at <= now and r.state != ReportState.EXEMPT]
    return UnitRecord(
        today=today,
        tag=_tag(today, now) if today else None,
        days=[PastReport(report, _word(report, now)) for report in reports],
        asked=len(due),
        late=sum(is_late(report) for report in due),
        missing=sum(report.state in OWED for report in due),
    )


def _tag(report: DailyReport, now: dt.datetime) -> Tag:
    return state_tag(report, now=now) if report.state in OWED else report_tag(report)


def _word(report: DailyReport, now: dt.datetime) -> Tag:
    if report.state in OWED:
        return Tag(report_tag(report).label, "red" if report.due_at <= now else "grey")
    return Tag("逾期", "yellow") if is_late(report) else report_tag(report)


@dataclass(frozen=True)
class Punctuality:
    """How a unit of the group reported over the last 30 days."""

    unit: int
    name: str
    asked: int
    late: int
    missing: int
    last_late: dt.date | None
    last_missing: dt.date | None

    @property
    def pk(self) -> int:
        return self.unit

    @property
    def in_time(self) -> int:
        return self.asked - self.late - self.missing


def punctuality(
    campaign: Campaign, group: Any, *, on: dt.date, user: Any, now: dt.datetime
) -> list[Punctuality]:
    """Units by the days they were of `group`, the most often late or missing first. One query."""
    rows = (
        DailyReport.objects.visible_to(user)
        .asked()
        .filter(
            campaign=campaign,
            group=group,
            on__lte=on,
            on__gt=on - dt.timedelta(days=DAYS),
            due_at__lte=now,
        )
        .order_by()
        .values("unit", "unit__short_name", "unit__sort_order")
        .annotate(
            asked=Count("pk"),
            late=Count("pk", filter=FILED_LATE),
            missing=Count("pk", filter=Q(state__in=OWED)),
            last_late=Max("on", filter=FILED_LATE),
            last_missing=Max("on", filter=Q(state__in=OWED)),
        )
    )
    ordered = sorted(
        rows,
        key=lambda row: (-row["late"] - row["missing"], -row["missing"], row["unit__sort_order"]),
    )
    return [
        Punctuality(
            unit=row["unit"],
            name=row["unit__short_name"],
            asked=row["asked"],
            late=row["late"],
            missing=row["missing"],
            last_late=row["last_late"],
            last_missing=row["last_missing"],
        )
        for row in ordered
    ]


@dataclass(frozen=True)
class GroupDay:
    """The group's day and its last 30 days in six numbers."""

    asked: int
    filed: int
    overdue: int
    late: int
    missing: int
    calls: int
    visits: int


def group_day(
    campaign: Campaign, group: Any, *, on: dt.date, user: Any, now: dt.datetime
) -> GroupDay:
    """Counts of what `user` may see. Two queries."""
    past = Q(due_at__lte=now)
    rows = (
        DailyReport.objects.visible_to(user)
        .asked()
        .filter(campaign=campaign, group=group, on__lte=on, on__gt=on - dt.timedelta(days=DAYS))
    )
    owed = Q(state__in=OWED)
    counts = rows.order_by().aggregate(
        asked=Count("pk", filter=Q(on=on)),
        filed=Count("pk", filter=Q(on=on) & ~owed),
        overdue=Count("pk", filter=Q(on=on) & owed & past),
        late=Count("pk", filter=FILED_LATE & past),
        missing=Count("pk", filter=owed & past),
    )
    told = contacts(campaign, group, on=on, user=user).order_by()
    calls = told.aggregate(
        calls=Count("pk"), visits=Count("pk", filter=Q(method=ContactMethod.VISIT))
    )
    return GroupDay(**counts, **calls)


def contacts(campaign: Campaign | None, group: Any, *, on: dt.date, user: Any) -> Any:
    """Contacts about reports of the last 30 days while their units were of `group`, newest first."""
    return (
        ContactNote.objects.visible_to(user)
        .filter(
            report__campaign=campaign,
            report__group=group,
            report__on__lte=on,
            report__on__gt=on - dt.timedelta(days=DAYS),
        )
        .select_related("report__unit", "by")
        .order_by("-at", "-id")
    )
