"""What becomes of a unit's report on a day: in time, late, returned, missing, excused."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from apps.core.dates import moment_on
from apps.daily.enums import ReportSource, ReportState

from .campaigns import activated_on
from .copying import Row
from .world import CampaignPlan, UnitPlan, World

OUTAGE_DAYS = 4
NOTES = (
    "已电话联系，称正在汇总，稍后报送",
    "联络员出差，已请专职副书记安排",
    "称停电断网，答应电话报送",
    "电话无人接听，已发信息",
)
EXEMPT_FOR = ("放假离校，无下沉安排", "搬迁停电，经同意免报", "全员执行专项勤务，由主管部门报送")


@dataclass(frozen=True)
class Fate:
    state: ReportState
    filed_at: dt.datetime | None = None
    was_returned: bool = False
    files_after_lock: bool = False
    source: ReportSource = ReportSource.UNIT
    note: str = ""


@dataclass
class Exemptions:
    rows: list[Row] = field(default_factory=list)
    days: set[tuple[int, int, dt.date]] = field(default_factory=set)


# The first demo accounts have their report of today before them.
OWING_TODAY = {1: Fate(ReportState.MISSING), 2: Fate(ReportState.DRAFT)}


def exemptions(world: World) -> Exemptions:
    """A few units of each campaign need not report for some days."""
    found = Exemptions()
    for plan in world.campaigns:
        rng = world.chance(plan.code + " exemptions")
        for unit in rng.sample(world.units[2:], max(2, len(world.units) // 30)):
            length = rng.randint(2, 3 if plan.is_drill else 9)
            first = rng.randint(1, max(1, plan.scale.days - length))
            starts_on = plan.starts_on + dt.timedelta(days=first)
            days = [starts_on + dt.timedelta(days=n) for n in range(length)]
            found.days.update((plan.id, unit.id, day) for day in days)
            key = world.next_id("exemption")
            by = world.users["leader"]
            reason = rng.choice(EXEMPT_FOR)
            found.rows.append((key, plan.id, unit.id, days[0], days[-1], reason, by))
    return found


def draw(
    world: World,
    plan: CampaignPlan,
    unit: UnitPlan,
    day: dt.date,
    exempt: Exemptions,
    rng: Random,
) -> Fate | None:
    """None before the unit took part."""
    if day < activated_on(world, plan, unit.id):
        return None
    if (plan.id, unit.id, day) in exempt.days:
        return Fate(ReportState.EXEMPT)
    if day == world.today:
        return OWING_TODAY.get(unit.id) or _half_a_day(day, rng)
    is_outage = not plan.is_drill and (day - plan.starts_on).days < OUTAGE_DAYS
    return _whole_day(day, rng, is_outage=is_outage, is_drill=plan.is_drill)


def _whole_day(day: dt.date, rng: Random, *, is_outage: bool, is_drill: bool) -> Fate:
    """As it stands at the lock. In the first days, without power, more is phoned in or missing.

    The groups of the drill have looked at every report of the days behind.
    """
    dice = rng.random()
    missing = 0.07 if is_outage else 0.022
    if dice < missing:
        follows = rng.random() < 0.7
        note = rng.choice(NOTES) if rng.random() < 0.8 else ""
        return Fate(ReportState.MISSING, files_after_lock=follows, note=note)
    if dice < missing + 0.004:
        return Fate(ReportState.DRAFT, files_after_lock=True, note=rng.choice(NOTES))
    filed_at, note = _filing_time(day, rng)
    if dice < missing + 0.007:
        return Fate(ReportState.UNIT_REVIEW, filed_at)
    is_proxy = rng.random() < (0.22 if is_outage else 0.03)
    source = (
        rng.choice((ReportSource.PHONE, ReportSource.WECHAT)) if is_proxy else ReportSource.UNIT
    )
    returned = rng.random() < 0.04
    is_accepted = rng.random() < 0.88 or is_drill
    state = ReportState.ACCEPTED if is_accepted else ReportState.FILED
    return Fate(state, filed_at, was_returned=returned, source=source, note=note)


def _filing_time(day: dt.date, rng: Random) -> tuple[dt.datetime, str]:
    if rng.random() < 0.09:
        minutes = rng.randint(2, 105)
        at = moment_on(day, dt.time(17)) + dt.timedelta(minutes=minutes)
        return at, rng.choice(NOTES) if minutes > 30 else ""
    minutes = int(rng.triangular(0, 178, 150))
    return moment_on(day, dt.time(14)) + dt.timedelta(minutes=minutes), ""


def _half_a_day(day: dt.date, rng: Random) -> Fate:
    """Today, in the drill: some have filed this morning, some have begun, most still owe."""
    at = moment_on(day, dt.time(7)) + dt.timedelta(minutes=rng.randint(0, 110))
    dice = rng.random()
    if dice < 0.34:
        return Fate(ReportState.ACCEPTED, at)
    if dice < 0.52:
        return Fate(ReportState.FILED, at)
    if dice < 0.60:
        return Fate(ReportState.UNIT_REVIEW, at)
    if dice < 0.64:
        return Fate(ReportState.RETURNED, at, was_returned=True)
    if dice < 0.74:
        return Fate(ReportState.DRAFT)
    return Fate(ReportState.MISSING, note=rng.choice(NOTES) if rng.random() < 0.15 else "")
