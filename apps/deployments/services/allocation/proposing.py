"""A proposal for a day: open needs, free people, the best dispatch, and a reason for each line."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from apps.campaigns.models import Campaign
from apps.units.models import Unit

from ...allocating import BINDING, Nearness
from ...models import Need
from ...needs import with_chain
from .capacity import boundaries, free_heads, recent_loads
from .problem import Demand, Place, Plan, Supply
from .solver import first_come, solve

RESTED = 3
"""Of ten: up to it a unit counts as 近期派出较少."""


@dataclass(frozen=True)
class ProposedLine:
    unit: int
    need: Need
    heads: int
    nearness: Nearness
    reason: str


@dataclass(frozen=True)
class Proposal:
    """`summary` is what is kept with the sheet: JSON, all numbers of heads."""

    lines: tuple[ProposedLine, ...]
    summary: dict[str, Any]


def propose(
    campaign: Campaign, *, on: dt.date, until: dt.date | None, needs: Sequence[Need] | None = None
) -> Proposal:
    """The best dispatch for the needs of `on` that are still short, and how it compares with
    answering them as they came. The number of queries does not depend on the rows."""
    wanted = list(needs) if needs is not None else short_needs(campaign, on=on)
    edges = boundaries(on=on, is_drill=campaign.is_drill)
    free = free_heads(campaign, edges, on=on, until=until)
    supplies = _supplies(free)
    demands = [_demand(need, edges) for need in wanted]
    loads = recent_loads(campaign, on=on)
    plan = solve(supplies, demands, loads=loads)
    naive = first_come(supplies, demands, order=range(len(demands)))
    return Proposal(
        lines=tuple(_lines(plan, supplies, wanted, loads)),
        summary={
            "asked": sum(one.heads for one in demands),
            "needs": len(demands),
            "free": sum(free.values()),
            "optimal": plan.is_optimal,
            **_told(plan),
            "first_come": _told(naive),
        },
    )


def short_needs(campaign: Campaign, *, on: dt.date, only: Need | None = None) -> list[Need]:
    """Needs for hands that cover `on` and are still short, in the order they were raised."""
    rows = (
        Need.objects.filter(campaign=campaign, starts_on__lte=on, heads__gt=0)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .open()
    )
    if only is not None:
        rows = rows.filter(pk=only.pk)
    found = with_chain(rows, on=on, states=BINDING).filter(lacking__gt=0)
    return list(found.select_related("community__street", "task_type").order_by("raised_at", "pk"))


def _supplies(free: dict[tuple[int, str | None], int]) -> list[Supply]:
    """People outside start from the unit's office; those sealed in serve where they are."""
    units = Unit.objects.filter(pk__in={unit for unit, _ in free}, is_active=True)
    places = {
        pk: (order, Place(community, street, district))
        for pk, order, community, street, district in units.values_list(
            "pk",
            "sort_order",
            "office_community",
            "office_community__street",
            "office_community__street__district",
        )
    }
    known = sorted(
        (
            (*places[unit], unit, zone, heads)
            for (unit, zone), heads in free.items()
            if heads and unit in places
        ),
        key=lambda row: (row[0], row[3] or ""),
    )
    return [Supply(unit, place, heads, zone) for _, place, unit, zone, heads in known]


def _demand(need: Any, edges: Any) -> Demand:
    street = need.community.street
    place = Place(need.community_id, street.pk, street.district_id)
    return Demand(place, need.lacking, need.urgency, edges.zone(need.community_id))


def _lines(
    plan: Plan, supplies: Sequence[Supply], needs: Sequence[Need], loads: dict[int, int]
) -> list[ProposedLine]:
    """One line per unit and need; a unit may reach a need from inside and outside a boundary."""
    heads: dict[tuple[int, int], int] = defaultdict(int)
    near: dict[tuple[int, int], Nearness] = {}
    for move in plan.moves:
        key = supplies[move.supply].unit, move.demand
        heads[key] += move.heads
        near[key] = min(move.nearness, near.get(key, Nearness.FURTHER))
    return [
        ProposedLine(
            unit, needs[number], heads[unit, number], near[unit, number],
            reason_of(near[unit, number], loads.get(unit, 0)),
        )
        for unit, number in heads
    ]  # fmt: skip


def reason_of(nearness: Nearness, load: int) -> str:
    """同街道 · 近期派出较少."""
    words = [Nearness(nearness).label]
    if load <= RESTED:
        words.append("近期派出较少")
    if nearness == Nearness.FURTHER:
        words.append("就近力量不足")
    return " · ".join(words)


def _told(plan: Plan) -> dict[str, Any]:
    far = sum(move.heads for move in plan.moves if move.nearness == Nearness.FURTHER)
    return {
        "sent": sum(move.heads for move in plan.moves),
        "unmet": plan.unmet,
        "steps": plan.distance,
        "far": far,
        "units": len({move.supply for move in plan.moves}),
    }
