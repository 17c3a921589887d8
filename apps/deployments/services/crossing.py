"""The rule that nobody is sent across a closed boundary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from apps.core.errors import DomainError

from ..models import Assignment, Batch, Deployment, LocalPost
from ..sealing import Asked, why_not


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


def _refuse(asked: list[Asked], *, is_drill: bool) -> None:
    reason = why_not(asked, is_drill=is_drill)
    if reason:
        raise CrossesClosureError(reason)
