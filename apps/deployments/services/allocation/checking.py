"""Whether the people a sheet asks for are there: free, and on the right side of a boundary."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from apps.communities.models import Community
from apps.units.models import Unit

from ...models import AllocationLine, AllocationSheet
from .capacity import Boundaries, boundaries, free_heads, has_people_inside
from .errors import AllocationRefusedError, CapacityError

NAMED = 3
"""Lines a refusal names; of the rest the number."""


def refuse_shortage(sheet: AllocationSheet, lines: Sequence[AllocationLine]) -> None:
    """Raises CapacityError when a unit's lines together ask more than it has free on the days.

    `lines` come with `unit` and `community`. Four statements however many lines.
    """
    asking = [line for line in lines if line.heads]
    if not asking:
        return
    edges = boundaries(on=sheet.on, is_drill=sheet.is_drill)
    short = _short(sheet, asking, edges, on=sheet.on)
    if short:
        raise CapacityError({line.pk: _sentence(line, room, zone) for line, room, zone in short})


def refuse_sealed(
    sheet: AllocationSheet, lines: Sequence[AllocationLine], *, today: dt.date, way: str
) -> None:
    """The boundary's part of `refuse_shortage` once more: it may have been drawn since 送审.

    Asked of the sheet's first day, of `today` when that is past. Raises AllocationRefusedError
    naming the lines, with the `way` out.
    """
    on = _day_asked(sheet.on, sheet.ends_on, today=today)
    edges = boundaries(on=on, is_drill=sheet.is_drill)
    inside = [line for line in lines if line.heads and edges.zone(line.community_id) is not None]
    if not inside:
        return
    short = [_finding(line, room) for line, room, _ in _short(sheet, inside, edges, on=on)]
    if short:
        more = f"等 {len(short)} 条" if len(short) > NAMED else ""
        raise AllocationRefusedError(f"{'；'.join(short[:NAMED])}{more}。{way}")


def why_sealed_off(
    unit: Unit,
    community: Community,
    *,
    starts_on: dt.date,
    ends_on: dt.date | None,
    is_drill: bool,
    today: dt.date,
) -> str:
    """Why the unit can send nobody to the community: it is sealed and none of theirs lives inside.

    Empty when it can. At most two statements.
    """
    on = _day_asked(starts_on, ends_on, today=today)
    edges = boundaries(on=on, is_drill=is_drill)
    zone = edges.zone(community.pk)
    if zone is None or has_people_inside(unit.pk, edges, zone, on=on):
        return ""
    return (
        f"{community}已封闭，{unit}没有可派人员住在封闭范围内，不能派入；"
        "请改派范围内有人的单位，或待解除后再派。"
    )


def _day_asked(starts_on: dt.date, ends_on: dt.date | None, *, today: dt.date) -> dt.date:
    """The first day on which people would still go; the last one of what is over."""
    on = max(starts_on, today)
    return on if ends_on is None else min(on, ends_on)


def _short(
    sheet: AllocationSheet, asking: Sequence[AllocationLine], edges: Boundaries, *, on: dt.date
) -> list[tuple[AllocationLine, int, str | None]]:
    """Lines that ask more than the unit has on their side of the boundary, and how many it has."""
    units = sorted({line.unit_id for line in asking})
    free = free_heads(
        sheet.campaign, edges, on=on, until=sheet.ends_on, units=units, sheet=sheet.pk or 0
    )
    by_key: dict[tuple[int, str | None], list[AllocationLine]] = defaultdict(list)
    for line in asking:
        by_key[line.unit_id, edges.zone(line.community_id)].append(line)
    return [
        (line, free.get(key, 0), key[1])
        for key, of_unit in by_key.items()
        if sum(line.heads for line in of_unit) > free.get(key, 0)
        for line in of_unit
    ]


def _sentence(line: AllocationLine, room: int, zone: str | None) -> str:
    if zone is not None:
        return f"{_finding(line, room)}，请减少人数或改派范围内有人的单位。"
    return f"{line.unit}当日可派 {room} 人，请减少人数或改派其他单位。"


def _finding(line: AllocationLine, room: int) -> str:
    return f"{line.community}已封闭，{line.unit}住在封闭范围内可派的有 {room} 人"
