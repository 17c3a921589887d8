"""What the reports of the last days say of one unit, and of the units of a group."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apps.campaigns.models import Campaign
from apps.core.addresses import by_key
from apps.core.html import Tag
from apps.core.scope import seen_units
from apps.core.statements import fetched
from apps.units.models import Unit

from ..enums import OWED, ContactMethod, ReportState
from ..models import ContactNote, DailyReport
from . import record_sql
from .reports import report_tag, state_tag

DAYS = 30


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


class Punctuality(NamedTuple):
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
    given = _given(campaign, group, on=on, user=user)
    rows = fetched(record_sql.PUNCTUALITY, **given, owed=_OWED, now=now)
    return [Punctuality(*row) for row in rows]


_OWED = [state.value for state in OWED]


def _given(campaign: Campaign | None, group: Any, *, on: dt.date, user: Any) -> dict[str, Any]:
    return {
        "campaign": campaign and campaign.pk,
        "group": group.pk,
        "on": on,
        "since": on - dt.timedelta(days=DAYS),
        "seen": seen_units(user),
    }


def last_days(on: dt.date) -> dict[str, str]:
    """The days up to `on` that the record speaks of, as the list of reports filters them."""
    first = on - dt.timedelta(days=DAYS - 1)
    return {"since": first.isoformat(), "until": on.isoformat()}


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
    """Counts of what `user` may see. One query."""
    given = _given(campaign, group, on=on, user=user)
    [row] = fetched(record_sql.GROUP_DAY, **given, owed=_OWED, now=now)
    return GroupDay(*row)


def reports_today(campaign: Campaign, group: Any, *, on: dt.date, user: Any) -> list[DailyReport]:
    """The group's reports of the day with their units, in official order: what a row shows of
    them, and no more. One query."""
    rows = fetched(record_sql.TODAY, **_given(campaign, group, on=on, user=user))
    return [
        DailyReport(
            pk=pk,
            campaign=campaign,
            on=on,
            state=state,
            due_at=due_at,
            first_filed_at=filed,
            frozen_at=frozen,
            unit=Unit(pk=unit, short_name=name, duty_phone=phone),
        )
        for pk, state, due_at, filed, frozen, unit, name, phone in rows
    ]


class Told(NamedTuple):
    """One contact about a report of a unit, as a board lists it."""

    unit: int
    name: str
    report: int
    method: str
    note: str
    at: dt.datetime
    by: str

    @property
    def url(self) -> str:
        return by_key("daily:report_detail")(self.report)

    @property
    def tag(self) -> Tag:
        return Tag(str(ContactMethod(self.method).label))


def told(campaign: Campaign, group: Any, *, on: dt.date, user: Any) -> list[Told]:
    """What `contacts` finds, as a board lists it. One query."""
    return [
        Told(*row) for row in fetched(record_sql.TOLD, **_given(campaign, group, on=on, user=user))
    ]


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
