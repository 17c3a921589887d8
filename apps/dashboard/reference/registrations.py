"""双报到: most units and members are registered; during the epidemic some on the spot."""

import datetime as dt
from collections.abc import Iterator

from apps.communities.enums import MeasureKind
from apps.communities.models import AreaStatus
from apps.core.dates import moment_on
from apps.deployments.models import MemberRegistration, UnitRegistration
from apps.units.enums import MemberKind

from .chance import person_name
from .copying import Copier, Row
from .world import World

SINCE = dt.date(2020, 3, 2)
UNITS = 0.94
RECEIVED = 0.9
MEMBERS = 0.88
SPREAD = 60
SERVICES = ("政策宣传、卡口值守", "清淤排水、物资搬运", "心理疏导、法律咨询", "核酸检测秩序维护")


def write_registrations(world: World, copier: Copier, kinds: list[MemberKind]) -> None:
    """After the people and the area statuses; `kinds` of the members in the order of their ids."""
    offices = dict(_offices())
    copier.load(
        UnitRegistration,
        "id unit community starts_on contact contact_phone services received_on received_by "
        "recorded_at",
        list(_units(world, offices)),
    )
    closures = dict(
        AreaStatus.objects.filter(
            kind=MeasureKind.CONTROL, community__isnull=False, is_drill=False
        ).values_list("community", "id")
    )
    columns = (
        "id member community starts_on ends_on is_local status received_on received_by recorded_at"
    )
    copier.load(MemberRegistration, columns, _homes(world, kinds))
    copier.load(MemberRegistration, columns, _locals(world, closures))


def _offices() -> Iterator[tuple[int, int]]:
    from apps.units.models import Unit

    rows = Unit.objects.filter(office_community__isnull=False)
    yield from list(rows.values_list("pk", "office_community"))


def _units(world: World, offices: dict[int, int]) -> Iterator[Row]:
    rng = world.chance("unit registrations")
    for unit in world.units:
        starts = SINCE + dt.timedelta(days=rng.randrange(SPREAD))
        is_done, is_received = rng.random() < UNITS, rng.random() < RECEIVED
        contact, taker = person_name(rng), person_name(rng)
        if not is_done or unit.id not in offices:
            continue
        received = starts + dt.timedelta(days=rng.randint(0, 5)) if is_received else None
        key = world.next_id("unit registration")
        yield (
            key, unit.id, offices[unit.id], starts, contact, f"0371-1000{unit.id:04d}",
            rng.choice(SERVICES), received, taker if received else "", _at(starts),
        )  # fmt: skip


def _homes(world: World, kinds: list[MemberKind]) -> Iterator[Row]:
    rng = world.chance("member registrations")
    for number, (home, kind) in enumerate(zip(world.homes, kinds, strict=True), start=1):
        days, chance, received = rng.randrange(SPREAD), rng.random(), rng.random()
        if home is None or kind != MemberKind.MEMBER or chance >= MEMBERS:
            continue
        starts = SINCE + dt.timedelta(days=days)
        key = world.next_id("member registration")
        receipt = starts if received < RECEIVED else None
        taker = "社区党务工作者" if receipt else ""
        yield key, number, home, starts, None, False, None, receipt, taker, _at(starts)


def _locals(world: World, closures: dict[int, int]) -> Iterator[Row]:
    """Those who served on the spot were registered there for as long."""
    for plan in world.campaigns:
        for post in plan.posts:
            if not post.is_local or plan.is_drill or post.place.id not in closures:
                continue
            for member in post.members:
                key = world.next_id("member registration")
                yield (
                    key, member, post.place.id, post.starts_on, post.ends_on, True,
                    closures[post.place.id], post.starts_on, "社区党务工作者", _at(post.starts_on),
                )  # fmt: skip


def _at(day: dt.date) -> dt.datetime:
    return moment_on(day, dt.time(8, 30))
