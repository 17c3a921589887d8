"""Requests for numbers between the reports (临时报数): one of the flood, over; one of the drill, open."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from apps.campaigns.enums import CampaignKind
from apps.core.dates import moment_on
from apps.daily.enums import CallState, ReplyState, ReportSource
from apps.daily.models import DataCall, DataCallItem, DataCallReply, DataCallValue
from apps.figures.enums import Measure

from . import clock
from .chance import person_name
from .copying import Copier, Row
from .reports import group_account
from .units import group_of
from .world import CampaignPlan, UnitPlan, World

DAY = dt.timedelta(days=1)
BY_PHONE = 0.12
UNKNOWN = 0.06
"""Share of answered numbers that are left open: missing, never zero."""


@dataclass(frozen=True)
class Wanted:
    name: str
    measure: Measure
    definition: str
    most: int


@dataclass(frozen=True)
class Asked:
    """One request; `ended_at` None while it runs."""

    plan: CampaignPlan
    title: str
    purpose: str
    made_at: dt.datetime
    due_at: dt.datetime
    ended_at: dt.datetime | None
    share: float
    wanted: Sequence[Wanted]


@dataclass
class Book:
    calls: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    replies: list[Row] = field(default_factory=list)
    values: list[Row] = field(default_factory=list)


def write_calls(world: World, copier: Copier) -> None:
    book = Book()
    for asked in (_of_flood(world), _of_drill(world)):
        _ask(world, asked, book)
    copier.load(
        DataCall,
        "id campaign title purpose due_at state made_by made_at ended_at submission",
        book.calls,
    )
    copier.load(DataCallItem, "id call position name measure definition", book.items)
    copier.load(
        DataCallReply,
        "id call unit group state version source source_name opened_at filed_at filed_by "
        "submission",
        book.replies,
    )
    copier.load(DataCallValue, "id reply item value", book.values)


def _of_flood(world: World) -> Asked:
    plan = world.campaign(CampaignKind.FLOOD)
    day = plan.days[min(17, len(plan.days) - 2)]
    return Asked(
        plan,
        "排水除淤装备情况",
        "报省防汛抗旱指挥部办公室，统筹调配装备",
        made_at=moment_on(day, dt.time(15, 5)),
        due_at=moment_on(day + DAY, dt.time(10)),
        ended_at=moment_on(day + DAY, dt.time(10, 32)),
        share=0.95,
        wanted=(
            Wanted("可用抽水设备", Measure.PIECES, "能随时调用的水泵、抽排车，不含在修的", 6),
            Wanted("可轮换党员", Measure.PEOPLE, "三日内可替换在岗人员的党员", 60),
        ),
    )


def _of_drill(world: World) -> Asked:
    """Asked yesterday and due tomorrow: open whatever the hour of the load."""
    plan = world.campaign(CampaignKind.FLOOD, is_drill=True)
    return Asked(
        plan,
        "夜间照明和集合点情况",
        "报工委领导，安排夜间演练",
        made_at=moment_on(world.today - DAY, dt.time(16, 20)),
        due_at=moment_on(world.today + DAY, dt.time(12)),
        ended_at=None,
        share=0.58,
        wanted=(
            Wanted("可用照明设备", Measure.PIECES, "应急灯、移动照明车，能用四小时以上的", 12),
            Wanted("夜间可集合党员", Measure.PEOPLE, "接通知后一小时内能到集合点的党员", 40),
            Wanted("可用集合点", Measure.COUNT, "单位院内或驻地附近可停车的场地", 2),
        ),
    )


def _ask(world: World, asked: Asked, book: Book) -> None:
    rng = world.chance(f"{asked.plan.code} call")
    call = world.next_id("call")
    state = CallState.CLOSED if asked.ended_at else CallState.OPEN
    book.calls.append(
        (
            call, asked.plan.id, asked.title, asked.purpose, asked.due_at, state,
            world.users["staff"], asked.made_at, asked.ended_at, _submission(rng),
        )
    )  # fmt: skip
    items = [world.next_id("call item") for _ in asked.wanted]
    for position, (item, one) in enumerate(zip(items, asked.wanted, strict=True), 1):
        book.items.append((item, call, position, one.name, one.measure, one.definition))
    for unit in world.units:
        _answer(world, asked, unit, (call, items), book, rng)


def _answer(
    world: World,
    asked: Asked,
    unit: UnitPlan,
    keys: tuple[int, list[int]],
    book: Book,
    rng: Random,
) -> None:
    call, items = keys
    day = asked.made_at.date()
    reply, group = world.next_id("call reply"), world.groups[group_of(world, unit, day)]
    if rng.random() >= asked.share:
        book.replies.append(
            (reply, call, unit.id, group, ReplyState.OWED, 0, ReportSource.UNIT, "", *[None] * 4)
        )
        return
    last = asked.ended_at or moment_on(world.today, dt.time(7))
    filed_at = asked.made_at + rng.uniform(0.02, 0.95) * (last - asked.made_at)
    opened_at = clock.before(filed_at, dt.timedelta(seconds=rng.randint(25, 180)))
    by_phone = rng.random() < BY_PHONE
    source, name, by = ReportSource.UNIT, "", world.users[f"unit{unit.code}"]
    if by_phone:
        source, name = ReportSource.PHONE, person_name(rng)
        by = group_account(world, unit, day)
    book.replies.append(
        (
            reply, call, unit.id, group, ReplyState.FILED, 1, source, name, opened_at, filed_at,
            by, _submission(rng),
        )
    )  # fmt: skip
    for item, one in zip(items, asked.wanted, strict=True):
        value = None if rng.random() < UNKNOWN else rng.randint(0, one.most)
        book.values.append((world.next_id("call value"), reply, item, value))


def _submission(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
