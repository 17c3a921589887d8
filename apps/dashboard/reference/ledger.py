"""The ledger of who is where, written from the plan; what was done each day is kept for reports."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from apps.core.dates import moment_on
from apps.deployments.enums import DeploymentState, DutyNature, NeedState
from apps.deployments.models import Assignment, Deployment, DeploymentDay, Need, Team
from apps.units.enums import FunctionLine

from .copying import Copier, Row
from .world import CampaignPlan, Post, Want, Work, World

DAY = dt.timedelta(days=1)
OATH_LINES = {FunctionLine.POLICE, FunctionLine.WATER, FunctionLine.CUSTOMS}
# Those whose own duty this is, told apart from being sent.
OWN_DUTY = {
    "road-clearing": {FunctionLine.TRANSPORT},
    "drainage": {FunctionLine.WATER},
    "checkpoint": {FunctionLine.POLICE},
    "testing": {FunctionLine.HEALTH},
}
# Output of one person a day, and the decimals its measure is counted in.
OUTPUT = {
    "road-clearing": (0.3, 0.9, 0),
    "drainage": (1.5, 5.0, 1),
    "refuse": (0.2, 0.7, 1),
    "carrying": (8, 30, 0),
    "checkpoint": (1, 1, 0),
    "testing": (1, 1, 0),
    "disinfection": (60, 220, 0),
    "delivery": (2, 6, 0),
}
# Each person's hours of a day; by number, so that no chance moves.
HOURS = (8, 10, 12)


def write_ledger(world: World, copier: Copier) -> None:
    # Needs first: they name their number, which the deployments carry.
    copier.load(
        Need,
        "id campaign community task_type heads starts_on ends_on raised_at settled_at state note",
        (row for plan in world.campaigns for row in _needs(world, plan)),
    )
    copier.load(
        Team,
        "id campaign unit name captain formed_on oath_on temporary_branch",
        (row for plan in world.campaigns for row in _teams(world, plan)),
    )
    copier.load(
        Deployment,
        "id campaign unit team community task_type need leader nature starts_on ends_on shift "
        "has_night_shift rotation_days state is_local is_drill",
        (row for plan in world.campaigns for row in _deployments(world, plan)),
    )
    copier.load(
        Assignment,
        "id deployment member unit starts_on ends_on is_drill",
        (row for plan in world.campaigns for row in _assignments(world, plan)),
    )
    copier.load(
        DeploymentDay,
        "id deployment on expected present night hours output note recorded_at",
        (row for plan in world.campaigns for row in _days(world, plan)),
    )


def _raised_at(rng: Random, day: dt.date, today: dt.date) -> dt.datetime:
    hours = (dt.time(8), dt.time(8, 25)) if day == today else (dt.time(10), dt.time(15, 30))
    return moment_on(day, rng.choice(hours))


def _settled_at(world: World, day: dt.date) -> dt.datetime:
    """In the afternoon; of today nothing is later than the morning."""
    return moment_on(day, dt.time(8, 45) if day == world.today else dt.time(16, 30))


def _needs(world: World, plan: CampaignPlan) -> Iterator[Row]:
    rng = world.chance(plan.code + " needs")
    for post in plan.posts:
        if rng.random() > 0.55:
            continue
        post.need = world.next_id("need")
        is_short = rng.random() < 0.22
        post.gap = rng.randint(1, max(1, len(post.members) // 3)) if is_short else 0
        raised_on = max(post.starts_on - DAY, plan.starts_on)
        want = Want(post.need, post.place, post.task, len(batch(post, 0)) + post.gap)
        plan.wants[raised_on].append(want)
        is_future = plan.is_drill and post.starts_on > world.today
        state = NeedState.PARTLY if post.gap else NeedState.MET
        state = NeedState.OPEN if is_future else state
        yield _need(world, plan, post, want, rng, raised_on, state)
    yield from _unmet_needs(world, plan, rng)


def _need(
    world: World,
    plan: CampaignPlan,
    post: Post,
    want: Want,
    rng: Random,
    raised_on: dt.date,
    state: NeedState,
) -> Row:
    task = world.tasks[post.task]
    note = rng.choice(("", "", "请自备雨具", "夜间需照明", "老旧小区，楼道窄"))
    raised_at = _raised_at(rng, raised_on, world.today)
    settled_at = _settled_at(world, post.starts_on) if state == NeedState.MET else None
    return (
        want.need, plan.id, post.place.id, task, want.heads, post.starts_on, post.ends_on,
        raised_at, settled_at, state, note,
    )  # fmt: skip


def _unmet_needs(world: World, plan: CampaignPlan, rng: Random) -> Iterator[Row]:
    """Asked for and not answered: closed with the campaign, open while the drill runs."""
    served = [post.place for post in plan.posts]
    state = NeedState.OPEN if plan.is_drill else NeedState.CLOSED
    for place in rng.sample(served, max(3, len(served) // 60)):
        day = rng.choice(plan.days[-3:] if plan.is_drill else plan.days)
        need = world.next_id("need")
        until = day + (4 if plan.is_drill else 2) * DAY
        task = rng.choice([post.task for post in plan.posts[:20]])
        heads = rng.randint(4, 30)
        plan.wants[day].append(Want(need, place, task, heads))
        raised_at = _raised_at(rng, day, world.today)
        settled_at = None if plan.is_drill else _settled_at(world, min(until, plan.days[-1]))
        yield (
            need, plan.id, place.id, world.tasks[task], heads, day, until, raised_at, settled_at,
            state, "力量紧张，暂未落实",
        )  # fmt: skip


def _teams(world: World, plan: CampaignPlan) -> Iterator[Row]:
    rng = world.chance(plan.code + " teams")
    seen: dict[int, int] = {}
    for post in sorted(plan.posts, key=lambda p: (p.unit.id, p.team or 0, p.id)):
        team = post.team
        if team is None or team in seen:
            continue
        seen[team] = number = sum(1 for unit in seen.values() if unit == post.unit.id) + 1
        seen[team] = post.unit.id
        swears = bool(OATH_LINES & set(post.unit.lines)) or rng.random() < 0.45
        branch = f"第{number}突击队临时党支部" if rng.random() < 0.4 else ""
        formed_on = max(post.starts_on - DAY, plan.starts_on)
        yield (
            team, plan.id, post.unit.id, f"{post.unit.short_name}第{number}党员突击队",
            post.members[0], formed_on, formed_on if swears else None, branch,
        )  # fmt: skip


def _state(world: World, plan: CampaignPlan, post: Post) -> DeploymentState:
    if not plan.is_drill or post.ends_on < world.today:
        return DeploymentState.ENDED
    return DeploymentState.PLANNED if post.starts_on > world.today else DeploymentState.ACTIVE


def _deployments(world: World, plan: CampaignPlan) -> Iterator[Row]:
    for post in plan.posts:
        is_own = bool(OWN_DUTY.get(post.task, set()) & set(post.unit.lines))
        nature = DutyNature.OWN if is_own else DutyNature.SENT
        shift = "20:00–08:00" if post.has_night and post.rotation else "08:00–20:00"
        yield (
            post.id, plan.id, post.unit.id, post.team, post.place.id, world.tasks[post.task],
            post.need, post.members[0], nature, post.starts_on, post.ends_on, shift,
            post.has_night, post.rotation, _state(world, plan, post), post.is_local,
            plan.is_drill,
        )  # fmt: skip


def batch(post: Post, day_index: int) -> list[int]:
    """Who is on duty on a day of the post: all, or one half while the other rests."""
    if post.rotation is None:
        return post.members
    return post.members[(day_index // post.rotation) % 2 :: 2]


def _assignments(world: World, plan: CampaignPlan) -> Iterator[Row]:
    for post in plan.posts:
        length = (post.ends_on - post.starts_on).days + 1
        step = post.rotation or length
        for first in range(0, length, step):
            start = post.starts_on + first * DAY
            end = min(start + (step - 1) * DAY, post.ends_on)
            for member in batch(post, first):
                key = world.next_id("assignment")
                yield key, post.id, member, post.unit.id, start, end, plan.is_drill


def _days(world: World, plan: CampaignPlan) -> Iterator[Row]:
    rng = world.chance(plan.code + " days")
    for post in plan.posts:
        last = min(post.ends_on, world.today)
        length = (last - post.starts_on).days + 1
        for index in range(length):
            day = post.starts_on + index * DAY
            is_missing = rng.random() < (0.35 if day == world.today else 0.025)
            # Whoever was sent has been there: the first day of each batch has its entry.
            if is_missing and index > (post.rotation or 0):
                continue
            yield _day(world, plan, post, rng, day, index)


def _day(
    world: World, plan: CampaignPlan, post: Post, rng: Random, day: dt.date, index: int
) -> Row:
    expected = len(batch(post, index))
    short = rng.randint(1, max(1, expected // 5)) if rng.random() < 0.16 else 0
    present = max(expected - short, 1)
    night = present // rng.randint(3, 5) if post.has_night else 0
    low, high, digits = OUTPUT[post.task]
    output = round(present * rng.uniform(low, high), digits)
    work = plan.work.setdefault((post.unit.id, day), Work())
    work.present += present
    work.night += night
    work.posts[post.task] += 1
    work.output[post.task] += output
    note = rng.choice(("路途积水，晚到", "临时抽调", "身体不适，已安排休息")) if short > 2 else ""
    at = moment_on(day, dt.time(9 if day == world.today else 16, rng.randint(0, 59)))
    hours = HOURS[(post.id + index) % len(HOURS)]
    key = world.next_id("day")
    return key, post.id, day, expected, present, night, hours, output, note, at
