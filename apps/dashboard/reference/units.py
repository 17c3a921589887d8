"""Units in the official order, the groups they belong to, and one that changes group."""

import datetime as dt
from collections.abc import Iterator

from apps.units.models import GroupMembership, LiaisonGroup, PartyBranch, Unit

from ..dictionaries import LIAISON_GROUPS, read_table
from .chance import apportion
from .copying import Copier, Row
from .world import UnitPlan, World

BELONGS_SINCE = dt.date(2021, 1, 1)
MOVES_ON = dt.date(2021, 8, 1)
MOVES_FROM, MOVES_TO = 7, LIAISON_GROUPS
BRANCH_SIZE = 45


def plan_units(world: World) -> None:
    """Units spread over the groups in turn: 179 give 17 groups of ten and one of nine."""
    rng = world.chance("units")
    table = read_table("reference/units")
    count = world.scale.units
    chosen = [table[number * len(table) // count] for number in range(count)]
    for number, row in enumerate(chosen, start=1):
        world.units.append(
            UnitPlan(
                id=number,
                code=f"{number:03d}",
                name=row["name"],
                short_name=row["short_name"],
                category=row["category"],
                lines=row["function_lines"].split(),
                is_leader_contact=row["is_leader_contact"] == "1",
                group=(number - 1) % LIAISON_GROUPS + 1,
            )
        )
    # Sizes are skewed: a few organs and universities have thousands, most have a few hundred.
    weights = [rng.lognormvariate(0, 0.85) for _ in world.units]
    sizes = apportion(world.scale.roster, weights, at_least=world.scale.roster // (count * 8))
    first = 1
    for unit, size in zip(world.units, sizes, strict=True):
        unit.first, unit.size = first, size
        first += size


def moving_unit(world: World) -> UnitPlan:
    return [unit for unit in world.units if unit.group == MOVES_FROM][-1]


def write_units(world: World, copier: Copier) -> None:
    rng = world.chance("offices")
    copier.load(
        Unit,
        "id code name short_name category function_lines office_community duty_phone duty_email "
        "is_leader_contact sort_order",
        (
            (
                unit.id,
                unit.code,
                unit.name,
                unit.short_name,
                unit.category,
                unit.lines,
                rng.choice(world.places).id,
                f"0371-0001{unit.id:04d}",
                f"duty{unit.code}@example.invalid",
                unit.is_leader_contact,
                unit.id * 10,
            )
            for unit in world.units
        ),
    )
    copier.load(GroupMembership, "id unit group starts_on ends_on", _memberships(world))
    copier.load(PartyBranch, "id unit name sort_order", _branches(world))


def write_group_leaders(world: World) -> None:
    for group in LiaisonGroup.objects.order_by("number"):
        group.leader_id = world.users[f"group{group.number:02d}"]
        group.save(update_fields=["leader"])


def _memberships(world: World) -> Iterator[Row]:
    moving = moving_unit(world)
    last_day = MOVES_ON - dt.timedelta(days=1)
    for unit in world.units:
        ends_on = last_day if unit is moving else None
        yield (
            world.next_id("group membership"),
            unit.id,
            world.groups[unit.group],
            BELONGS_SINCE,
            ends_on,
        )
    yield world.next_id("group membership"), moving.id, world.groups[MOVES_TO], MOVES_ON, None


def group_of(world: World, unit: UnitPlan, on: dt.date) -> int:
    """The number of the unit's group on a day."""
    return MOVES_TO if on >= MOVES_ON and unit is moving_unit(world) else unit.group


def _branches(world: World) -> Iterator[Row]:
    for unit in world.units:
        for number in range(1, branch_count(unit) + 1):
            yield world.next_id("branch"), unit.id, f"第{number}党支部", number


def branch_count(unit: UnitPlan) -> int:
    return max(1, unit.size // BRANCH_SIZE)
