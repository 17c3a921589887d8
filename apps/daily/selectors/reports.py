"""Reads of daily reports: the record, its revisions, and what is still missing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.html import Tag, Tone
from apps.figures.values import qualifier_word
from apps.units.enums import Role
from apps.units.models import Posting

from ..enums import REPORT_TONES, ReportState
from ..models import ContactNote, DailyReport, ReportRevision, ReportValue
from .owed import Owed, owed_reports

NEAR = dt.timedelta(minutes=30)
"""How long before 截报 a report that is missing is marked 临近截报 when no rung says otherwise."""

LONG_PAST = dt.timedelta(days=1)
"""After a day a report is simply missing; counting its hours helps nobody."""


@dataclass(frozen=True)
class MissingRow:
    """One line of the working list: the report, whom to ring, what was said last."""

    owed: Owed
    report: DailyReport
    last_contact: ContactNote | None
    contacts: int
    person: str
    tag: Tag
    days_tag: Tag | None = None

    @property
    def pk(self) -> int:
        return self.report.pk


def reports_of_day(on: dt.date) -> QuerySet[DailyReport]:
    """Reports made for `on`, each under the group its unit had then."""
    rows: QuerySet[DailyReport] = DailyReport.objects.filter(on=on)
    return rows


def missing_reports(
    campaign: Campaign,
    *,
    on: dt.date,
    user: Any,
    now: dt.datetime,
    near: dt.timedelta = NEAR,
    only: Sequence[int] | None = None,
) -> list[MissingRow]:
    """What `user` may see of the reports still owed for `on`, in official order.

    `only` narrows to these report ids. The number of queries does not depend on the units.
    """
    rows = DailyReport.objects.visible_to(user).filter(campaign=campaign).on(on).owed()
    if only is not None:
        rows = rows.filter(pk__in=only)
    contacts = Prefetch("contacts", ContactNote.objects.select_related("by"), to_attr="calls")
    reports = {
        report.pk: report
        for report in rows.select_related("campaign", "unit", "group").prefetch_related(contacts)
    }
    people = _unit_leaders([report.unit_id for report in reports.values()], on=on)
    return [
        MissingRow(
            owed=owed,
            report=report,
            last_contact=next(iter(report.calls), None),
            contacts=len(report.calls),
            person=people.get(report.unit_id, ""),
            tag=state_tag(report, now=now, near=near),
            days_tag=Tag(f"连续{owed.days}日", "red") if owed.days > 1 else None,
        )
        for owed in owed_reports([campaign], on=on)
        if (report := reports.get(owed.report)) is not None
    ]


def report_tag(report: DailyReport) -> Tag:
    """The state itself, whatever the hour."""
    return Tag(str(ReportState(report.state).label), REPORT_TONES[report.state])


def state_tag(report: DailyReport, *, now: dt.datetime, near: dt.timedelta = NEAR) -> Tag:
    """The state as the working list words it: 临近截报, 逾期 20 分钟, 退回核改, 待本单位审核."""
    if report.state == ReportState.RETURNED:
        return report_tag(report)
    late = now - report.due_at
    if late >= LONG_PAST:
        return Tag(str(report.get_state_display()), "red")
    if late >= dt.timedelta():
        tone: Tone = "red" if late >= dt.timedelta(hours=1) else "yellow"
        return Tag(f"逾期{formats.span(late)}", tone)
    if report.state == ReportState.UNIT_REVIEW:
        return report_tag(report)
    if -late <= near:
        return Tag("临近截报", "yellow")
    return report_tag(report)


def _unit_leaders(units: Sequence[int], *, on: dt.date) -> dict[int, str]:
    rows = (
        Posting.objects.on(on)
        .filter(unit__in=units, role=Role.UNIT_LEADER)
        .order_by("unit", "-starts_on")
        .values_list("unit", "user__name")
    )
    return dict(rows)


def reviewer_name(report: DailyReport) -> str:
    """The unit's 审核人 of the day, empty when nobody is posted."""
    return _unit_leaders([report.unit_id], on=report.on).get(report.unit_id, "")


@dataclass(frozen=True)
class ValueLine:
    """One value of a report beside yesterday's."""

    name: str
    unit: str
    value: Decimal | formats.Blank | None
    qualifier: str
    before: Decimal | None
    note: str

    @property
    def change(self) -> Decimal | None:
        if self.before is None or not isinstance(self.value, Decimal):
            return None
        return self.value - self.before


@dataclass(frozen=True)
class Step:
    """One revision with what it changed against the one before."""

    revision: ReportRevision
    differences: list[str] = field(default_factory=list)


def revision_steps(report: DailyReport, *, is_open: bool) -> list[Step]:
    """The revisions of `report`, newest first, each with its differences in words. Two queries.

    Without `is_open` restricted indicators are left out.
    """
    cells = ReportValue.objects.select_related("indicator")
    if not is_open:
        cells = cells.filter(indicator__is_restricted=False)
    values = Prefetch("values", cells, to_attr="cells")
    revisions = list(
        report.revisions.select_related("by").prefetch_related(values).order_by("number")
    )
    steps: list[Step] = []
    for before, revision in zip([None, *revisions], revisions, strict=False):
        steps.append(Step(revision, _differences(before, revision) if before else []))
    return steps[::-1]


def _differences(before: Any, after: Any) -> list[str]:
    old = {cell.indicator_id: cell for cell in before.cells}
    found = []
    for cell in after.cells:
        was = old.get(cell.indicator_id)
        if was is None or was.value != cell.value:
            found.append(f"{cell.indicator}：{written(was)} → {written(cell)}")
    return found


def written(cell: ReportValue | None) -> str:
    """A stored value with its measure: 3,200余次, 未报."""
    if cell is None:
        return str(formats.Blank.MISSING)
    return formats.figure(
        cell.value,
        str(cell.indicator.get_measure_display()),
        qualifier=qualifier_word(cell.qualifier),
    )
