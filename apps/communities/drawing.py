"""A named area drawn from the list of places a notice gives, one in a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from apps.office.workbooks.cells import read_name

from .models import AreaPart, Community, Estate, NamedArea
from .places import (
    DRAWN,
    FIELDS,
    KINDS,
    KNOWN_AS,
    SEVERAL,
    UNKNOWN,
    PlaceKind,
    drawn_places,
    with_place,
)

MOST = 500
"""Places of one area: more than any notice lists."""
LONGEST = 160


@dataclass(frozen=True)
class Drawn:
    """The places read, as their numbers, and what is wrong with which line."""

    places: list[int]
    problems: list[str]


def read_places(text: str, user: Any) -> Drawn:
    """The places that `user` may name, one in a line, empty lines left out. Up to four queries."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST:
        return Drawn(
            [], [f"最多列 {MOST} 处，现有 {len(lines)} 处；整条街道都在内的，请只列街道。"]
        )
    known = _known(user)
    first: dict[int, int] = {}
    problems = []
    for number, line in lines:
        found = known.get(_plain(line), set())
        if len(found) != 1:
            problems.append(f"第 {number} 行“{line}”：{SEVERAL if found else UNKNOWN}")
            continue
        (place,) = found
        if place in first:
            problems.append(f"第 {number} 行“{line}”：与第 {first[place]} 行是同一处，请删去一行。")
            continue
        first[place] = number
    problems += _nested(first, dict(lines))
    return Drawn(list(first), problems)


def _known(user: Any) -> dict[str, set[int]]:
    known: dict[str, set[int]] = defaultdict(set)
    for number, *names in drawn_places(user).values_list("number", *KNOWN_AS):
        for name in filter(None, names):
            known[name].add(number)
    return known


def _plain(line: str) -> str:
    read = read_name(line, most=LONGEST)
    return "" if read.problem else str(read.value or "")


def _nested(first: dict[int, int], lines: dict[int, str]) -> Iterator[str]:
    """What lies in another of the places would be in twice."""
    numbers = {
        kind: [place // KINDS for place in first if place % KINDS == int(kind)] for kind in DRAWN
    }
    communities = Community.objects.filter(pk__in=numbers[PlaceKind.COMMUNITY])
    estates = Estate.objects.filter(pk__in=numbers[PlaceKind.ESTATE])
    inside = [
        *(
            (PlaceKind.COMMUNITY, pk, None, street)
            for pk, street in communities.values_list("pk", "street")
        ),
        *(
            (PlaceKind.ESTATE, *row)
            for row in estates.values_list("pk", "community", "community__street")
        ),
    ]
    for kind, pk, community, street in inside:
        around = community and first.get(community * KINDS + int(PlaceKind.COMMUNITY))
        around = around or first.get(street * KINDS + int(PlaceKind.STREET))
        if around:
            number = first[pk * KINDS + int(kind)]
            yield f"第 {number} 行“{lines[number]}”：已包含在第 {around} 行“{lines[around]}”中，请删去。"


def draw(area: NamedArea, places: Sequence[int]) -> None:
    """Save the area with its parts; the caller is in a transaction."""
    area.save()
    AreaPart.objects.bulk_create(
        AreaPart(area=area, **{f"{FIELDS[PlaceKind(str(n % KINDS))]}_id": n // KINDS})
        for n in places
    )


def listed(area: NamedArea) -> str:
    """The places of the area as `read_places` takes them."""
    parts = with_place(area.parts.order_by("pk"), *DRAWN)
    return "\n".join(parts.values_list("place", flat=True))
