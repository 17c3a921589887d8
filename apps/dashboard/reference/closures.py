"""Closures of the drill: two applied by the portal's own services, one laid that nobody applied.

A street was closed two evenings ago and opened this morning, its people are back at their posts; a
community is closed still; another street was closed today, and its plan waits for the office.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import Mod

from apps.accounts.models import User
from apps.communities.enums import MeasureKind
from apps.communities.models import AreaStatus, Measure
from apps.core import dates
from apps.core.dates import business_day
from apps.deployments import services
from apps.deployments.enums import DeploymentState
from apps.deployments.models import (
    Assignment,
    Deployment,
    DeploymentDay,
    MemberRegistration,
    Sealing,
    SealingChange,
)
from apps.deployments.sealing import Plan, plan_of_closures, plan_of_returns
from apps.deployments.sealing_enums import SealingKind, SealingState
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage, OutboxMessage

from . import clock
from .august import apply_in_august
from .copying import Copier, Row, set_sequences
from .ledger import OUTPUT
from .world import CampaignPlan, Work, World

DAY = dt.timedelta(days=1)
MEASURE = "险情封控"
HOURS = 10
RUNS_IN = 4
"""So many of the busiest communities of the drill stay open: there is enough to do without."""
LEAST_CAP, SHARE = 22, 60
"""A closure touches so many people at most, or one in so many of the drill."""
COLUMNS = "id measure kind street community estate starts_at ends_at basis is_drill"
# The services' statements are planned by what these hold, of which nothing is known before.
TOLD_OF = "deployments_assignment, deployments_deployment"


@dataclass(frozen=True)
class Areas:
    """The street that was closed, the community that is, the street closed today."""

    past: int
    lasting: int
    fresh: int


def close_areas(world: World, copier: Copier) -> None:
    """After the ledger and the registrations, before anything is reported of those days."""
    plan = next(plan for plan in world.campaigns if plan.is_drill)
    areas = choose_areas(world, plan)
    today, eve = world.today, world.today - 2 * DAY
    staff = User.objects.get(pk=world.users["staff"])
    opened = dates.moment_on(today, dt.time(6, 10))
    _lay(world, copier, 3, dates.moment_on(eve, dt.time(18, 30)), opened, street=areas.past)
    _lay(world, copier, 4, dates.moment_on(eve, dt.time(19, 10)), None, community=areas.lasting)
    set_sequences(Deployment, Assignment, DeploymentDay, MemberRegistration)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TOLD_OF}")
    apply_in_august(world)
    at = clock.moment_on(eve, dt.time(20, 5))
    applied = _press(SealingKind.SEALED, plan_of_closures, by=staff, now=at)
    back = clock.moment_on(today, dt.time(6, 40))
    _press(SealingKind.RETURNED, plan_of_returns, by=staff, now=back)
    services.end_local_duty(back)
    _receive(applied)
    _follow(world, copier, plan)
    # Laid last: whatever was applied knew nothing of it.
    _lay(world, copier, 5, dates.moment_on(today, dt.time(7, 20)), None, street=areas.fresh)


def choose_areas(world: World, plan: CampaignPlan) -> Areas:
    """Where some live inside and serve outside, and others the other way about; not too many."""
    streets, communities = _Crossers(), _Crossers()
    ahead: set[int] = set()
    for post in plan.posts:
        if post.starts_on > world.today:
            homes = (world.homes[member - 1] for member in post.members)
            ahead |= {post.place.id, *(home for home in homes if home)}
        if post.starts_on > world.today - 2 * DAY or post.ends_on < world.today:
            continue
        for member in post.members:
            home = world.homes[member - 1]
            street = world.places[home - 1].street if home else None
            streets.add(street, post.place.street)
            communities.add(home, post.place.id)
    busy = _busiest(plan, world.today)
    closed = {world.places[place - 1].street for place in busy}
    cap = max(LEAST_CAP, plan.scale.members // SHARE)
    past, fresh = [key for key in streets.ranked(cap) if key not in closed][:2]
    closed |= {past, fresh}
    lasting = next(
        key
        for key in communities.ranked(cap)
        if key not in ahead and world.places[key - 1].street not in closed
    )
    return Areas(past, lasting, fresh)


class _Crossers:
    """Who would be moved inside each place, and who would be withdrawn from it."""

    def __init__(self) -> None:
        self.moved: Counter[int] = Counter()
        self.withdrawn: Counter[int] = Counter()

    def add(self, home: int | None, post: int) -> None:
        if home != post:
            self.withdrawn[post] += 1
            self.moved[home or 0] += 1

    def ranked(self, cap: int) -> list[int]:
        """Those with most on both sides first; the same at each load."""

        def order(key: int) -> tuple[int, int, int]:
            sides = self.moved[key], self.withdrawn[key]
            return -min(sides), -sum(sides), key

        found = {*self.moved, *self.withdrawn} - {0}
        return sorted((k for k in found if self.moved[k] + self.withdrawn[k] <= cap), key=order)


def _busiest(plan: CampaignPlan, today: dt.date) -> list[int]:
    counts: Counter[int] = Counter()
    for post in plan.posts:
        if post.starts_on <= today <= post.ends_on:
            counts[post.place.id] += len(post.members)
    return sorted(counts, key=lambda place: (-counts[place], place))[:RUNS_IN]


def _lay(
    world: World,
    copier: Copier,
    notice: int,
    start: dt.datetime,
    end: dt.datetime | None,
    *,
    street: int | None = None,
    community: int | None = None,
) -> None:
    measure = Measure.objects.get(name=MEASURE)
    basis = f"演练指挥部通告第{notice}号"
    key = world.next_id("status")
    row: Row = (
        key, measure.pk, MeasureKind.CONTROL, street, community, None, start, end, basis, True,
    )  # fmt: skip
    copier.load(AreaStatus, COLUMNS, [row])


def _press(
    kind: SealingKind,
    plan_of: Callable[..., Plan],
    *,
    by: User,
    now: dt.datetime,
) -> Sealing:
    """One press of the button and the work that follows; what it tells is as old, and leaves no
    mail of a rehearsal."""
    plan = plan_of(is_drill=True, today=business_day(now))
    sealing = Sealing.objects.create(
        kind=kind, seal=plan.seal, is_drill=True, by=by, at=now, state=SealingState.APPLYING
    )
    services.carry_out(sealing, now=now)
    OutboxMessage.objects.filter(kind=MessageKind.SEALING).delete()
    told = InboxMessage.objects.filter(
        kind=MessageKind.SEALING, dedupe_key__startswith=f"sealing|{sealing.pk}|"
    )
    told.update(created_at=now)
    return sealing


def _receive(applied: Sealing) -> None:
    """What was told two evenings ago has been read by most, and most have their receipt."""
    told = InboxMessage.objects.annotate(part=Mod("pk", 4)).exclude(part=0)
    told.filter(dedupe_key__startswith=f"sealing|{applied.pk}|").update(
        read_at=applied.at + dt.timedelta(minutes=35)
    )
    local = MemberRegistration.objects.filter(sealing=applied)
    local.annotate(part=Mod("pk", 5)).exclude(part=0).update(
        received_on=F("starts_on"), received_by="社区党务工作者"
    )


# --- the days since ---------------------------------------------------------------------------------


def _follow(world: World, copier: Copier, plan: CampaignPlan) -> None:
    """The entries of the days since, and the work units report, follow who is where now."""
    rng = world.chance("closures")
    days = (world.today - DAY, world.today)
    changes = SealingChange.objects.filter(sealing__is_drill=True)
    touched = {pk for pair in changes.values_list("deployment", "target") for pk in pair if pk}
    counts = dict(_counted(touched, days))
    codes = {key: code for code, key in world.tasks.items()}
    _shrink(plan, counts, touched, days, codes)
    known = set(
        DeploymentDay.objects.filter(deployment__in=touched, on__in=days).values_list(
            "deployment", "on"
        )
    )
    made = Deployment.objects.filter(made_by__isnull=False, pk__in=touched).order_by("pk")
    entries = [
        _entry(plan, rng, post, day, heads, codes[post.task_type_id], is_today=day == world.today)
        for post in made
        for day in days
        if (heads := counts.get((post.pk, day), 0)) and (post.pk, day) not in known
        # Of today a third is still to be counted.
        if day < world.today or post.pk % 3
    ]
    copier.load(
        DeploymentDay,
        "deployment on expected present night hours output note recorded_at",
        entries,
    )
    made.filter(state=DeploymentState.PLANNED, days__isnull=False).update(
        state=DeploymentState.ACTIVE
    )


def _counted(
    touched: set[int], days: tuple[dt.date, ...]
) -> Iterator[tuple[tuple[int, dt.date], int]]:
    for day in days:
        stays = Assignment.objects.filter(deployment__in=touched).on(day).order_by()
        for pk, heads in stays.values_list("deployment").annotate(n=Count("pk")):
            yield (pk, day), heads


def _shrink(
    plan: CampaignPlan,
    counts: dict[tuple[int, dt.date], int],
    touched: set[int],
    days: tuple[dt.date, ...],
    codes: dict[int, str],
) -> None:
    """Entries of posts with fewer people than before; without anybody there is no entry."""
    rows = DeploymentDay.objects.filter(deployment__in=touched, on__in=days)
    changed, gone = [], []
    for row in rows.select_related("deployment").order_by("pk"):
        heads = counts.get((row.deployment_id, row.on), 0)
        if heads >= row.expected:
            continue
        work = plan.work[row.deployment.unit_id, row.on]
        code = codes[row.deployment.task_type_id]
        before = row.present, row.night, float(row.output or 0)
        share = heads / row.expected
        row.expected, row.present = heads, min(row.present, heads)
        row.night, row.output = (
            min(row.night, row.present),
            round(before[2] * share, OUTPUT[code][2]),
        )
        work.present += row.present - before[0]
        work.night += row.night - before[1]
        work.output[code] += float(row.output) - before[2]
        if heads:
            changed.append(row)
        else:
            work.posts[code] -= 1
            gone.append(row.pk)
    DeploymentDay.objects.filter(pk__in=gone).delete()
    DeploymentDay.objects.bulk_update(changed, ["expected", "present", "night", "output"])


def _entry(
    plan: CampaignPlan,
    rng: Random,
    post: Any,
    day: dt.date,
    heads: int,
    code: str,
    *,
    is_today: bool,
) -> Row:
    low, high, digits = OUTPUT[code]
    output = max(round(heads * rng.uniform(low, high), digits), 10**-digits)
    work = plan.work.setdefault((post.unit_id, day), Work())
    work.present += heads
    work.posts[code] += 1
    work.output[code] += output
    at = dates.moment_on(day, dt.time(8 if is_today else 16, rng.randint(0, 59)))
    return post.pk, day, heads, heads, 0, HOURS, output, "", at
