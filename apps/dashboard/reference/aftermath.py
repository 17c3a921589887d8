"""What comes after the lock of each day: settled acts, 补报, corrections, returns upward."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from django.db import connection

from apps.campaigns.enums import DEFAULT_HOURS, CampaignKind, Hour
from apps.campaigns.models import Campaign
from apps.core.dates import moment_on
from apps.daily.enums import ReportSource, ReportState
from apps.daily.models import DailyReport, DailyRound, UpwardReturn
from apps.daily.services import lock_day
from apps.daily.services.acts import settle_acts
from apps.deployments.enums import NeedState
from apps.deployments.models import Need
from apps.figures.enums import CorrectionState, ScopeKind
from apps.figures.models import Correction, Figure

from .copying import Copier, Row
from .progress import Progress
from .reports import Book, LateFiling, copy_revisions
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
        for day in plan.days:
            if day < world.today:
                lock_day(campaigns[plan.id], on=day, now=_hour(Hour.LOCK, day))
                progress.advance(f"锁定 {plan.code} {day}", LOCK_WEIGHT)
    _settle(world)
    _file_late(world, copier, late)
    _correct(world, copier)
    _report_upward(world, copier)
    Need.objects.filter(campaign__is_drill=False, state=NeedState.OPEN).update(
        state=NeedState.CLOSED
    )


def _hour(hour: Hour, day: dt.date) -> dt.datetime:
    return moment_on(day, DEFAULT_HOURS[hour])


def _settle(world: World) -> None:
    """The talk is settled when its last answer is in, some minutes after it ended."""
    rounds = DailyRound.objects.select_related("campaign").filter(on__lt=world.today)
    for round_ in rounds.order_by("id"):
        settle_acts(round_, now=moment_on(round_.on, dt.time(15, 52)))


def _file_late(world: World, copier: Copier, late: list[LateFiling]) -> None:
    book = Book(world)
    rng = world.chance("late filings")
    changed: list[DailyReport] = []
    for filing in late:
        owed = filing.owed
        at = _hour(Hour.LOCK, owed.day) + dt.timedelta(minutes=rng.randint(6, 900))
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
SELECT f.id, f.value, v.value, r.unit_id, n.at
  FROM daily_dailyreport r
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
    rng = world.chance("corrections")
    copier.load(
        Correction,
        "id figure old new reason state proposed_by proposed_at reviewed_by reviewed_at",
        [*_late_corrections(world, rng), *_miscounts(world, rng)],
    )


def _late_corrections(world: World, rng: Random) -> Iterator[Row]:
    """Every value that came late was proposed; most were accepted the next morning."""
    with connection.cursor() as cursor:
        cursor.execute(LATE_CELLS)
        cells = cursor.fetchall()
    for figure, old, new, unit, at in cells:
        yield _correction(world, rng, figure, old, new, unit, at, rng.choice(LATE_REASONS))


def _miscounts(world: World, rng: Random) -> Iterator[Row]:
    """Units that found a mistake of their own a day or two later."""
    for plan in world.campaigns:
        codes = MISCOUNTED[plan.kind]
        leaves = Figure.objects.leaves().filter(
            snapshot__campaign=plan.id, indicator__code__in=codes, value__gte=10
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
            yield _correction(world, rng, figure, old, new, unit, at, rng.choice(MISCOUNT_REASONS))


def _correction(
    world: World,
    rng: Random,
    figure: int,
    old: Decimal | None,
    new: Decimal | None,
    unit: int,
    at: dt.datetime,
    reason: str,
) -> Row:
    dice = rng.random()
    state = CorrectionState.ACCEPTED if dice < 0.9 else CorrectionState.PROPOSED
    state = CorrectionState.DECLINED if dice > 0.96 else state
    is_reviewed = state != CorrectionState.PROPOSED
    reviewed_at = at + dt.timedelta(minutes=rng.randint(20, 600)) if is_reviewed else None
    return (
        world.next_id("correction"), figure, old, new, reason, state,
        world.users[f"unit{world.units[unit - 1].code}"], at,
        world.users["staff"] if is_reviewed else None, reviewed_at,
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
