"""The rule that nobody is sent across a closed boundary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from apps.core.errors import DomainError

from ..models import Batch, Deployment
from ..sealing import why_not


class CrossesClosureError(DomainError):
    """Somebody lives on the other side of a closed boundary; the message says who and which."""


def refuse_crossing(
    deployment: Deployment,
    members: Collection[int],
    *,
    since: dt.date,
    ends_on: dt.date | None,
    community: int | None = None,
    field: str | None = None,
) -> None:
    """Raises CrossesClosureError; `community` is where the deployment would be instead."""
    reason = why_not(deployment, members, starts_on=since, ends_on=ends_on, community=community)
    if reason:
        raise CrossesClosureError(reason, field=field)


def refuse_batch_crossing(batch: Batch) -> None:
    """What a batch sends back again must not cross what was closed meanwhile."""
    stays: dict[tuple[int, dt.date, dt.date | None], list[int]] = {}
    rows = batch.stays.values_list("deployment", "starts_on", "ends_on", "member")
    for deployment, starts_on, ends_on, member in rows:
        stays.setdefault((deployment, starts_on, ends_on), []).append(member)
    known = Deployment.objects.in_bulk({key[0] for key in stays})
    for (deployment, starts_on, ends_on), members in stays.items():
        since = max(starts_on, batch.on)
        if ends_on is None or ends_on >= since:
            refuse_crossing(known[deployment], members, since=since, ends_on=ends_on)
