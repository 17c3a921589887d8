"""Reads of places: what lies on them at a moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from .models import AreaPart, AreaStatus, AreaStatusQuerySet, Community


@dataclass(frozen=True)
class InForce:
    """A measure that holds on a place or on the street around it."""

    kind: int
    name: str
    is_sealed: bool
    place: str


def in_force(*, at: dt.datetime) -> AreaStatusQuerySet:
    """Rows that hold at the moment `at`; the end is not part of the span."""
    rows: AreaStatusQuerySet = AreaStatus.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at
    )
    return rows


def measures_on(
    communities: Collection[int], *, at: dt.datetime, is_drill: bool = False
) -> dict[int, list[InForce]]:
    """Measures on each community at `at`, those of its street and its estates included.

    Communities without any are absent. The number of queries does not depend on the communities.
    """
    streets = dict(Community.objects.filter(pk__in=communities).values_list("pk", "street"))
    near = set(streets.values())
    rows = in_force(at=at).filter(lies_on(communities, near), is_drill=is_drill).with_places()
    found: dict[int, list[InForce]] = defaultdict(list)
    for row in rows.prefetch_related("area__parts__estate").order_by("kind"):
        one = InForce(row.kind, row.measure.name, row.measure.is_sealed, str(row.place))
        for community in _communities_under(row, streets):
            found[community].append(one)
    return dict(found)


def lies_on(communities: Collection[int], streets: Collection[int]) -> Q:
    """Measures on the communities, on `streets`, on their estates, and on areas with any of these."""
    drawn = (
        Q(community__in=communities) | Q(street__in=streets) | Q(estate__community__in=communities)
    )
    return drawn | Q(area__in=AreaPart.objects.filter(drawn).values("area"))


def under(places: type[Model], statuses: QuerySet[AreaStatus]) -> QuerySet[Any]:
    """Streets, communities or estates on which one of `statuses` lies, by itself or in an area."""
    by_area = Q(area_parts__area__statuses__in=statuses)
    return places._default_manager.filter(Q(statuses__in=statuses) | by_area)


def _communities_under(row: AreaStatus, streets: dict[int, int]) -> set[int]:
    """Of the communities, each with its street, those that lie in it or of which a part does."""
    drawn = row.area.parts.all() if row.area is not None else [row]
    within: set[int] = set()
    for one in drawn:
        if one.street_id is not None:
            within |= {pk for pk, street in streets.items() if street == one.street_id}
        else:
            within.add(one.community_id or one.estate.community_id)
    return within & streets.keys()
