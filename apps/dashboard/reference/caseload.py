"""Cases of those who are helped, each with the steps that led to its state."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from apps.assistance.enums import CaseEventKind, CaseSource, CaseState, Circumstance, ServiceType
from apps.assistance.models import AssistanceCase, CaseEvent
from apps.core.dates import moment_on
from apps.core.formats import day as written
from apps.office.models import Attachment

from .copying import Copier, Row
from .pictures import drawn_pictures
from .world import CampaignPlan, World

if TYPE_CHECKING:
    from .assistance import Helped

DAY = dt.timedelta(days=1)
SHARE = 5
"""One in so many of those who are helped has a case."""
TITLES: dict[Circumstance, tuple[tuple[str, ServiceType], ...]] = {
    Circumstance.FLOODED: (
        ("地下室积水，需要抽排", ServiceType.CLEANUP),
        ("需要临时安置用品", ServiceType.GOODS),
    ),
    Circumstance.ISOLATED: (
        ("需要配送婴儿奶粉", ServiceType.GOODS),
        ("慢性病用药需要代购", ServiceType.ERRAND),
        ("希望安排心理疏导", ServiceType.COUNSEL),
    ),
    Circumstance.HARDSHIP: (
        ("冰箱、被褥需要更换", ServiceType.GOODS),
        ("需要陪同复诊", ServiceType.MEDICAL),
    ),
    Circumstance.FRONTLINE: (("家中老人需要照料", ServiceType.VISIT),),
    Circumstance.CARE_HOME: (("防护物资不足", ServiceType.GOODS),),
    Circumstance.SHELTER: (("缺少食品和饮用水", ServiceType.GOODS),),
    Circumstance.BUSINESS: (("希望了解房租减免政策", ServiceType.POLICY),),
    Circumstance.OTHER: (("小区停水，需要协调", ServiceType.PROBLEM),),
}
RESULTS = ("已送达，对方确认收到。", "已办妥，电话回访满意。", "已协调有关单位解决。")
SOURCES = tuple(CaseSource)
PHOTOGRAPHED = frozenset({CaseState.UNDERWAY, CaseState.ANSWERED, CaseState.CLOSED})
# States of the drill's cases in turn, with the days from today to their due day.
DRILL: tuple[tuple[CaseState, int], ...] = (
    (CaseState.ASSIGNED, 0),
    (CaseState.UNDERWAY, 1),
    (CaseState.OPEN, 2),
    (CaseState.UNDERWAY, -1),
    (CaseState.ANSWERED, 1),
    (CaseState.CLOSED, -1),
    (CaseState.ASSIGNED, -1),
    (CaseState.OPEN, 1),
    (CaseState.CANCELLED, 0),
    (CaseState.ANSWERED, 0),
    (CaseState.CLOSED, 0),
    (CaseState.UNDERWAY, 2),
)
STEPS = {
    CaseState.OPEN: (),
    CaseState.ASSIGNED: (CaseState.ASSIGNED,),
    CaseState.UNDERWAY: (CaseState.ASSIGNED, CaseState.UNDERWAY),
    CaseState.ANSWERED: (CaseState.ASSIGNED, CaseState.UNDERWAY, CaseState.ANSWERED),
    CaseState.CLOSED: (
        CaseState.ASSIGNED,
        CaseState.UNDERWAY,
        CaseState.ANSWERED,
        CaseState.CLOSED,
    ),
    CaseState.CANCELLED: (CaseState.CANCELLED,),
}


@dataclass(slots=True)
class Case:
    id: int
    number: str
    plan: CampaignPlan
    helped: Helped
    title: str
    service: ServiceType
    source: CaseSource
    opened_on: dt.date
    due_on: dt.date
    state: CaseState
    result: str
    submission: uuid.UUID
    moments: list[dt.datetime] = field(default_factory=list)
    """When it was registered and when each step was done."""


def write_cases(
    world: World, copier: Copier, found: Mapping[int, Sequence[Helped]]
) -> dict[int, Case]:
    """The cases, by whom they are of."""
    cases = [case for plan in world.campaigns for case in _cases(world, plan, found[plan.id])]
    copier.load(
        AssistanceCase,
        "id number submission campaign beneficiary unit source service_type title owner due_on "
        "state result answered_by verified_by opened_on closed_at",
        (_row(world, case) for case in cases),
    )
    copier.load(
        CaseEvent,
        "id case kind before after text at by",
        (row for case in cases for row in _events(world, case)),
    )
    _hang_photos(world, copier, cases)
    return {case.helped.id: case for case in cases}


def _hang_photos(world: World, copier: Copier, cases: Sequence[Case]) -> None:
    """A picture or two of what was done, with some of the drill's cases."""
    rng, pictures = world.chance("case photos"), drawn_pictures()
    shown = [one for one in cases if one.plan.is_drill and one.state in PHOTOGRAPHED]
    files: list[Row] = []
    links: list[Row] = []
    events: list[Row] = []
    for case in shown[::2]:
        chosen = rng.sample(pictures, rng.choice((1, 2)))
        told = f"上传照片 {len(chosen)} 张"
        at, by = case.moments[-1], _owner(world, case)
        events.append(
            (world.next_id("case event"), case.id, CaseEventKind.NOTE, "", "", told, at, by)
        )
        for drawing in chosen:
            key = world.next_id("attachment")
            files.append(
                (
                    key, f"{case.number}照片", drawing.sha256, drawing.size, drawing.content_type,
                    drawing.path, by, at,
                )
            )  # fmt: skip
            links.append((case.id, key))
    copier.load(Attachment, "id name sha256 size content_type file uploaded_by uploaded_at", files)
    copier.load(CaseEvent, "id case kind before after text at by", events)
    copier.load(AssistanceCase.attachments.through, "assistancecase attachment", links)


def _cases(world: World, plan: CampaignPlan, helped: Sequence[Helped]) -> Iterator[Case]:
    rng = world.chance(plan.code + " cases")
    counted = [one for one in helped if one.duplicate_of is None]
    if plan.is_drill:
        first, others = counted[:2], counted[2:]
        chosen = [*first, *rng.sample(others, max(len(DRILL) - 2, len(others) // 2))]
        terms = [_open_term(world, plan, n) for n in range(len(chosen))]
    else:
        chosen = rng.sample(counted, max(8, len(counted) // SHARE))
        terms = [_past_term(plan, rng, one) for one in chosen]
    seen: dict[dt.date, int] = defaultdict(int)
    for one, (opened_on, due_on, state) in sorted(
        zip(chosen, terms, strict=True), key=lambda pair: (pair[1][0], pair[0].id)
    ):
        seen[opened_on] += 1
        title, service = rng.choice(TITLES[one.circumstance])
        is_answered = state in (CaseState.ANSWERED, CaseState.CLOSED)
        case = Case(
            id=world.next_id("case"),
            number=f"BF{opened_on:%Y%m%d}-{seen[opened_on]:04d}",
            plan=plan,
            helped=one,
            title=title,
            service=service,
            source=rng.choice(SOURCES),
            opened_on=opened_on,
            due_on=due_on,
            state=state,
            result=rng.choice(RESULTS) if is_answered else "",
            submission=uuid.UUID(int=rng.getrandbits(128), version=4),
        )
        case.moments = _moments(world, case, rng)
        yield case


def _open_term(world: World, plan: CampaignPlan, number: int) -> tuple[dt.date, dt.date, CaseState]:
    state, term = DRILL[number % len(DRILL)]
    opened = max(plan.starts_on, world.today - (2 + number % 2) * DAY)
    return opened, max(opened, world.today + term * DAY), state


def _past_term(plan: CampaignPlan, rng: Random, one: Helped) -> tuple[dt.date, dt.date, CaseState]:
    """Those of 2021 are over: done, or called off."""
    opened = one.registered_on
    state = CaseState.CANCELLED if rng.random() < 0.06 else CaseState.CLOSED
    return opened, min(opened + rng.randint(1, 5) * DAY, plan.ends_on), state


def _moments(world: World, case: Case, rng: Random) -> list[dt.datetime]:
    """Registered in the morning; the steps follow within the term, none after this morning."""
    at = moment_on(case.opened_on, dt.time(8, rng.randint(0, 59)))
    latest = moment_on(world.today, dt.time(7))
    if case.state in (CaseState.CLOSED, CaseState.ANSWERED):
        latest = min(latest, moment_on(case.due_on, dt.time(20)))
    steps = len(STEPS[case.state])
    room = max((latest - at) / (steps + 1), dt.timedelta(minutes=5))
    return [at + n * room for n in range(steps + 1)]


def _owner(world: World, case: Case) -> int:
    return world.users[f"unit{case.helped.unit.code}"]


def _row(world: World, case: Case) -> Row:
    steps = STEPS[case.state]
    owner = _owner(world, case) if CaseState.ASSIGNED in steps else None
    is_closed = case.state == CaseState.CLOSED
    return (
        case.id, case.number, case.submission, case.plan.id, case.helped.id, case.helped.unit.id,
        case.source, case.service, case.title, owner, case.due_on, case.state, case.result,
        owner if CaseState.ANSWERED in steps else None,
        world.users["caseworker"] if is_closed else None, case.opened_on,
        case.moments[-1] if is_closed else None,
    )  # fmt: skip


def _events(world: World, case: Case) -> Iterator[Row]:
    caseworker, owner = world.users["caseworker"], _owner(world, case)
    by = {
        CaseState.ASSIGNED: caseworker,
        CaseState.CLOSED: caseworker,
        CaseState.CANCELLED: caseworker,
    }
    says = {
        CaseState.ASSIGNED: f"由{world.names[owner]}办理，{written(case.due_on)}前办结",
        CaseState.ANSWERED: case.result,
        CaseState.CANCELLED: "对方已自行解决",
    }
    first, *rest = case.moments
    yield (
        world.next_id("case event"), case.id, CaseEventKind.REGISTERED, "", CaseState.OPEN, "",
        first, owner,
    )  # fmt: skip
    before = CaseState.OPEN
    for state, at in zip(STEPS[case.state], rest, strict=True):
        yield (
            world.next_id("case event"), case.id, CaseEventKind.MOVED, before, state,
            says.get(state, ""), at, by.get(state, owner),
        )  # fmt: skip
        before = state
