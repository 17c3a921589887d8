"""The roster: members of each unit with invented names and phones nobody can dial."""

import datetime as dt
import uuid
from collections.abc import Iterator
from random import Random

from apps.core.crypto import blind_index, seal
from apps.units.enums import MemberKind
from apps.units.models import Member, Membership

from .chance import person_name
from .copying import Copier, Row
from .units import BELONGS_SINCE, branch_count
from .world import UnitPlan, World

JOINED_SINCE = dt.date(2019, 1, 1)
# A few people change unit after the campaigns: their figures of 2021 stay where they were.
MOVE_AFTER = dt.date(2021, 9, 30)
KINDS = (MemberKind.RETIRED, MemberKind.CITIZEN, MemberKind.VOLUNTEER)


def plan_people(world: World) -> list[tuple[MemberKind, bool]]:
    """Kind and 免派 of each member in the order of ids; who may be sent is kept with the unit."""
    rng = world.chance("people")
    people: list[tuple[MemberKind, bool]] = []
    for unit in world.units:
        for member in range(unit.first, unit.first + unit.size):
            kind = MemberKind.MEMBER if rng.random() < 0.92 else rng.choice(KINDS)
            is_exempt = rng.random() < 0.04
            people.append((kind, is_exempt))
            if kind == MemberKind.MEMBER and not is_exempt:
                unit.free.append(member)
        rng.shuffle(unit.free)
    weights = [place.id % 7 + 1 for place in world.places]
    homes = rng.choices(world.places, weights, k=len(people))
    world.homes = [home.id if rng.random() < 0.97 else None for home in homes]
    return people


def write_people(world: World, copier: Copier, people: list[tuple[MemberKind, bool]]) -> None:
    rng = world.chance("names")
    copier.load(
        Member,
        "id ref member_no name kind phone_sealed phone_index home_community home_estate is_exempt "
        "is_synthetic",
        _members(world, rng, people),
    )
    copier.load(Membership, "id member unit branch starts_on ends_on", _memberships(world))


def _members(world: World, rng: Random, people: list[tuple[MemberKind, bool]]) -> Iterator[Row]:
    table = Member._meta.db_table
    estates = {place.id: place.estates for place in world.places}
    for number, (kind, is_exempt) in enumerate(people, start=1):
        ref = uuid.UUID(int=rng.getrandbits(128), version=4)
        # Eleven digits that begin with 1000: no number of any network.
        phone = f"1000{number:07d}"
        home = world.homes[number - 1]
        living = estates[home] if home else []
        estate = rng.choice(living) if living and rng.random() < 0.4 else None
        yield (
            number,
            ref,
            f"YS{number:06d}",
            person_name(rng),
            kind,
            seal(phone, table=table, column="phone_sealed", ref=ref),
            blind_index(phone, column="phone_sealed"),
            home,
            estate,
            is_exempt,
            True,
        )


def _memberships(world: World) -> Iterator[Row]:
    branch = 0
    for number, unit in enumerate(world.units):
        branches = branch_count(unit)
        following = world.units[(number + 1) % len(world.units)]
        for member in range(unit.first, unit.first + unit.size):
            place = branch + 1 + (member - unit.first) % branches
            yield from _membership(world, member, unit, place, following)
        branch += branches


def _membership(
    world: World, member: int, unit: UnitPlan, branch: int, following: UnitPlan
) -> Iterator[Row]:
    moves = member % 400 == 0
    since = JOINED_SINCE if member % 9 else BELONGS_SINCE
    key = world.next_id("membership")
    yield key, member, unit.id, branch, since, MOVE_AFTER if moves else None
    if moves:
        key = world.next_id("membership")
        yield key, member, following.id, None, MOVE_AFTER + dt.timedelta(days=1), None
