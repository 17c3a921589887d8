"""What happens to a report between its submission and its lock: review, return, withdrawal."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.units.models import Unit

from ...enums import OWED, ContactMethod, ReportState
from ...models import ContactNote, DailyReport, Exemption
from . import telling
from .corrections import propose_corrections
from .filing import fields_of
from .refusals import IncompleteReportError, WrongStateError

AFTER_REVIEW = "锁定后审核报出"


@transaction.atomic
def approve_in_unit(report: DailyReport, *, version: int, by: User, now: dt.datetime) -> None:
    """The unit's 审核人 lets the report out: 待本单位审核 → 已报, after the lock 补报.

    A report filed 先报后审 keeps its state and gets its reviewer.
    """
    rows = DailyReport.objects.filter(pk=report.pk, version=version)
    reviewed = {"reviewed_by": by, "reviewed_at": now}
    state = Case(
        When(frozen_at=None, then=Value(ReportState.FILED)), default=Value(ReportState.LATE)
    )
    if rows.filter(state=ReportState.UNIT_REVIEW).update(state=state, **reviewed):
        report.refresh_from_db()
        if report.frozen_at:
            propose_corrections(report, reason=AFTER_REVIEW, by=by, now=now)
        return
    if not rows.filter(state__in=[ReportState.FILED, ReportState.LATE], reviewed_by=None).update(
        **reviewed
    ):
        raise _not_open(report, "审核")
    report.refresh_from_db()


@transaction.atomic
def return_in_unit(report: DailyReport, *, reason: str, by: User, now: dt.datetime) -> None:
    """The unit's 审核人 hands the report back to its 联络员, with the reason."""
    _move(
        report,
        "退回",
        {ReportState.UNIT_REVIEW},
        state=ReportState.RETURNED,
        return_reason=reason,
        return_due_at=None,
        reviewed_by=by,
        reviewed_at=now,
    )
    telling.tell_returned(report)


# 审核通过 makes 已报 已审核; what was filed after the lock stays 补报.
ACCEPTABLE = frozenset({ReportState.FILED, ReportState.LATE})
ACCEPTED = Case(When(state=ReportState.FILED, then=Value(ReportState.ACCEPTED)), default=F("state"))


@transaction.atomic
def accept_report(report: DailyReport, *, by: User, now: dt.datetime) -> None:
    """审核通过 by the group or the office."""
    _move(report, "审核通过", ACCEPTABLE, state=ACCEPTED, reviewed_by=by, reviewed_at=now)


@transaction.atomic
def accept_reports(reports: Collection[int], *, by: User, now: dt.datetime) -> set[int]:
    """审核通过 for many in one UPDATE; the ids of those that were open to it."""
    rows = DailyReport.objects.filter(pk__in=reports, state__in=ACCEPTABLE)
    taken = set(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    DailyReport.objects.filter(pk__in=taken).update(state=ACCEPTED, reviewed_by=by, reviewed_at=now)
    return taken


@transaction.atomic
def return_report(
    report: DailyReport, *, reason: str, due_at: dt.datetime, by: User, now: dt.datetime
) -> None:
    """退回核改: the unit files again until `due_at`. Its figures no longer count until then."""
    if due_at <= now:
        raise IncompleteReportError("重报时限应晚于现在。", field="due_at")
    _move(
        report,
        "退回核改",
        {ReportState.FILED, ReportState.ACCEPTED, ReportState.LATE, ReportState.UNIT_REVIEW},
        state=ReportState.RETURNED,
        return_reason=reason,
        return_due_at=due_at,
        reviewed_by=by,
        reviewed_at=now,
    )
    telling.tell_returned(report)


@transaction.atomic
def withdraw_report(report: DailyReport, *, version: int, by: User, now: dt.datetime) -> None:
    """撤回修改, before 截报 only: the report becomes a draft with the values it had."""
    if report.version != version:
        raise _not_open(report, "撤回修改")
    if now >= report.due_at or report.frozen_at:
        raise WrongStateError(
            f"已过截报时间（{formats.moment(report.due_at, now=now)}），不能撤回修改；"
            "需要改动的，请联系联络服务小组退回核改。"
        )
    fields = fields_of(report.current) if report.current else {}
    _move(
        report,
        "撤回修改",
        {ReportState.UNIT_REVIEW, ReportState.FILED},
        state=ReportState.DRAFT,
        version=F("version") + 1,
        draft={"at": now.isoformat(), "by": by.name, "fields": fields},
        draft_by=by,
        reviewed_by=None,
        reviewed_at=None,
    )


@transaction.atomic
def exempt_unit(
    campaign: Campaign,
    unit: Unit,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str,
    by: User,
) -> Exemption:
    """免报 from a day to a day; expected reports not yet filed in that span are exempt at once."""
    exemption = Exemption(
        campaign=campaign,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        approved_by=by,
    )
    exemption.full_clean()
    exemption.save(force_insert=True)
    DailyReport.objects.filter(
        campaign=campaign,
        unit=unit,
        on__range=(starts_on, ends_on),
        state__in=[ReportState.MISSING, ReportState.DRAFT],
        frozen_at=None,
    ).update(state=ReportState.EXEMPT)
    return exemption


@transaction.atomic
def note_contact(
    report: DailyReport,
    *,
    note: str,
    by: User,
    now: dt.datetime,
    method: ContactMethod = ContactMethod.PHONE,
    is_outage: bool = False,
) -> ContactNote:
    """已联系: who spoke to the unit about the report it owes, when, and what was said."""
    contact = ContactNote(
        report=report, method=method, note=note, is_outage=is_outage, at=now, by=by
    )
    contact.full_clean()
    contact.save(force_insert=True)
    return contact


def _move(report: DailyReport, step: str, states: Collection[ReportState], **changes: Any) -> None:
    """One conditional UPDATE out of `states`; raises when the report stands elsewhere."""
    moved = DailyReport.objects.filter(
        pk=report.pk, version=report.version, state__in=states
    ).update(**changes)
    if not moved:
        raise _not_open(report, step)
    report.refresh_from_db()


def _not_open(report: DailyReport, step: str) -> WrongStateError:
    report.refresh_from_db()
    if report.state in OWED:
        return WrongStateError(f"本日报现为“{report.get_state_display()}”，不能{step}。")
    return WrongStateError(f"本日报已由他人处理，现为“{report.get_state_display()}”，不能{step}。")
