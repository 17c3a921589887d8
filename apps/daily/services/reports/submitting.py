"""提交: one conditional UPDATE, then an immutable revision. A second press changes nothing."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.errors import Difference
from apps.core.formats import moment
from apps.figures.models import Indicator

from ...enums import COUNTED, FILEABLE, FILEABLE_AFTER_LOCK, ReportSource, ReportState
from ...models import DailyReport, ReportRevision, ReportValue
from ...selectors.sheets import Line, report_lines
from . import telling
from .completing import complete, contradicted_zero
from .corrections import is_in_the_lock, propose_corrections
from .drafts import refuse_unseen_draft
from .filing import Entry, Filing, Origin
from .opening import check_day
from .refusals import AlreadyFiledError, IncompleteReportError, NotAskedError, StaleReportError


@transaction.atomic
def submit_report(
    report: DailyReport, filing: Filing, *, by: User, now: dt.datetime
) -> ReportRevision:
    """File `report` for its own unit; the revision that now stands.

    Goes to the unit's reviewer, unless `by` is the reviewer or the reviewer is away (先报后审).
    After the lock it proposes corrections, and is 补报 unless the lock has the unit already. The
    same `submission` again answers with the revision it made. Raises StaleReportError with both
    values when another version stands.
    """
    return _file(report, filing, origin=None, by=by, now=now)


@transaction.atomic
def enter_for_unit(
    report: DailyReport, filing: Filing, *, origin: Origin, by: User, now: dt.datetime
) -> ReportRevision:
    """代录: file what a unit told us by phone, WeChat or fax. It stands as 已报 at once."""
    if origin.at > now:
        raise IncompleteReportError("来电（来件）时间不能晚于现在。", field="source_at")
    return _file(report, filing, origin=origin, by=by, now=now)


def _file(
    report: DailyReport, filing: Filing, *, origin: Origin | None, by: User, now: dt.datetime
) -> ReportRevision:
    done = _already(report, filing)
    if done is not None:
        return done
    check_day(report.campaign, on=report.on, now=now)
    lines = report_lines(report)
    entries, problems = complete(filing, lines)
    if problems:
        raise IncompleteReportError.of(problems | _unexplained(report, filing))
    refuse_unseen_draft(report, filing, lines, by=by)
    if not _take(report, filing, state=_next_state(filing, origin, by, report), by=by, now=now):
        # whoever came first has committed by now: perhaps it was this very form, pressed twice
        done = _already(report, filing)
        if done is not None:
            return done
        raise _stale(report, entries, lines)
    report.refresh_from_db()
    if unexplained := _unexplained(report, filing):
        raise IncompleteReportError.of(unexplained)
    revision = _store(report, filing, entries, lines, origin=origin, by=by, now=now)
    if report.frozen_at:
        propose_corrections(report, reason=filing.explanation, by=by, now=now)
    telling.tell_received(revision)
    return revision


def _unexplained(report: DailyReport, filing: Filing) -> dict[str, str]:
    if not report.frozen_at or filing.explanation:
        return {}
    return {"explanation": "当日数据已锁定，补报须填写说明，列入更正。"}


def _already(report: DailyReport, filing: Filing) -> ReportRevision | None:
    return ReportRevision.objects.filter(report=report, submission=filing.submission).first()


def _next_state(
    filing: Filing, origin: Origin | None, by: User, report: DailyReport
) -> ReportState:
    if origin or filing.before_review or by.has_perm("daily.approve_own_report", report):
        return ReportState.FILED
    return ReportState.UNIT_REVIEW


def _take(
    report: DailyReport, filing: Filing, *, state: ReportState, by: User, now: dt.datetime
) -> bool:
    """Move the report on from the version the form was drawn from; False when it has moved."""
    is_reviewer = by.has_perm("daily.approve_own_report", report)
    rows = DailyReport.objects.filter(pk=report.pk, version=filing.version)
    changes = {
        "version": F("version") + 1,
        "draft": None,
        "draft_by": None,
        "return_reason": "",
        "return_due_at": None,
        "first_filed_at": Coalesce("first_filed_at", now),
        "reviewed_by": by if is_reviewer else None,
        "reviewed_at": now if is_reviewer else None,
    }
    return bool(
        rows.filter(state__in=FILEABLE, frozen_at=None).update(state=state, **changes)
        or rows.filter(state__in=FILEABLE_AFTER_LOCK, frozen_at__isnull=False).update(
            state=Case(
                When(is_in_the_lock(), then=Value(ReportState.FILED)),
                default=Value(ReportState.LATE),
            ),
            **changes,
        )
    )


def _stale(
    report: DailyReport, entries: dict[str, Entry], lines: list[Line]
) -> StaleReportError | AlreadyFiledError | NotAskedError:
    report.refresh_from_db()
    if report.state == ReportState.EXEMPT:
        return NotAskedError("该单位当日已批准免报，无需报送。")
    standing = current_values(report)
    differences = [
        Difference(line.name, entries[line.code].value, standing.get(line.code))
        for line in lines
        if line.is_typed and entries[line.code].value != standing.get(line.code)
    ]
    if report.state in COUNTED:
        return AlreadyFiledError(
            f"本日报已是“{report.get_state_display()}”（{_filed_by(report)}）。截报前可先撤回修改；"
            "截报后请联系联络服务小组退回核改，锁定后可补报。",
            differences=differences,
        )
    return StaleReportError(
        f"{_filed_by(report)}已先报送。您填写的内容仍在，核对后可再次提交。",
        differences=differences,
    )


def _filed_by(report: DailyReport) -> str:
    """赵刚 8月5日 16:20代录: who filed what stands, and when."""
    filed = report.current
    if filed is None or filed.by is None:
        return "其他人"
    proxy = "" if filed.source == ReportSource.UNIT else "代录"
    return f"{filed.by.name} {moment(filed.at)}{proxy}"


def current_values(report: DailyReport) -> dict[str, Decimal | None]:
    """What stands, by indicator code."""
    rows = ReportValue.objects.filter(revision=report.current_id)
    return dict(rows.values_list("indicator__code", "value"))


def _store(
    report: DailyReport,
    filing: Filing,
    entries: dict[str, Entry],
    lines: list[Line],
    *,
    origin: Origin | None,
    by: User,
    now: dt.datetime,
) -> ReportRevision:
    number = report.revisions.count() + 1
    revision = ReportRevision(
        report=report,
        number=number,
        submission=filing.submission,
        receipt=receipt_number(report, number),
        source=origin.source if origin else ReportSource.UNIT,
        source_name=origin.name if origin else "",
        source_at=origin.at if origin else None,
        by=by,
        at=now,
        opened_at=filing.opened_at,
        is_late=now > report.due_at,
        is_after_lock=report.frozen_at is not None,
        is_zero=filing.is_zero,
        zero_reason=filing.zero_reason if contradicted_zero(filing, lines) else "",
        is_calm=filing.is_calm,
        leader_on_duty=filing.leader_on_duty,
        night_phone=filing.night_phone,
        needs=filing.needs,
    )
    revision.full_clean(exclude=["report", "by"], validate_unique=False)
    revision.save(force_insert=True)
    asked: dict[str, Indicator] = {line.code: line.indicator for line in lines}
    ReportValue.objects.bulk_create(
        ReportValue(
            revision=revision,
            indicator=asked[code],
            value=entry.value,
            qualifier=entry.qualifier,
            is_carried=entry.is_carried,
            doubt_reason=entry.doubt_reason,
        )
        for code, entry in entries.items()
    )
    report.current = revision
    report.save(update_fields=["current"])
    return revision


def receipt_number(report: DailyReport, number: int) -> str:
    """编号, as read out on the phone: 20210805-FLOOD-012-1. Unique over campaigns of one kind."""
    campaign = report.campaign
    label = "DRILL" if campaign.is_drill else campaign.kind.upper()
    namesakes = Campaign.objects.filter(
        Q(is_drill=True) if campaign.is_drill else Q(is_drill=False, kind=campaign.kind)
    ).exclude(pk=campaign.pk)
    if namesakes.running(report.on).exists():
        label = f"{label}{campaign.pk}"
    return f"{report.on:%Y%m%d}-{label}-{report.unit.code}-{number}"
