"""Whether the people a sheet asks for are there: free, and on the right side of a boundary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ...models import AllocationLine, AllocationSheet
from .capacity import boundaries, free_heads
from .errors import CapacityError
from .problem import Place


def refuse_shortage(sheet: AllocationSheet, lines: Sequence[AllocationLine]) -> None:
    """Raises CapacityError when a unit's lines together ask more than it has free on the days.

    `lines` come with `unit` and `community__street`. Four statements however many lines.
    """
    asking = [line for line in lines if line.heads]
    if not asking:
        return
    edges = boundaries(on=sheet.on, is_drill=sheet.is_drill)
    units = sorted({line.unit_id for line in asking})
    free = free_heads(
        sheet.campaign, edges, on=sheet.on, until=sheet.ends_on, units=units, sheet=sheet.pk or 0
    )
    by_key: dict[tuple[int, str | None], list[AllocationLine]] = defaultdict(list)
    for line in asking:
        by_key[line.unit_id, edges.zone(_place(line))].append(line)
    short: dict[int, str] = {}
    for (unit, zone), of_unit in by_key.items():
        room = free.get((unit, zone), 0)
        if sum(line.heads for line in of_unit) > room:
            short |= {line.pk: _sentence(line, room, zone) for line in of_unit}
    if short:
        raise CapacityError(short)


def _place(line: AllocationLine) -> Place:
    return Place(line.community_id, line.community.street_id)


def _sentence(line: AllocationLine, room: int, zone: str | None) -> str:
    if zone is not None:
        return (
            f"{line.community}已封闭，{line.unit}住在封闭范围内可派的有 {room} 人，"
            "请减少人数或改派范围内有人的单位。"
        )
    return f"{line.unit}当日可派 {room} 人，请减少人数或改派其他单位。"
