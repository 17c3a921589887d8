# ruff: noqa: S608 - put together from constants of this module and the one of places
"""Who is free on a day, by unit and by the sealed area that holds them; what was asked lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from apps.campaigns.models import Campaign
from apps.communities.places_sql import laid
from apps.core.dates import day_bounds

from ...allocating import BINDING
from .solver import MOST_LOAD

LOOK_BACK = dt.timedelta(days=14)

# A zone is which closures lie round a home or a need, those of a named area at all its places.
# People serve where their own zone is: a closure of an estate alone has no need of its zone.
ZONES = f"""
WITH closure AS (
    SELECT s.* FROM communities_areastatus s
    JOIN communities_measure m ON m.id = s.measure_id AND m.is_sealed
    WHERE s.is_drill = %s AND s.starts_at < %s AND (s.ends_at IS NULL OR s.ends_at > %s)
),
laid AS MATERIALIZED ({laid("closure")}),
around AS (
    SELECT c.id, l.id AS closure FROM laid l JOIN communities_community c ON c.street_id = l.street_id
    UNION SELECT l.community_id, l.id FROM laid l WHERE l.community_id IS NOT NULL
)
SELECT a.id, NULL, array_agg(a.closure) FROM around a GROUP BY a.id
UNION ALL
SELECT NULL, e.id, array_agg(l.id) || coalesce(
           (SELECT array_agg(a.closure) FROM around a WHERE a.id = e.community_id), '{{}}')
  FROM laid l JOIN communities_estate e ON e.id = l.estate_id GROUP BY e.id
"""
ZONE = """
  LEFT JOIN unnest(%(communities)s::bigint[], %(zones)s::text[]) AS c(id, zone)
    ON c.id = p.home_community_id
  LEFT JOIN unnest(%(estates)s::bigint[], %(estate_zones)s::text[]) AS e(id, zone)
    ON e.id = p.home_estate_id"""
# People of the unit on the day, not exempt, not sent anywhere in the span. Those promised by a
# sheet but not yet named are taken off by their number.
FREE = f"""
SELECT m.unit_id, coalesce(e.zone, c.zone), COUNT(*)
  FROM units_membership m
  JOIN units_member p ON p.id = m.member_id AND NOT p.is_exempt AND p.kind = 'member'
  {ZONE}
 WHERE m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
   AND (%(units)s::bigint[] IS NULL OR m.unit_id = ANY(%(units)s))
   AND NOT EXISTS (
       SELECT FROM deployments_assignment a
        WHERE a.member_id = p.id AND a.is_drill = %(is_drill)s
          AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
          AND a.starts_on <= COALESCE(%(until)s, 'infinity'::date))
 GROUP BY 1, 2
"""
INSIDE = f"""
SELECT EXISTS (
    SELECT FROM units_membership m
      JOIN units_member p ON p.id = m.member_id AND NOT p.is_exempt
      {ZONE}
     WHERE m.unit_id = %(unit)s
       AND m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
       AND coalesce(e.zone, c.zone) = %(zone)s)
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
    """What is sealed during a day; a place inside may be served from inside alone.

    The zone of each community and of each estate that is not as open as the rest.
    """

    communities: dict[int, str] = field(default_factory=dict)
    estates: dict[int, str] = field(default_factory=dict)

    def zone(self, community: int) -> str | None:
        return self.communities.get(community)

    @property
    def asked(self) -> dict[str, list[Any]]:
        """As the statements take them."""
        return {
            "communities": list(self.communities),
            "zones": list(self.communities.values()),
            "estates": list(self.estates),
            "estate_zones": list(self.estates.values()),
        }


def boundaries(*, on: dt.date, is_drill: bool) -> Boundaries:
    """Sealed at any hour of `on`; one query."""
    start, end = day_bounds(on)
    edges = Boundaries()
    with connection.cursor() as cursor:
        cursor.execute(ZONES, [is_drill, end, start])
        for community, estate, closures in cursor.fetchall():
            zone = ",".join(map(str, sorted(set(closures))))
            if estate is None:
                edges.communities[community] = zone
            else:
                edges.estates[estate] = zone
    return edges


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
        needed = {None, *edges.communities.values()}
        free = {(unit, zone): heads for unit, zone, heads in cursor.fetchall() if zone in needed}
        cursor.execute(PROMISED, about)
        promised = cursor.fetchall()
    for unit, community, heads in promised:
        key = unit, edges.zone(community)
        free[key] = max(free.get(key, 0) - int(heads), 0)
    return free


def has_people_inside(unit: int, edges: Boundaries, zone: str, *, on: dt.date) -> bool:
    """Whether the unit has anybody inside the sealed area who may be sent, free or not."""
    with connection.cursor() as cursor:
        cursor.execute(INSIDE, {"unit": unit, "zone": zone, "on": on, **edges.asked})
        (found,) = cursor.fetchone()
    return bool(found)


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
