"""A closure of August 2021 as it was applied: who was turned to serve at home, who came back.

Those it moved are people of a post on the spot, who were to serve elsewhere from that day on; those
it withdrew were sent to a later post of their unit. Nobody had begun, so that no figure knows of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.campaigns.enums import CampaignKind
from apps.communities.enums import MeasureKind
from apps.communities.models import AreaStatus
from apps.core.dates import moment_on, to_local
from apps.deployments.enums import DeploymentState
from apps.deployments.models import (
    Assignment,
    MemberRegistration,
    Sealing,
    SealingChange,
    SealingDeployment,
)
from apps.deployments.sealing_enums import ChangeKind, SealingKind
from apps.deployments.services.sealing_telling import tell_units
from apps.messaging.models import InboxMessage

from .world import Post, World

DAY = dt.timedelta(days=1)
APPLIED = dt.time(20, 5)
WITHDRAWN = 2


@dataclass(frozen=True)
class Scene:
    """The post inside, the measure round it, where half of its people were to go, and the later
    post of those who were to come in from outside."""

    inside: Post
    status: AreaStatus
    elsewhere: Post
    later: Post


def apply_in_august(world: World) -> None:
    """After the ledger, the registrations and the sequences; nothing where the world has no such
    place."""
    scene = min(_scenes(world), key=lambda s: (len(s.inside.members), s.inside.id), default=None)
    if scene is None:
        return
    staff = User.objects.get(pk=world.users["staff"])
    at = moment_on(to_local(scene.status.starts_at).date(), APPLIED)
    sealing = Sealing.objects.create(kind=SealingKind.SEALED, by=staff, at=at)
    inside, moved = scene.inside, scene.inside.members[1::2]
    stays = dict(Assignment.objects.filter(deployment=inside.id).values_list("member", "pk"))
    common: dict[str, Any] = {
        "sealing": sealing,
        "status": scene.status,
        "starts_on": inside.starts_on,
        "since": inside.starts_on,
    }
    gone = _numbers(len(moved) + WITHDRAWN)
    changes = [
        SealingChange(
            **common,
            kind=ChangeKind.MOVED,
            member_id=member,
            stay=next(gone),
            deployment_id=scene.elsewhere.id,
            ends_on=scene.elsewhere.ends_on,
            new_stay=stays[member],
            new_ends_on=inside.ends_on,
            target_id=inside.id,
        )
        for member in moved
    ]
    changes += [
        SealingChange(
            **common,
            kind=ChangeKind.WITHDRAWN,
            member_id=member,
            stay=next(gone),
            deployment_id=inside.id,
            ends_on=inside.ends_on,
        )
        for member in scene.later.members[:WITHDRAWN]
    ]
    SealingChange.objects.bulk_create(changes)
    SealingDeployment.objects.create(
        sealing=sealing,
        deployment_id=inside.id,
        state=DeploymentState.PLANNED,
        ends_on=inside.ends_on,
    )
    MemberRegistration.objects.filter(status=scene.status, member__in=moved).update(
        sealing=sealing, recorded_by=staff
    )
    tell_units(sealing, now=at)
    told = InboxMessage.objects.filter(dedupe_key__startswith=f"sealing|{sealing.pk}|")
    told.update(created_at=at, read_at=at + dt.timedelta(minutes=25))


def _scenes(world: World) -> Iterator[Scene]:
    plan = world.campaign(CampaignKind.EPIDEMIC)
    rows = AreaStatus.objects.filter(
        kind=MeasureKind.CONTROL, community__isnull=False, is_drill=False
    )
    statuses = {row.community_id: row for row in rows}
    for inside in plan.posts:
        status = statuses.get(inside.place.id)
        if not inside.is_local or inside.rotation or status is None or status.ends_at is None:
            continue
        # In the evening it was laid for the day after, the first on which they serve there.
        first = to_local(status.starts_at).date() + DAY
        if inside.starts_on != first or inside.ends_on >= to_local(status.ends_at).date():
            continue
        others = [post for post in plan.posts if post.unit == inside.unit and not post.is_local]
        elsewhere = [post for post in others if post.starts_on <= first <= post.ends_on]
        later = [post for post in others if post.starts_on > first]
        if elsewhere and later:
            yield Scene(inside, status, elsewhere[0], later[0])


def _numbers(count: int) -> Iterator[int]:
    """Numbers of stays that were taken off again: nobody else bears them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('deployments_assignment', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return iter([row[0] for row in cursor.fetchall()])
