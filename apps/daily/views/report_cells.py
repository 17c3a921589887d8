"""How a report reads in a cell, and the steps it offers to the person who looks at it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core import formats
from apps.core.formats import Blank
from apps.core.views import Action
from apps.figures.values import qualifier_word

from ..enums import ReportSource, ReportState
from ..models import DailyReport, ReportValue
from ..selectors.reports import ValueLine
from ..selectors.sheets import lines_for, sees_restricted


def group_label(row: dict[str, Any]) -> str:
    number = row["group__number"]
    return f"第{number}组" if number else ""


def source_tag(row: dict[str, Any]) -> Any:
    source = row["current__source"]
    if not source:
        return ""
    late = "，逾期" if row["current__is_late"] else ""
    return f"{ReportSource(source).label}{late}"


def origin(report: DailyReport) -> str:
    revision = report.current
    if revision is None:
        return ""
    if revision.source == ReportSource.UNIT:
        return str(revision.get_source_display())
    when = formats.moment(revision.source_at) if revision.source_at else ""
    return f"{revision.get_source_display()}（{revision.source_name} {when}）"


def value_lines(report: DailyReport, user: Any) -> list[ValueLine]:
    """The values that stand, and what the ledger says where it speaks for the unit."""
    stored: dict[int, ReportValue] = {
        cell.indicator_id: cell for cell in ReportValue.objects.filter(revision=report.current_id)
    }
    lines = []
    is_open_ = sees_restricted(user, report)
    for line in lines_for(report, user):
        cell = stored.get(line.indicator.pk)
        if line.is_restricted and not is_open_:
            lines.append(ValueLine(line.name, "", Blank.WITHHELD, "", None, ""))
            continue
        if not line.is_typed and not line.has_ledger:
            continue
        notes = ["台账"] if not line.is_typed else []
        if cell and cell.is_carried:
            notes.append("存量同昨日")
        if cell and cell.doubt_reason:
            notes.append(cell.get_doubt_reason_display())
        lines.append(
            ValueLine(
                line.name,
                line.unit,
                line.ledger if not line.is_typed else (cell.value if cell else None),
                qualifier_word(cell.qualifier) if cell else "",
                line.before,
                "，".join(notes),
            )
        )
    return lines


def next_actions(user: Any, report: DailyReport) -> list[Action]:
    """What `user` may do with `report` as it stands, the likeliest first."""
    found: list[Action] = []
    own = user.has_perm("daily.file_report", report)
    approves = user.has_perm("daily.approve_own_report", report)
    reviews = user.has_perm("daily.review_report", report)
    here = [report.pk]
    if approves and (
        report.state == ReportState.UNIT_REVIEW
        or (report.state == ReportState.FILED and report.reviewed_by_id is None)
    ):
        found.append(step("审核并报出", "report_approve", report, icon="check", primary=True))
    if approves and report.state == ReportState.UNIT_REVIEW:
        found.append(Action("退回联络员", reverse("daily:report_return_in_unit", args=here)))
    if reviews and report.state in {ReportState.FILED, ReportState.LATE}:
        found.append(step("审核通过", "report_accept", report, icon="check", primary=True))
    if reviews and report.state in {
        ReportState.FILED,
        ReportState.ACCEPTED,
        ReportState.LATE,
        ReportState.UNIT_REVIEW,
    }:
        found.append(
            Action("退回核改", reverse("daily:report_return", args=here), icon="arrow-back-up")
        )
    if report.campaign.is_reporting and report.is_open:
        label = filing_label(user, report, own)
        if label:
            found.append(Action(label, reverse("daily:report_edit", args=here), icon="pencil"))
    if own and report.can_be_withdrawn(timezone.now()):
        found.append(
            step(
                "撤回修改",
                "report_withdraw",
                report,
                confirm="撤回后成为草稿，须重新提交。确定撤回？",
            )
        )
    if (
        report.state in {ReportState.MISSING, ReportState.DRAFT}
        and report.frozen_at is None
        and user.has_perm("daily.exempt_unit", report)
    ):
        found.append(Action("免报", reverse("daily:report_exempt", args=here)))
    return found


def filing_label(user: Any, report: DailyReport, own: bool) -> str:
    if own:
        if report.frozen_at:
            return "补报"
        return "核改" if report.state == ReportState.RETURNED else "填报"
    return "代录" if user.has_perm("daily.enter_for_unit", report) else ""


def step(label: str, name: str, report: DailyReport, *, confirm: str = "", **more: Any) -> Action:
    url = f"{reverse(f'daily:{name}', args=[report.pk])}?version={report.version}"
    return Action(label, url, method="post", confirm=confirm, **more)
