"""Reads of closures: who would cross one, what would become of them, who may go back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.campaigns.enums import REPORTING_STATES
from apps.communities.models import AreaStatus, Community
from apps.core.dates import day_bounds, to_local
from apps.core.formats import day, listing
from apps.units.models import Member, Membership, Unit

from .crossing_sql import WOULD_CROSS
from .models import Deployment
from .sealing_enums import ChangeKind
from .sealing_plan_sql import PLAN, RETURNS, UNNAMED


@dataclass(frozen=True, slots=True)
class Move:
    """What would become of one stay: where its person goes from `since`, or that they come back."""

    kind: str
    member: int
    unit: int
    deployment: int
    since: dt.date
    status: int
    to_community: int | None
    to_estate: int | None
    stay: int | None
    return_of: int | None


@dataclass(frozen=True)
class UnitPart:
    """What becomes of the people of one unit: how many and who, by kind."""

    unit: Unit
    counts: dict[str, int]
    names: dict[str, list[str]]


@dataclass(frozen=True)
class Plan:
    """All that would change at once, and the seal by which applying knows it is still this."""

    moves: list[Move]
    seal: str

    @property
    def counts(self) -> dict[str, int]:
        return count(self.moves)

    @property
    def units(self) -> int:
        return len({move.unit for move in self.moves})


def count(moves: Iterable[Move]) -> dict[str, int]:
    found = dict.fromkeys(ChangeKind.values, 0)
    for move in moves:
        found[move.kind] += 1
    return found


def parameters(*, is_drill: bool, today: dt.date) -> dict[str, Any]:
    return {"drill": is_drill, "today": today, "states": [str(s) for s in REPORTING_STATES]}


def plan_of_closures(*, is_drill: bool, today: dt.date) -> Plan:
    """What is to change so that nobody crosses a closure from `today` on; one statement."""
    return _plan(PLAN, is_drill=is_drill, today=today)


def plan_of_returns(*, is_drill: bool, today: dt.date) -> Plan:
    """Who may go back to the earlier post because the closure has an end; one statement."""
    return _plan(RETURNS, is_drill=is_drill, today=today)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A deployment sent by head alone into what is sealed; `heads` None: not on record.

    From `since` on nobody from outside may be there.
    """

    pk: int
    unit_id: int
    unit: str
    community: str
    task_type: str
    heads: int | None
    since: dt.date


def unnamed_inside(*, is_drill: bool, today: dt.date) -> list[Unnamed]:
    """Deployments without named people in what is sealed, by unit; one statement.

    The plan moves people and sees none here, so somebody has to decide.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNNAMED, parameters(is_drill=is_drill, today=today))
        return [Unnamed(*row) for row in cursor.fetchall()]


COLUMNS = "kind, member_id, unit_id, deployment_id, since, status_id, to_community, to_estate, stay"
"""What of a plan is said by its seal."""
SEAL = f"sum(hash_record_extended(ROW({COLUMNS}), 0))"
"""A plan's fingerprint: the same rows give the same, in whatever order."""


def _plan(sql: str, *, is_drill: bool, today: dt.date) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, return_of, ({SEAL} OVER ())::text"  # noqa: S608
            f" FROM ({sql}) plan ORDER BY unit_id, member_id, since",
            parameters(is_drill=is_drill, today=today),
        )
        rows = cursor.fetchall()
    seal = rows[0][-1] if rows else ""
    return Plan([Move(*row[:-1]) for row in rows], seal)


def by_unit(moves: Iterable[Move]) -> list[UnitPart]:
    """The moves by unit in the official order, names included; two queries."""
    return _parts((move.unit, move.kind, move.member) for move in moves)


def changes_by_unit(changes: Any) -> list[UnitPart]:
    """What a sealing did, by unit in the official order, names included; three queries."""
    return _parts(changes.order_by("pk").values_list("deployment__unit", "kind", "member"))


def _parts(rows: Iterable[tuple[int, str, int]]) -> list[UnitPart]:
    found: dict[int, dict[str, list[int]]] = {}
    for unit, kind, member in rows:
        found.setdefault(unit, {}).setdefault(kind, []).append(member)
    shown = {member for kinds in found.values() for people in kinds.values() for member in people}
    names = dict(Member.objects.filter(pk__in=shown).values_list("pk", "name"))
    return [
        UnitPart(
            unit,
            {kind: len(found[unit.pk].get(kind, ())) for kind in ChangeKind.values},
            {kind: [names[one] for one in people] for kind, people in found[unit.pk].items()},
        )
        for unit in Unit.objects.filter(pk__in=found).order_by("sort_order")
    ]


@dataclass(frozen=True)
class PlacePart:
    """What changes at one community: who comes to serve there, who leaves."""

    community: Community
    moved: int
    withdrawn: int


def by_place(moves: Iterable[Move]) -> list[PlacePart]:
    """Communities people are moved to or withdrawn from; two queries."""
    moves = list(moves)
    posts = dict(
        Deployment.objects.filter(pk__in={move.deployment for move in moves}).values_list(
            "pk", "community"
        )
    )
    come: dict[int, int] = {}
    leave: dict[int, int] = {}
    for move in moves:
        if move.kind == ChangeKind.MOVED and move.to_community:
            come[move.to_community] = come.get(move.to_community, 0) + 1
        elif move.kind == ChangeKind.WITHDRAWN:
            leave[posts[move.deployment]] = leave.get(posts[move.deployment], 0) + 1
    places = Community.objects.filter(pk__in={*come, *leave}).select_related("street__district")
    return [PlacePart(one, come.get(one.pk, 0), leave.get(one.pk, 0)) for one in places]


def closures_of(moves: Iterable[Move]) -> list[AreaStatus]:
    """The measures that are the reason, the earliest first."""
    rows = AreaStatus.objects.filter(pk__in={move.status for move in moves})
    return list(rows.with_places().order_by("starts_at", "pk"))


def current_unit(members: Collection[int], *, on: dt.date) -> dict[int, int]:
    rows = Membership.objects.filter(member__in=members).on(on)
    return dict(rows.values_list("member", "unit"))


# --- one sending --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One person at one place in a span of days."""

    member: int
    community: int
    estate: int | None
    starts_on: dt.date
    ends_on: dt.date | None


def why_not(asked: Sequence[Asked], *, is_drill: bool, now: dt.datetime | None = None) -> str:
    """Why somebody may not be where it is asked for: who would cross what; empty when all may.

    Of today only the rest counts: a closure lifted this morning keeps nobody back. One statement.
    """
    since = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            WOULD_CROSS,
            {
                "drill": is_drill,
                "members": [one.member for one in asked],
                "communities": [one.community for one in asked],
                "estates": [one.estate for one in asked],
                "starts": [max(day_bounds(one.starts_on)[0], since) for one in asked],
                "ends": [day_bounds(one.ends_on)[1] if one.ends_on else None for one in asked],
            },
        )
        rows = cursor.fetchall()
    if not rows:
        return ""
    _, is_home, measure, starts_at, ends_at, basis, place = rows[0]
    who = listing([row[0] for row in rows if row[1:] == rows[0][1:]], most=5, measure="人")
    head = f"{place}{_when(starts_at, ends_at)}{measure}（{basis}），{who}"
    if is_home:
        return f"{head}居住在其中，不能派往区域外；请改派居住社区的就地任务，或待解除后再派。"
    return f"{head}不住在其中，不能派入；请改派区域外的任务，或待解除后再派。"


def _when(starts_at: dt.datetime, ends_at: dt.datetime | None) -> str:
    first = to_local(starts_at)
    told = f"自{day(first.date())}{first:%H:%M}起"
    if ends_at is None:
        return told
    last = to_local(ends_at)
    return f"{told}至{day(last.date(), today=first.date())}{last:%H:%M}"


def described(status: AreaStatus) -> str:
    """城东路社区 封控管理（自8月23日18:00起，市指挥部通告2021年31号）"""
    when = _when(status.starts_at, status.ends_at)
    return f"{status.place}{status.measure}（{when}，{status.basis}）"


def described_together(statuses: Iterable[AreaStatus], *, most: int) -> list[str]:
    """Measures in words; places of the same measure, hours and notice stand in one sentence.

    Of each sentence `most` places are named: 长江街道、桐柏街道等63处封闭管理（自…起，通告31号）
    """
    together: dict[tuple[str, str, str], list[str]] = {}
    for status in statuses:
        key = str(status.measure), _when(status.starts_at, status.ends_at), status.basis
        together.setdefault(key, []).append(str(status.place))
    return [
        f"{listing(places, most=most, measure='处')}{measure}（{when}，{basis}）"
        for (measure, when, basis), places in together.items()
    ]
