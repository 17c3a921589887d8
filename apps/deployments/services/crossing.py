"""The rule that nobody is sent across a closed boundary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection

from apps.communities.places_sql import laid
from apps.core.errors import DomainError

from ..models import Assignment, Batch, Deployment, LocalPost
from ..sealing import Asked, why_not
from ..sealing_plan_sql import BY_PLACE, CLOSURES


class CrossesClosureError(DomainError):
    """Somebody lives on the other side of a closed boundary; the message says who and which."""


def refuse_crossing(
    deployment: Deployment, members: Collection[int], *, since: dt.date, ends_on: dt.date | None
) -> None:
    """Raises CrossesClosureError when one of `members` would cross a closure in that span."""
    estate = LocalPost.objects.filter(deployment=deployment).values_list("estate", flat=True)
    confined = estate.first()
    place = deployment.community_id
    asked = [Asked(member, place, confined, since, ends_on) for member in members]
    _refuse(asked, is_drill=deployment.is_drill)


def why_not_there(deployment: Deployment, community: int, *, today: dt.date) -> str:
    """Why the people of `deployment` cannot go with it to another community; empty when they can."""
    stays = Assignment.objects.filter(deployment=deployment).exclude(ends_on__lt=today)
    asked = [
        Asked(member, community, None, max(starts_on, today), ends_on)
        for member, starts_on, ends_on in stays.values_list("member", "starts_on", "ends_on")
    ]
    return why_not(asked, is_drill=deployment.is_drill) if asked else ""


def refuse_batch_crossing(batch: Batch) -> None:
    """What a batch sends back again must not cross what was closed meanwhile."""
    rows = batch.stays.values_list(
        "member",
        "deployment__community",
        "deployment__local_post__estate",
        "starts_on",
        "ends_on",
        "deployment__is_drill",
    )
    stays = [
        (Asked(member, place, estate, max(starts_on, batch.on), ends_on), is_drill)
        for member, place, estate, starts_on, ends_on, is_drill in rows
        if ends_on is None or ends_on >= batch.on
    ]
    for world in (False, True):
        asked = [one for one, is_drill in stays if is_drill == world]
        if asked:
            _refuse(asked, is_drill=world)


# Closed as plans see it: what holds at noon. An unknown home lies outside.
ON_THE_SPOT = f"""
WITH {CLOSURES},
laid AS MATERIALIZED (
    SELECT l.* FROM ({laid("closure")}) l JOIN closure c ON c.id = l.id WHERE c.first <= %(today)s
),
{BY_PLACE},
post AS (
    SELECT coalesce(ps.ids, '{{}}') || coalesce(pc.ids, '{{}}') AS ids
    FROM communities_community p
    LEFT JOIN by_street ps ON ps.place = p.street_id
    LEFT JOIN by_community pc ON pc.place = p.id
    WHERE p.id = %(community)s
),
inside AS (
    SELECT b.member_id,
           coalesce(hs.ids, '{{}}') || coalesce(hc.ids, '{{}}') || coalesce(he.ids, '{{}}') AS ids
    FROM units_membership b
    JOIN units_member m ON m.id = b.member_id AND NOT m.is_exempt
    LEFT JOIN communities_estate e ON e.id = m.home_estate_id
    LEFT JOIN communities_community h ON h.id = coalesce(e.community_id, m.home_community_id)
    LEFT JOIN by_street hs ON hs.place = h.street_id
    LEFT JOIN by_community hc ON hc.place = h.id
    LEFT JOIN by_estate he ON he.place = m.home_estate_id
    WHERE b.unit_id = %(unit)s AND b.starts_on <= %(today)s
      AND coalesce(b.ends_on, 'infinity') >= %(today)s
)
SELECT cardinality(post.ids) > 0, (
    SELECT count(*) FROM (
        SELECT i.member_id FROM inside i WHERE i.ids @> post.ids AND i.ids <@ post.ids
        UNION
        SELECT a.member_id FROM deployments_assignment a
        WHERE a.deployment_id = %(deployment)s AND a.starts_on <= %(today)s
          AND coalesce(a.ends_on, 'infinity') >= %(today)s
    ) people
)
FROM post
"""  # noqa: S608


def most_on_the_spot(deployment: Deployment, *, on: dt.date) -> int | None:
    """How many can be there on a day on which the community is closed: whoever of the unit no
    boundary keeps out, and those sent by name. None where it is open."""
    given: dict[str, Any] = {
        "today": on,
        "drill": deployment.is_drill,
        "unit": deployment.unit_id,
        "community": deployment.community_id,
        "deployment": deployment.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(ON_THE_SPOT, given)
        is_closed, most = cursor.fetchone()
    return int(most) if is_closed else None


def _refuse(asked: list[Asked], *, is_drill: bool) -> None:
    reason = why_not(asked, is_drill=is_drill)
    if reason:
        raise CrossesClosureError(reason)
