"""Where hands are short: communities by their gap, and all of them district by district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeAlias

from django.utils.safestring import SafeString

from apps.campaigns.models import Campaign
from apps.core.addresses import by_key
from apps.core.statements import fetched

TileTone: TypeAlias = Literal["met", "short", "half", "none"]

# Needs of the day as the gap indicator counts them: those not closed, with who is present for them.
PLACES = """
WITH present AS (
    SELECT y.need_id, SUM(e.present) AS n
      FROM deployments_deployment y
      JOIN deployments_deploymentday e ON e.deployment_id = y.id AND e."on" = %(on)s
     WHERE y.campaign_id = %(campaign)s AND y.need_id IS NOT NULL
     GROUP BY y.need_id
),
asked AS (
    SELECT n.community_id, SUM(n.heads) AS heads,
           SUM(LEAST(COALESCE(p.n, 0), n.heads)) AS present,
           SUM(GREATEST(n.heads - COALESCE(p.n, 0), 0)) AS gap,
           COUNT(*) FILTER (WHERE n.heads > COALESCE(p.n, 0)) AS needs
      FROM deployments_need n
      LEFT JOIN present p ON p.need_id = n.id
     WHERE n.campaign_id = %(campaign)s AND n.starts_on <= %(on)s
       AND (n.ends_on IS NULL OR n.ends_on >= %(on)s) AND n.state <> 'closed'
     GROUP BY n.community_id
)
SELECT c.id, c.name, s.name, d.id, d.name, a.heads::int, a.present::int, a.gap::int, a.needs::int
       {more}
  FROM asked a
  JOIN communities_community c ON c.id = a.community_id
  JOIN communities_street s ON s.id = c.street_id
  JOIN communities_district d ON d.id = s.district_id
"""
WHOLE = ", COUNT(*) FILTER (WHERE a.gap > 0) OVER (), SUM(a.gap) OVER ()"
LARGEST = f"{PLACES.format(more=WHOLE)} ORDER BY a.gap DESC, c.sort_key LIMIT %(most)s"
BY_DISTRICT = f"{PLACES.format(more='')} ORDER BY d.sort_order, c.sort_key"
COMMUNITY = "communities:community_detail"


class Place(NamedTuple):
    """A community that asked for hands on the day. `present` counts those there for its needs."""

    pk: int
    name: str
    street: str
    district_id: int
    district: str
    heads: int
    present: int
    gap: int
    needs: int

    @property
    def url(self) -> str:
        return by_key(COMMUNITY)(self.pk)


@dataclass(frozen=True)
class Gaps:
    """The communities with the largest gaps; `short` are short altogether, by `whole` people."""

    rows: Sequence[Place]
    short: int
    whole: int


@dataclass(frozen=True)
class DistrictTiles:
    """One district's communities that asked for hands, in their order."""

    pk: int
    name: str
    places: Sequence[Place]

    @property
    def tiles(self) -> SafeString:
        """Written here: a template would take longer over hundreds of them than their query."""
        address = by_key(COMMUNITY)
        return SafeString("".join(_tile(place, address) for place in self.places))

    @property
    def heads(self) -> int:
        return sum(place.heads for place in self.places)

    @property
    def present(self) -> int:
        return sum(place.present for place in self.places)

    @cached_property
    def gap(self) -> int:
        return sum(place.gap for place in self.places)

    @property
    def short(self) -> int:
        return sum(place.gap > 0 for place in self.places)


def _tile(place: Place, address: Callable[[object], str]) -> str:
    """A square whose title says the community, to the eye and the ear alike; of its parts only
    the name needs to be escaped."""
    pk, name, _, _, _, heads, present, gap, _ = place
    return (
        f'<a class="tile tile-{_tone(heads, present, gap)}" href="{address(pk)}" title='
        f'"{escape(name)}：需求 {heads} 人，到岗 {present} 人，缺口 {gap} 人"></a>'
    )


def _tone(heads: int, present: int, gap: int) -> TileTone:
    if not gap:
        return "met"
    if not present:
        return "none"
    return "half" if 2 * gap > heads else "short"


def largest_gaps(campaign: Campaign, *, on: dt.date, most: int = 10) -> Gaps:
    """The `most` communities with the largest gap, ties in official order. One query."""
    rows = _rows(LARGEST, campaign, on, most=most)
    short, whole = (int(rows[0][9]), int(rows[0][10])) if rows else (0, 0)
    return Gaps([place for row in rows if (place := Place(*row[:9])).gap], short, whole)


def district_tiles(campaign: Campaign, *, on: dt.date) -> list[DistrictTiles]:
    """Every community that asked for hands, by district in the official order. One query."""
    places = map(Place._make, _rows(BY_DISTRICT, campaign, on))
    return [
        DistrictTiles(pk, name, list(rows))
        for (pk, name), rows in groupby(places, key=attrgetter("district_id", "district"))
    ]


def _rows(sql: str, campaign: Campaign, on: dt.date, **more: int) -> list[tuple[Any, ...]]:
    return fetched(sql, campaign=campaign.pk, on=on, **more)
