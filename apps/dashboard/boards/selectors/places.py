"""Where hands are short: communities by their gap, and all of them district by district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeAlias

from django.urls import reverse
from django.utils.safestring import SafeString

from apps.campaigns.models import Campaign
from apps.core.html import escaped
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
SELECT c.id, c.name, s.name, d.id, d.name, a.heads::int, a.present::int, a.gap::int, a.needs::int,
       COUNT(*) FILTER (WHERE a.gap > 0) OVER () AS short, SUM(a.gap) OVER () AS whole
  FROM asked a
  JOIN communities_community c ON c.id = a.community_id
  JOIN communities_street s ON s.id = c.street_id
  JOIN communities_district d ON d.id = s.district_id
"""
LARGEST = f"{PLACES} ORDER BY a.gap DESC, c.sort_key LIMIT %(most)s"
BY_DISTRICT = f"{PLACES} ORDER BY d.sort_order, c.sort_key"


@cache
def community_url() -> str:
    """A community's address with its key left out: hundreds of them stand on one board."""
    return reverse("communities:community_detail", args=[0]).replace("/0/", "/{}/")


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
        return community_url().format(self.pk)

    @property
    def tone(self) -> TileTone:
        if not self.gap:
            return "met"
        if not self.present:
            return "none"
        return "half" if 2 * self.gap > self.heads else "short"

    def tile(self, address: str) -> str:
        """A square that says the community; of its parts only the name needs to be escaped."""
        name = escaped(self.name)
        says = f"{name}：需求 {self.heads} 人，到岗 {self.present} 人，缺口 {self.gap} 人"
        return (
            f'<a class="tile tile-{self.tone}" href="{address.format(self.pk)}" title="{says}"'
            f' aria-label="{says}"></a>'
        )


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
        address = community_url()
        return SafeString("".join(place.tile(address) for place in self.places))

    @property
    def heads(self) -> int:
        return sum(place.heads for place in self.places)

    @property
    def present(self) -> int:
        return sum(place.present for place in self.places)

    @property
    def gap(self) -> int:
        return sum(place.gap for place in self.places)

    @property
    def short(self) -> int:
        return sum(place.gap > 0 for place in self.places)


def largest_gaps(campaign: Campaign, *, on: dt.date, most: int = 10) -> Gaps:
    """The `most` communities with the largest gap, ties in official order. One query."""
    rows = _rows(LARGEST, campaign, on, most=most)
    short, whole = (int(rows[0][9]), int(rows[0][10])) if rows else (0, 0)
    return Gaps([place for place in _places(rows) if place.gap], short, whole)


def district_tiles(campaign: Campaign, *, on: dt.date) -> list[DistrictTiles]:
    """Every community that asked for hands, by district in the official order. One query."""
    places = _places(_rows(BY_DISTRICT, campaign, on))
    return [
        DistrictTiles(key[0], key[1], list(rows))
        for key, rows in groupby(places, key=lambda place: (place.district_id, place.district))
    ]


def _rows(sql: str, campaign: Campaign, on: dt.date, **more: int) -> list[tuple[Any, ...]]:
    return fetched(sql, campaign=campaign.pk, on=on, **more)


def _places(rows: list[tuple[Any, ...]]) -> list[Place]:
    return [Place(*row[:9]) for row in rows]
