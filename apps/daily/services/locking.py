"""Locking a day (数据锁定), the provisional figures before it, and the way back."""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from apps.accounts.models import User
from apps.campaigns.enums import DEFAULT_HOURS, Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.dates import to_local
from apps.figures.enums import Stage
from apps.figures.models import Snapshot
from apps.figures.services.corrections import carry_corrections

from ..enums import COUNTED, ActKind, ActState, ReportState
from ..errors import DayLockedError, DayRefusedError, UnlockRefusedError
from ..models import DailyReport, RoundAct
from .drawing import draw_figures
from .rounds import refuse_foreign_day

# The clock locks at the hour of the act itself; a minute's delay of the job is not lateness.
LOCK_SLACK = dt.timedelta(minutes=10)

# Takes no row when a lock stands or the day's 统计时点 is still ahead; why, is asked only then.
TAKE_SNAPSHOT = """
INSERT INTO figures_snapshot (campaign_id, "on", stage, as_of, taken_at, taken_by_id,
                              withdrawn_reason)
SELECT %(campaign)s, %(on)s, %(stage)s, cut.at, %(now)s, %(by)s, ''
  FROM (SELECT (%(on)s::date + COALESCE(
            (SELECT h.at FROM campaigns_policyhour h
              WHERE h.campaign_id = %(campaign)s AND h.hour = %(cut)s), %(cut_default)s::time
        )) AT TIME ZONE 'Asia/Shanghai' AS at) cut
 WHERE cut.at <= %(now)s
    ON CONFLICT DO NOTHING
RETURNING id, as_of, EXISTS (
    SELECT FROM figures_snapshot s
     WHERE s.campaign_id = %(campaign)s AND s."on" = %(on)s AND s.stage = %(stage)s
       AND s.withdrawn_at IS NOT NULL)
"""

# Freezing comes before drawing: it waits for submissions that are under way and shuts out later
# ones, so what is drawn is what stays. The act of the day is settled with what was frozen.
FREEZE_REPORTS = """
WITH frozen AS (
    UPDATE daily_dailyreport SET frozen_at = %(now)s
     WHERE campaign_id = %(campaign)s AND "on" = %(on)s AND frozen_at IS NULL
    RETURNING state
)
UPDATE daily_roundact a
   SET state = CASE WHEN a.due_at >= %(in_time)s THEN %(done)s ELSE %(done_late)s END,
       done_at = %(now)s,
       evidence = jsonb_build_object(
           'snapshot', %(snapshot)s::bigint,
           'reported', (SELECT COUNT(*) FROM frozen WHERE state = ANY(%(counted)s)),
           'asked', (SELECT COUNT(*) FROM frozen WHERE state <> %(exempt)s))
  FROM daily_dailyround r
 WHERE r.id = a.round_id AND r.campaign_id = %(campaign)s AND r."on" = %(on)s
   AND a.kind = %(summary)s AND a.state = %(pending)s
"""


@transaction.atomic
def lock_day(
    campaign: Campaign, *, on: dt.date, now: dt.datetime, by: User | None = None
) -> Snapshot:
    """Freeze the day's reports and figures (核定数) and settle the day's summary.

    `by` None is the clock. Four statements and one per desk, whatever the number of units; one
    more when the day was unlocked before, so that accepted corrections come along. Raises
    DayLockedError when it is locked, DayRefusedError outside the campaign or before 统计时点.
    """
    refuse_foreign_day(campaign, on=on)
    snapshot, was_unlocked = _take_snapshot(campaign, Stage.LOCKED, on=on, now=now, by=by)
    _freeze_reports(snapshot, now=now)
    draw_figures(campaign, on=on, snapshot=snapshot.pk)
    if was_unlocked:
        carry_corrections(snapshot)
    return snapshot


@transaction.atomic
def take_flash_figures(
    campaign: Campaign, *, on: dt.date, now: dt.datetime, by: User | None = None
) -> Snapshot:
    """Draw provisional figures (快报数) of `on`; the former ones step back.

    Raises DayLockedError once the day is locked, DayRefusedError outside the campaign or before 统计时点.
    """
    refuse_foreign_day(campaign, on=on)
    if Snapshot.objects.locked().filter(campaign=campaign, on=on).exists():
        raise DayLockedError(f"{on.month}月{on.day}日数据已锁定，快报数不再更新。")
    former = Snapshot.objects.standing().filter(campaign=campaign, on=on, stage=Stage.FLASH)
    former.update(withdrawn_at=now)
    snapshot, _ = _take_snapshot(campaign, Stage.FLASH, on=on, now=now, by=by)
    draw_figures(campaign, on=on, snapshot=snapshot.pk)
    return snapshot


@transaction.atomic
def unlock_day(
    snapshot: Snapshot, *, by: User, consented_by: User, reason: str, now: dt.datetime
) -> None:
    """Take a lock back: its figures stay where they were, the day's reports open again.

    Raises UnlockRefusedError without a reason or the consent of a leader, or if it was unlocked before.
    """
    reason = reason.strip()
    if not reason:
        raise UnlockRefusedError("请填写解锁原因。", field="reason")
    if not consented_by.has_perm("figures.consent_unlock"):
        raise UnlockRefusedError(
            "解锁须经工委领导同意，请选择同意解锁的领导。", field="consented_by"
        )
    taken_back = (
        Snapshot.objects.locked()
        .filter(pk=snapshot.pk)
        .update(
            withdrawn_at=now, withdrawn_by=by, consented_by=consented_by, withdrawn_reason=reason
        )
    )
    if not taken_back:
        raise UnlockRefusedError("该日数据未锁定或已解锁。")
    _thaw_reports(snapshot)


def _take_snapshot(
    campaign: Campaign, stage: Stage, *, on: dt.date, now: dt.datetime, by: User | None
) -> tuple[Snapshot, bool]:
    """The new snapshot, and whether one of its stage was withdrawn before."""
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_SNAPSHOT,
            {
                "campaign": campaign.pk,
                "on": on,
                "stage": stage.value,
                "now": now,
                "by": None if by is None else by.pk,
                "cut": Hour.DATA_CUT.value,
                "cut_default": DEFAULT_HOURS[Hour.DATA_CUT].isoformat(),
            },
        )
        row = cursor.fetchone()
    if row is None:
        _refuse(campaign, on=on, now=now)
    pk, as_of, was_withdrawn = row
    snapshot = Snapshot(
        pk=pk, campaign=campaign, on=on, stage=stage, as_of=as_of, taken_at=now, taken_by=by
    )
    snapshot._state.adding = False
    snapshot._state.db = connection.alias
    return snapshot, was_withdrawn


def _refuse(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> None:
    cut = Timetable(campaign).moment(Hour.DATA_CUT, on=on)
    day = f"{on.month}月{on.day}日"
    if now < cut:
        raise DayRefusedError(f"{day}数据统计至{cut:%H:%M}，此前不能锁定。")
    standing = Snapshot.objects.locked().filter(campaign=campaign, on=on).first()
    when = f"已于{to_local(standing.taken_at):%H:%M}锁定" if standing else "正在锁定"
    raise DayLockedError(f"{day}数据{when}，请刷新页面。")


def _freeze_reports(snapshot: Snapshot, *, now: dt.datetime) -> None:
    parameters: dict[str, Any] = {
        "campaign": snapshot.campaign_id,
        "on": snapshot.on,
        "snapshot": snapshot.pk,
        "now": now,
        "in_time": now - LOCK_SLACK,
        "counted": sorted(COUNTED),
        "exempt": ReportState.EXEMPT.value,
        "summary": ActKind.SUMMARY.value,
        "pending": ActState.PENDING.value,
        "done": ActState.DONE.value,
        "done_late": ActState.DONE_LATE.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(FREEZE_REPORTS, parameters)


def _thaw_reports(snapshot: Snapshot) -> None:
    """Reports may be filed again; what came in after the lock is now simply filed."""
    reports = DailyReport.objects.filter(campaign=snapshot.campaign_id, on=snapshot.on)
    reports.filter(state=ReportState.LATE).update(state=ReportState.FILED)
    reports.update(frozen_at=None)
    RoundAct.objects.filter(
        round__campaign=snapshot.campaign_id,
        round__on=snapshot.on,
        kind=ActKind.SUMMARY,
        evidence__snapshot=snapshot.pk,
    ).update(state=ActState.PENDING, done_at=None)
