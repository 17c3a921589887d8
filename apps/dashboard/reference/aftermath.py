"""What comes after the lock of each day: settled acts, 补报, corrections, returns upward."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.db import connection

from apps.campaigns.enums import DEFAULT_HOURS, CampaignKind, Hour
from apps.campaigns.models import Campaign
from apps.core.dates import moment_on
from apps.daily.enums import ReportSource, ReportState
from apps.daily.models import DailyReport, DailyRound, Judgment, UpwardReturn
from apps.daily.selectors.days import day_figures
from apps.daily.selectors.findings import day_findings
from apps.daily.services import lock_day
from apps.daily.services.acts import settle_acts
from apps.daily.services.nights import closing_of
from apps.deployments.enums import NeedState
from apps.deployments.models import Need
from apps.figures.enums import CorrectionState, ScopeKind
from apps.figures.models import Correction, Figure

from .copying import Copier, Row
from .progress import Progress
from .reports import Book, LateFiling, copy_revisions
from .signing import sign_and_tell
from .world import World

RECEIVERS = ("省委办公厅值班室", "省委组织部")
HEADQUARTERS = {
    CampaignKind.FLOOD: "省防汛抗旱指挥部办公室",
    CampaignKind.EPIDEMIC: "省疫情防控指挥部办公室",
}
ON_DUTY = {CampaignKind.FLOOD: "F01", CampaignKind.EPIDEMIC: "E01"}
LATE_REASONS = ("锁定后补报", "补报当日数据", "停电断网，次日补报")
MISCOUNT_REASONS = ("漏计夜班", "两个社区合并填报，已分开", "折算系数有误，已更正")
MISCOUNTED = {
    CampaignKind.FLOOD: ("F03", "F10", "F11"),
    CampaignKind.EPIDEMIC: ("E07", "E09", "E10"),
}
WAITING = 9
"""Corrections of the drill that nobody has reviewed yet."""
# A day's work of the lock in the progress bar, in rows.
LOCK_WEIGHT = 1500


def lock_past_days(
    world: World, copier: Copier, late: list[LateFiling], progress: Progress
) -> None:
    """Lock every day before today by the portal's own service, then add what followed.

    In order of days: a day's figures are compared with the day before.
    """
    campaigns = {campaign.pk: campaign for campaign in Campaign.objects.all()}
    for plan in world.campaigns:
        past = [day for day in plan.days if day < world.today]
        for day in past:
            has_night = day in past[-world.scale.nights :]
            _end_day(campaigns[plan.id], day, has_night=has_night)
            progress.advance(f"锁定 {plan.code} {day}", LOCK_WEIGHT)
    _file_late(world, copier, late)
    _correct(world, copier)
    _report_upward(world, copier)
    sign_and_tell(world, progress)
    unmet = Need.objects.filter(campaign__is_drill=False, state=NeedState.OPEN)
    unmet.update(state=NeedState.CLOSED)


def _end_day(campaign: Campaign, day: dt.date, *, has_night: bool) -> None:
    """Lock and settle the acts; the nights of the last days draw all together."""
    lock_day(campaign, on=day, now=_hour(Hour.LOCK, day))
    if has_night:
        findings = day_findings(day_figures(campaign, on=day, user=None))
        Judgment.objects.filter(round__campaign=campaign, round__on=day).update(
            findings=[finding.stored() for finding in findings]
        )
    round_ = DailyRound.objects.get(campaign=campaign, on=day)
    # The talk is settled when its last answer is in, some minutes after it ended.
    settle_acts(round_, now=moment_on(day, dt.time(15, 52)))
    if has_night:
        round_.drawn_at, round_.closing = _hour(Hour.NIGHT, day), closing_of(campaign, on=day)
        round_.save(update_fields=["drawn_at", "closing"])


def _hour(hour: Hour, day: dt.date) -> dt.datetime:
    return moment_on(day, DEFAULT_HOURS[hour])


def _file_late(world: World, copier: Copier, late: list[LateFiling]) -> None:
    book = Book(world)
    rng = world.chance("late filings")
    changed: list[DailyReport] = []
    for filing in late:
        owed = filing.owed
        at = _hour(Hour.LOCK, owed.day) + dt.timedelta(minutes=rng.randint(6, 700))
        revision = book.add_revision(
            rng,
            owed,
            filing.values,
            number=1,
            at=at,
            source=ReportSource.PHONE if rng.random() < 0.2 else ReportSource.UNIT,
            is_after_lock=True,
        )
        changed.append(
            DailyReport(
                pk=owed.key,
                state=ReportState.LATE,
                version=1,
                current_id=revision,
                first_filed_at=at,
                draft=None,
            )
        )
    copy_revisions(copier, book)
    DailyReport.objects.bulk_update(
        changed, ["state", "version", "current", "first_filed_at", "draft"], batch_size=500
    )


# Each cell of a late report against the locked leaf of its unit.
LATE_CELLS = """
SELECT f.id, f.value, v.value, r.unit_id, n.at, c.is_drill
  FROM daily_dailyreport r
  JOIN campaigns_campaign c ON c.id = r.campaign_id
  JOIN daily_reportrevision n ON n.id = r.current_id
  JOIN daily_reportvalue v ON v.revision_id = n.id
  JOIN figures_snapshot s
    ON s.campaign_id = r.campaign_id AND s."on" = r."on" AND s.stage = 'locked'
  JOIN figures_figure f
    ON f.snapshot_id = s.id AND f.scope = 'unit' AND f.unit_id = r.unit_id
   AND f.indicator_id = v.indicator_id
 WHERE r.state = 'late' AND f.value IS DISTINCT FROM v.value
 ORDER BY r.id, v.id
"""


def _correct(world: World, copier: Copier) -> None:
    """The campaigns that are over are all reviewed; of the drill the latest few wait."""
    rng = world.chance("corrections")
    changes = [*_late_changes(rng), *_miscounts(world, rng)]
    latest = sorted((change for change in changes if change.is_drill), key=lambda one: one.at)
    waiting = set(latest[-WAITING:])
    copier.load(
        Correction,
        "id figure old new reason state proposed_by proposed_at reviewed_by reviewed_at",
        [_correction(world, rng, one, is_waiting=one in waiting) for one in changes],
    )


@dataclass(frozen=True)
class Change:
    """A leaf and what its unit says it should have been."""

    figure: int
    old: Decimal | None
    new: Decimal | None
    unit: int
    at: dt.datetime
    reason: str
    is_drill: bool


def _late_changes(rng: Random) -> Iterator[Change]:
    """Every value that came late was proposed; most were accepted the next morning."""
    with connection.cursor() as cursor:
        cursor.execute(LATE_CELLS)
        cells = cursor.fetchall()
    for figure, old, new, unit, at, is_drill in cells:
        yield Change(figure, old, new, unit, at, rng.choice(LATE_REASONS), is_drill)


def _miscounts(world: World, rng: Random) -> Iterator[Change]:
    """Units that found a mistake of their own a day or two later."""
    for plan in world.campaigns:
        codes = MISCOUNTED[plan.kind]
        leaves = Figure.objects.leaves().filter(
            snapshot__campaign=plan.id,
            snapshot__on__lt=world.today - dt.timedelta(days=2),
            indicator__code__in=codes,
            value__gte=10,
        )
        found = list(
            leaves.order_by("snapshot__on", "unit", "indicator").values_list(
                "id", "value", "unit", "snapshot__on"
            )
        )
        for figure, value, unit, day in rng.sample(found, min(len(found), max(2, plan.scale.days))):
            old = value or Decimal(0)
            new = old + rng.randint(1, 6)
            at = _hour(Hour.OPENING, day) + dt.timedelta(hours=rng.randint(33, 40))
            reason = rng.choice(MISCOUNT_REASONS)
            yield Change(figure, old, new, unit, at, reason, plan.is_drill)


def _correction(world: World, rng: Random, change: Change, *, is_waiting: bool) -> Row:
    """Whoever reads the corrections has done so by seven this morning."""
    state = CorrectionState.DECLINED if rng.random() > 0.96 else CorrectionState.ACCEPTED
    reviewed_at = change.at + dt.timedelta(minutes=rng.randint(20, 600))
    reviewed_at = min(reviewed_at, moment_on(world.today, dt.time(7)))
    if is_waiting:
        state = CorrectionState.PROPOSED
    is_reviewed = not is_waiting
    unit = world.units[change.unit - 1]
    return (
        world.next_id("correction"), change.figure, change.old, change.new, change.reason, state,
        world.users[f"unit{unit.code}"], change.at,
        world.users["staff"] if is_reviewed else None,
        reviewed_at if is_reviewed else None,
    )  # fmt: skip


def _report_upward(world: World, copier: Copier) -> None:
    copier.load(
        UpwardReturn,
        "id campaign on receiver as_of at indicator value snapshot explanation by",
        list(_returns(world)),
    )


def _returns(world: World) -> Iterator[Row]:
    """The locked total to each receiver; now and then one was told earlier, and says why."""
    plans = {plan.id: plan for plan in world.campaigns}
    totals = Figure.objects.filter(
        scope=ScopeKind.TOTAL, indicator__code__in=ON_DUTY.values(), value__isnull=False
    ).order_by("snapshot__campaign", "snapshot__on")
    rng = world.chance("upward")
    for campaign, day, snapshot, as_of, indicator, total in totals.values_list(
        "snapshot__campaign", "snapshot__on", "snapshot", "snapshot__as_of", "indicator", "value"
    ):
        value = total or Decimal(0)
        receivers = (*RECEIVERS, HEADQUARTERS[plans[campaign].kind])
        is_early = rng.random() < 0.06
        for number, receiver in enumerate(receivers):
            early = is_early and number == 0
            at = _hour(Hour.UPWARD, day) + dt.timedelta(minutes=rng.randint(3, 15))
            at -= dt.timedelta(minutes=75 if early else 0)
            told = value - rng.randint(3, 40) if early and value > 50 else value
            why = "应值班室要求先报快报数，锁定后已更新" if told != value else ""
            by = world.users["duty"]
            key = world.next_id("upward")
            yield key, campaign, day, receiver, as_of, at, indicator, told, snapshot, why, by
