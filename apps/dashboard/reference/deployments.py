"""Who was sent where: teams, needs, deployments and the people in them."""

import datetime as dt
from collections import defaultdict
from random import Random

from apps.campaigns.enums import CampaignKind

from .chance import apportion
from .world import CampaignPlan, Place, Post, UnitPlan, World

FLOOD_TASKS = {"road-clearing": 5, "drainage": 6, "refuse": 4, "carrying": 4, "disinfection": 1}
EPIDEMIC_TASKS = {"checkpoint": 7, "testing": 5, "disinfection": 3, "delivery": 3, "carrying": 1}
SPAN = (5, 18)
DRILL_SPAN = (2, 14)
GOES_TOMORROW = 0.07
ROTATIONS = (3, 5, 7)
SHARE_FROM_FLOOD = 0.4


def plan_deployments(world: World) -> None:
    """The flood first, the epidemic with people back from it, the drill apart from both."""
    flood, epidemic, drill = world.campaigns
    _plan_posts(world, flood, _draw_fresh(world, flood))
    _plan_posts(world, epidemic, _draw_returned(world, epidemic, flood))
    _plan_posts(world, drill, _draw_anybody(world, drill))


def _quotas(plan: CampaignPlan, rng: Random, caps: list[int]) -> list[int]:
    weights = [max(cap, 1) * rng.uniform(0.7, 1.3) for cap in caps]
    return apportion(plan.scale.members, weights, at_least=2, at_most=caps)


def _draw_fresh(world: World, plan: CampaignPlan) -> dict[int, list[int]]:
    """Members of each unit who go, taken off those that are free."""
    rng = world.chance(plan.code + " people")
    quotas = _quotas(plan, rng, [len(unit.free) for unit in world.units])
    drawn: dict[int, list[int]] = {}
    for unit, quota in zip(world.units, quotas, strict=True):
        drawn[unit.id], unit.free = unit.free[:quota], unit.free[quota:]
    return drawn


def _draw_returned(world: World, plan: CampaignPlan, flood: CampaignPlan) -> dict[int, list[int]]:
    """Fresh people and, after them, some whose time in the flood was over early."""
    rng = world.chance(plan.code + " people")
    latest = plan.starts_on + dt.timedelta(days=plan.scale.days // 2)
    back: dict[int, list[int]] = defaultdict(list)
    for post in flood.posts:
        if post.ends_on < latest:
            back[post.unit.id].extend(post.members)
    caps = [len(unit.free) + len(back[unit.id]) for unit in world.units]
    drawn: dict[int, list[int]] = {}
    for unit, quota in zip(world.units, _quotas(plan, rng, caps), strict=True):
        returned = sorted(back[unit.id], key=lambda m: (world.free_from[m], m))
        wanted = max(quota - len(unit.free), min(int(quota * SHARE_FROM_FLOOD), len(returned)))
        fresh = quota - wanted
        drawn[unit.id] = unit.free[:fresh] + returned[:wanted]
        unit.free = unit.free[fresh:]
    return drawn


def _draw_anybody(world: World, plan: CampaignPlan) -> dict[int, list[int]]:
    """Years later everybody is free again."""
    rng = world.chance(plan.code + " people")
    people = {u.id: list(range(u.first, u.first + u.size, 2)) for u in world.units}
    quotas = _quotas(plan, rng, [len(people[unit.id]) for unit in world.units])
    world.free_from.clear()
    return {u.id: people[u.id][:quota] for u, quota in zip(world.units, quotas, strict=True)}


def _plan_posts(world: World, plan: CampaignPlan, people: dict[int, list[int]]) -> None:
    rng = world.chance(plan.code + " posts")
    weights = [len(people[unit.id]) for unit in world.units]
    # Two people at least go together, so a unit has no more posts than half its people.
    caps = [max(1, weight // 2) for weight in weights]
    posts = apportion(plan.scale.deployments, weights, at_least=1, at_most=caps)
    teams = apportion(plan.scale.teams, posts, at_least=1, at_most=posts)
    places = _slots(world, plan, rng)
    local = _local_places(world, plan, rng, places)
    slots = iter(places)
    for unit, count, team_count in zip(world.units, posts, teams, strict=True):
        of_unit = people[unit.id]
        sizes = apportion(len(of_unit), [rng.uniform(0.5, 2) for _ in range(count)], at_least=2)
        starts = sorted(_start(plan, rng) for _ in range(count))
        first_team = world.next_id("team")
        for _ in range(team_count - 1):
            world.next_id("team")
        taken = 0
        for number, (size, start) in enumerate(zip(sizes, starts, strict=True)):
            members = of_unit[taken : taken + size]
            taken += size
            team: int | None = first_team + number % team_count
            if number >= team_count and rng.random() < 0.06:
                team = None
            post = _post(world, plan, rng, unit, team, next(slots), members, start)
            if post.place.id in local:
                _serve_where_they_live(world, post)
            plan.posts.append(post)


def _slots(world: World, plan: CampaignPlan, rng: Random) -> list[Place]:
    """A place for each post: every community once, the rest where need is greatest."""
    chosen = rng.sample(world.places, plan.scale.communities)
    weights = [1 / (1 + rank) ** 0.35 for rank in range(len(chosen))]
    more = rng.choices(chosen, weights, k=plan.scale.deployments - len(chosen))
    slots = chosen + more
    rng.shuffle(slots)
    return slots


def _local_places(
    world: World, plan: CampaignPlan, rng: Random, slots: list[Place]
) -> frozenset[int]:
    """Communities closed during the epidemic, where those who live there serve on the spot."""
    if plan.kind != CampaignKind.EPIDEMIC:
        return frozenset()
    count = max(4, plan.scale.communities // 20)
    world.sealed = rng.sample(sorted({place.id for place in slots}), count)
    return frozenset(world.sealed)


def _serve_where_they_live(world: World, post: Post) -> None:
    post.is_local = True
    for member in post.members:
        world.homes[member - 1] = post.place.id


def _start(plan: CampaignPlan, rng: Random) -> dt.date:
    """Most go in the first days; in the drill some are to go tomorrow."""
    if plan.is_drill and rng.random() < GOES_TOMORROW:
        return plan.ends_on + dt.timedelta(days=1)
    last = max(plan.scale.days - 4, 1)
    return plan.starts_on + dt.timedelta(days=int(rng.triangular(0, last, 0.8)))


def _post(
    world: World,
    plan: CampaignPlan,
    rng: Random,
    unit: UnitPlan,
    team: int | None,
    place: Place,
    members: list[int],
    start: dt.date,
) -> Post:
    """Nobody is in two places at once: a post waits for the last of its people to be back."""
    waits = max(world.free_from.get(member, start) for member in members)
    start = max(start, waits)
    end = min(start + dt.timedelta(days=rng.randint(*SPAN) - 1), plan.ends_on)
    if plan.is_drill:
        end = start + dt.timedelta(days=rng.randint(*DRILL_SPAN))
    # Both halves of a rotating post have their turn before it ends.
    turns = [days for days in ROTATIONS if days <= (end - start).days]
    rotates = rng.random() < 0.25 and len(members) >= 4 and bool(turns)
    tasks = FLOOD_TASKS if plan.kind == CampaignKind.FLOOD else EPIDEMIC_TASKS
    task = rng.choices(list(tasks), list(tasks.values()))[0]
    for member in members:
        world.free_from[member] = end + dt.timedelta(days=1)
    return Post(
        id=world.next_id("deployment"),
        unit=unit,
        team=team,
        place=place,
        task=task,
        members=members,
        starts_on=start,
        ends_on=end,
        has_night=rng.random() < 0.3,
        rotation=rng.choice(turns) if rotates else None,
    )
