"""Needs of the drill that wait: raised this morning, long unmet, met in part."""

import datetime as dt
import uuid

from apps.core import dates
from apps.deployments.allocating import NeedSource, Urgency
from apps.deployments.enums import NeedState
from apps.deployments.models import Deployment, Need

from . import clock
from .copying import Copier, Row
from .ledger import batch
from .world import CampaignPlan, Want, World

DAY = dt.timedelta(days=1)
UNMET_SINCE = 6
"""Days before today, or the first day of a shorter drill."""
LONG_UNMET = "连日未落实，附近单位已无机动力量，请统筹调配"
STILL_SHORT = 9
# Urgency, task, heads, days from today on which it begins, how it came, note.
MORNING: tuple[tuple[Urgency, str, int, int, NeedSource, str], ...] = (
    (Urgency.URGENT, "drainage", 24, 0, NeedSource.PHONE, "地下车库进水，需连夜抽排"),
    (Urgency.URGENT, "carrying", 12, 0, NeedSource.CITY, "独居老人较多，需送水送餐"),
    (Urgency.PRESSING, "road-clearing", 18, 0, NeedSource.CITY, "主路淤泥需当日清完"),
    (Urgency.PRESSING, "drainage", 10, 1, NeedSource.LIST, "夜间需照明"),
    (Urgency.NORMAL, "refuse", 8, 1, NeedSource.LIST, ""),
    (Urgency.NORMAL, "disinfection", 6, 1, NeedSource.CITY, "退水后消杀，药剂已到社区"),
)
PER_COMMUNITIES = 24
"""A drill of so many communities has the list once, a larger one up to three times."""
MOST_ROUNDS = 3


def write_standing(world: World, copier: Copier) -> None:
    """One that nobody has been sent for in days, one that has too few: before any day is locked."""
    plan = next(plan for plan in world.campaigns if plan.is_drill)
    rng = world.chance("long unmet")
    served = {post.place.id for post in plan.posts}
    place = rng.choice([place for place in world.places if place.id not in served])
    first = plan.days[max(len(plan.days) - 1 - UNMET_SINCE, 0)]
    unmet = Want(world.next_id("need"), place, "drainage", 16)
    plan.wants[first].insert(0, unmet)
    post = max(
        (p for p in plan.posts if p.need is None and _runs(world, p.starts_on, p.ends_on)),
        key=lambda p: (len(batch(p, 0)), -p.id),
    )
    asked = max(post.starts_on - DAY, plan.starts_on)
    partly = Want(world.next_id("need"), post.place, post.task, len(batch(post, 0)) + STILL_SHORT)
    plan.wants[asked].insert(0, partly)
    copier.load(
        Need,
        "id campaign community task_type heads starts_on ends_on raised_at state urgency shift "
        "source told_by raised_by note",
        [
            _row(
                world, plan, unmet, first, first, world.today + 3 * DAY, NeedState.OPEN,
                urgency=Urgency.URGENT, source=NeedSource.CITY, note=LONG_UNMET,
            ),
            _row(
                world, plan, partly, asked, post.starts_on, post.ends_on, NeedState.PARTLY,
                urgency=Urgency.PRESSING, source=NeedSource.PHONE, note="人手仍不足，请增派",
            ),
        ],
    )  # fmt: skip
    post.need, post.gap = partly.need, STILL_SHORT
    Deployment.objects.filter(pk=post.id).update(need=partly.need)


def _runs(world: World, starts_on: dt.date, ends_on: dt.date) -> bool:
    return starts_on < world.today < ends_on


def _row(
    world: World,
    plan: CampaignPlan,
    want: Want,
    raised_on: dt.date,
    starts_on: dt.date,
    ends_on: dt.date,
    state: NeedState,
    *,
    urgency: Urgency,
    source: NeedSource,
    note: str,
) -> Row:
    is_city = source == NeedSource.CITY
    return (
        want.need, plan.id, want.place.id, world.tasks[want.task], want.heads, starts_on, ends_on,
        dates.moment_on(raised_on, dt.time(10)), state, urgency, "08:00–20:00", source,
        "" if is_city else "市直工委值班室", world.users["city" if is_city else "staff2"], note,
    )  # fmt: skip


def raise_this_morning(world: World) -> None:
    """After the sheets of the drill are drawn up: nobody has been proposed for any of these yet.

    Wants the sequences to be set.
    """
    plan = next(plan for plan in world.campaigns if plan.is_drill)
    rng = world.chance("raised this morning")
    rounds = min(max(1, plan.scale.communities // PER_COMMUNITIES), MOST_ROUNDS)
    wanted = MORNING * rounds
    needs = []
    for number, (place, want) in enumerate(
        zip(rng.sample(world.places, len(wanted)), wanted, strict=True)
    ):
        urgency, task, heads, ahead, source, note = want
        starts_on = world.today + ahead * DAY
        is_city = source == NeedSource.CITY
        at = clock.moment_on(world.today, dt.time(8, 30 + number))
        needs.append(
            Need(
                submission=uuid.UUID(int=rng.getrandbits(128), version=4),
                campaign_id=plan.id,
                community_id=place.id,
                task_type_id=world.tasks[task],
                heads=max(4, heads - 2 * (number // len(MORNING))),
                urgency=urgency,
                shift="20:00–08:00" if "夜" in note else "08:00–20:00",
                source=source,
                told_by="" if is_city else "市直工委值班室",
                raised_by_id=world.users["city" if is_city else "staff2"],
                starts_on=starts_on,
                ends_on=starts_on + rng.randint(2, 4) * DAY,
                raised_at=at,
                note=note,
            )
        )
    Need.objects.bulk_create(needs)
