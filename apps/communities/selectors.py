"""Reads of places: what lies on them at a moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from .models import AreaStatus, Community


@dataclass(frozen=True)
class InForce:
    """A measure that holds on a place or on the street around it."""

    kind: int
    name: str
    is_sealed: bool
    place: str


def in_force(*, at: dt.datetime) -> QuerySet[AreaStatus]:
    """Rows that hold at the moment `at`; the end is not part of the span."""
    rows: QuerySet[AreaStatus] = AreaStatus.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at
    )
    return rows


def measures_on(
    communities: Collection[int], *, at: dt.datetime, is_drill: bool = False
) -> dict[int, list[InForce]]:
    """Measures on each community at `at`, those of its street and its estates included.

    Communities without any are absent. Two queries, however many communities.
    """
    streets = dict(Community.objects.filter(pk__in=communities).values_list("pk", "street"))
    rows = in_force(at=at).filter(
        Q(community__in=communities)
        | Q(street__in=set(streets.values()))
        | Q(estate__community__in=communities),
        is_drill=is_drill,
    )
    found: dict[int, list[InForce]] = defaultdict(list)
    for row in rows.select_related("measure", "estate", "street", "community").order_by("kind"):
        one = InForce(row.kind, row.measure.name, row.measure.is_sealed, place_name(row))
        for community in _communities_under(row, streets):
            found[community].append(one)
    return dict(found)


def _communities_under(row: AreaStatus, streets: dict[int, int]) -> list[int]:
    if row.community_id is not None:
        return [row.community_id]
    if row.estate is not None:
        return [row.estate.community_id]
    return [pk for pk, street in streets.items() if street == row.street_id]


def place_name(row: AreaStatus) -> str:
    return str(row.street or row.community or row.estate)
