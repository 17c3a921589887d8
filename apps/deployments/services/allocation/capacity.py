# ruff: noqa: S608 - put together from constants of this module alone
"""Who is free on a day, by unit and by the sealed area that holds them; what was asked lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.campaigns.models import Campaign
from apps.communities.models import AreaStatus
from apps.core.dates import day_bounds

from ...allocating import BINDING
from .problem import Place
from .solver import MOST_LOAD

LOOK_BACK = dt.timedelta(days=14)
UNAVAILABLE = "estate"
"""Who lives in a sealed estate leaves it for no need: needs are those of whole communities."""

# The sealed area that holds a person `p` who lives in the community `c`.
ZONE = """
     CASE WHEN p.home_estate_id = ANY(%(estates)s) THEN 'estate'
          WHEN p.home_community_id = ANY(%(communities)s) THEN 'c' || p.home_community_id
          WHEN c.street_id = ANY(%(streets)s) THEN 's' || c.street_id END"""
# People of the unit on the day, not exempt, not sent anywhere in the span. Those promised by a
# sheet but not yet named are taken off by their number.
FREE = f"""
SELECT m.unit_id, z.zone, COUNT(*)
  FROM units_membership m
  JOIN units_member p ON p.id = m.member_id AND NOT p.is_exempt AND p.kind = 'member'
  LEFT JOIN communities_community c ON c.id = p.home_community_id
 CROSS JOIN LATERAL (
     SELECT {ZONE} AS zone
 ) AS z
 WHERE m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
   AND (%(units)s::bigint[] IS NULL OR m.unit_id = ANY(%(units)s))
   AND NOT EXISTS (
       SELECT FROM deployments_assignment a
        WHERE a.member_id = p.id AND a.is_drill = %(is_drill)s
          AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
          AND a.starts_on <= COALESCE(%(until)s, 'infinity'::date))
 GROUP BY m.unit_id, z.zone
"""
INSIDE = f"""
SELECT EXISTS (
    SELECT FROM units_membership m
      JOIN units_member p ON p.id = m.member_id AND NOT p.is_exempt
      LEFT JOIN communities_community c ON c.id = p.home_community_id
     WHERE m.unit_id = %(unit)s
       AND m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
       AND {ZONE} = %(zone)s)
"""
PROMISED = """
SELECT l.unit_id, l.community_id, SUM(GREATEST(l.heads - COALESCE(d.named, 0), 0))
  FROM deployments_allocationline l
  JOIN deployments_allocationsheet s ON s.id = l.sheet_id
  LEFT JOIN LATERAL (
      SELECT COUNT(*) AS named FROM deployments_assignment a
       WHERE a.deployment_id = l.deployment_id) AS d ON true
 WHERE s.state = ANY(%(binding)s) AND s.is_drill = %(is_drill)s AND s.id <> %(sheet)s
   AND (s.ends_on IS NULL OR s.ends_on >= %(on)s)
   AND s."on" <= COALESCE(%(until)s, 'infinity'::date)
   AND (%(units)s::bigint[] IS NULL OR l.unit_id = ANY(%(units)s))
 GROUP BY l.unit_id, l.community_id
"""
RECENT = """
SELECT d.unit_id, SUM(y.present)::float / GREATEST(size.members, 1)
  FROM deployments_deploymentday y
  JOIN deployments_deployment d ON d.id = y.deployment_id AND d.is_drill = %(is_drill)s
  JOIN LATERAL (
      SELECT COUNT(*) AS members FROM units_membership m
       WHERE m.unit_id = d.unit_id AND m.starts_on <= %(on)s
         AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)) AS size ON true
 WHERE y."on" >= %(since)s AND y."on" < %(on)s
 GROUP BY d.unit_id, size.members
"""


@dataclass(frozen=True)
class Boundaries:
    """What is sealed during a day; a place inside may be served from inside alone."""

    streets: frozenset[int] = frozenset()
    communities: frozenset[int] = frozenset()
    estates: frozenset[int] = frozenset()

    def zone(self, place: Place) -> str | None:
        """The innermost sealed area that holds a whole community."""
        if place.community in self.communities:
            return f"c{place.community}"
        return f"s{place.street}" if place.street in self.streets else None

    @property
    def asked(self) -> dict[str, list[int]]:
        """As the statements take them."""
        return {
            "estates": sorted(self.estates),
            "communities": sorted(self.communities),
            "streets": sorted(self.streets),
        }


def boundaries(*, on: dt.date, is_drill: bool) -> Boundaries:
    """Sealed at any hour of `on`; one query."""
    start, end = day_bounds(on)
    rows = (
        AreaStatus.objects.filter(measure__is_sealed=True, is_drill=is_drill, starts_at__lt=end)
        .exclude(ends_at__lte=start)
        .values_list("street", "community", "estate")
    )
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return Boundaries(*(frozenset(pk for pk in column if pk is not None) for column in columns))


def free_heads(
    campaign: Campaign,
    edges: Boundaries,
    *,
    on: dt.date,
    until: dt.date | None,
    units: list[int] | None = None,
    sheet: int = 0,
) -> dict[tuple[int, str | None], int]:
    """People free from `on` to `until` by unit and sealed area (None: none). Two statements.

    `sheet` is left out of what is promised already: the one being drawn up.
    """
    about: dict[str, Any] = {
        "on": on,
        "until": until,
        "units": units,
        "is_drill": campaign.is_drill,
        **edges.asked,
        "binding": [str(state) for state in BINDING],
        "sheet": sheet,
    }
    with connection.cursor() as cursor:
        cursor.execute(FREE, about)
        free = {
            (unit, zone): heads for unit, zone, heads in cursor.fetchall() if zone != UNAVAILABLE
        }
        cursor.execute(PROMISED, about)
        promised = cursor.fetchall()
    zones = _zones_of({community for _, community, _ in promised}, edges)
    for unit, community, heads in promised:
        key = unit, zones.get(community)
        free[key] = max(free.get(key, 0) - int(heads), 0)
    return free


def has_people_inside(unit: int, edges: Boundaries, zone: str, *, on: dt.date) -> bool:
    """Whether the unit has anybody inside the sealed area who may be sent, free or not."""
    with connection.cursor() as cursor:
        cursor.execute(INSIDE, {"unit": unit, "zone": zone, "on": on, **edges.asked})
        (found,) = cursor.fetchone()
    return bool(found)


def _zones_of(communities: set[int], edges: Boundaries) -> dict[int, str | None]:
    """Asked for only where a street is sealed; a sealed community is its own answer."""
    from apps.communities.models import Community

    if not edges.streets:
        return {pk: edges.zone(Place(pk)) for pk in communities}
    rows = Community.objects.filter(pk__in=communities).order_by().values_list("pk", "street")
    return {pk: edges.zone(Place(pk, street)) for pk, street in rows}


def recent_loads(campaign: Campaign, *, on: dt.date) -> dict[int, int]:
    """How much was asked of each unit in the two weeks before, 0 to 10 against the most; one query.

    Days of duty per member, so that a large unit is not held to have done more than a small one.
    """
    about: dict[str, Any] = {"on": on, "since": on - LOOK_BACK, "is_drill": campaign.is_drill}
    with connection.cursor() as cursor:
        cursor.execute(RECENT, about)
        shares = dict(cursor.fetchall())
    most = max(shares.values(), default=0) or 1
    return {unit: round(share / most * MOST_LOAD) for unit, share in shares.items()}
