"""What is done to many at once, and how it is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from apps.accounts.models import User
from apps.campaigns.enums import REPORTING_STATES
from apps.core.errors import ConflictError
from apps.core.formats import listing
from apps.units.models import Member

from ..enums import BatchKind, DeploymentState
from ..models import (
    UNDO_FOR,
    Assignment,
    Batch,
    BatchDeployment,
    BatchStay,
    Deployment,
    DeploymentDay,
)
from ..whereabouts import place_of
from .crossing import refuse_batch_crossing
from .ledger import UNDER_WAY, AlreadySentError, send_members

FAR_OFF = Value(dt.date.max)


class NotUndoableError(ConflictError):
    """The time is over, or somebody has changed since what the batch did."""


@transaction.atomic
def send_batch(
    deployment: Deployment,
    *,
    members: Sequence[Member],
    since: dt.date,
    by: User,
    now: dt.datetime,
) -> Batch:
    """Send `members` as `send_members` does, and remember it, so that it can be undone."""
    sent = send_members(deployment, members=members, since=since)
    batch = Batch.objects.create(kind=BatchKind.SENT, on=since, at=now, by=by)
    BatchDeployment.objects.create(
        batch=batch, deployment=deployment, state=deployment.state, ends_on=deployment.ends_on
    )
    _remember(batch, sent)
    return batch


@transaction.atomic
def withdraw_deployments(
    deployments: QuerySet[Deployment], *, last_day: dt.date, by: User, now: dt.datetime
) -> Batch | None:
    """Call back every deployment of `deployments` that is under way; None when none was.

    `last_day` is everybody's last day there; what had not begun by then never happens. Those that
    have ended already are left alone, so that a second press changes nothing. The number of
    statements does not depend on the rows.
    """
    under_way = deployments.filter(
        state__in=UNDER_WAY, campaign__state__in=REPORTING_STATES
    ).select_for_update(of=("self",))
    chosen = list(under_way)
    if not chosen:
        return None
    batch = Batch.objects.create(kind=BatchKind.WITHDRAWN, on=last_day, at=now, by=by)
    BatchDeployment.objects.bulk_create(
        BatchDeployment(batch=batch, deployment=row, state=row.state, ends_on=row.ends_on)
        for row in chosen
    )
    stays = Assignment.objects.filter(deployment__in=[row.pk for row in chosen])
    stays = stays.filter(Q(ends_on=None) | Q(ends_on__gt=last_day))
    _remember(batch, stays)
    Deployment.objects.filter(batches__batch=batch).update(
        state=DeploymentState.WITHDRAWN, ends_on=Greatest("starts_on", Value(last_day))
    )
    stays.filter(starts_on__gt=last_day).delete()
    stays.update(ends_on=last_day)
    return batch


def _remember(batch: Batch, stays: Iterable[Assignment]) -> None:
    """Keep the stays as they are now; one that is taken off afterwards loses its link alone."""
    BatchStay.objects.bulk_create(
        BatchStay(
            batch=batch,
            deployment_id=stay.deployment_id,
            assignment=stay,
            member_id=stay.member_id,
            unit_id=stay.unit_id,
            starts_on=stay.starts_on,
            ends_on=stay.ends_on,
        )
        for stay in stays
    )


@transaction.atomic
def undo_batch(batch: Batch, *, by: User, now: dt.datetime) -> bool:
    """Put everything back as it stood before `batch`, all or nothing; False when undone before.

    Raises NotUndoableError after the time allowed, or when somebody has changed what the batch
    did; AlreadySentError naming who has been sent elsewhere since.
    """
    taken = Batch.objects.filter(pk=batch.pk).undoable(now=now).update(undone_at=now, undone_by=by)
    if not taken:
        batch.refresh_from_db()
        if batch.undone_at is not None:
            return False
        hours = UNDO_FOR // dt.timedelta(hours=1)
        raise NotUndoableError(f"已超过{hours}小时，不能撤销，请另行办理。")
    if batch.kind == BatchKind.SENT:
        _take_off(batch)
    else:
        _send_again(batch)
    return True


def _take_off(batch: Batch) -> None:
    """Take those sent off the list again, unless they have been counted or have changed."""
    ended = Deployment.objects.filter(batches__batch=batch).exclude(
        campaign__state__in=REPORTING_STATES
    )
    if ended.exists():
        raise NotUndoableError("应急任务已不在进行中，不能整批撤销，请逐人办理离岗。")
    counted = DeploymentDay.objects.filter(
        deployment__batches__batch=batch, recorded_at__gte=batch.at
    )
    if counted.exists():
        raise NotUndoableError("派出后已登记在岗，不能整批撤销，请逐人办理离岗。")
    as_sent = Q(assignment__ends_on=F("ends_on")) | Q(assignment__ends_on=None, ends_on=None)
    _refuse_changed(
        batch.stays.exclude(assignment=None).filter(as_sent, assignment__starts_on=F("starts_on")),
        batch,
    )
    Assignment.objects.filter(pk__in=batch.stays.values("assignment")).delete()


def _send_again(batch: Batch) -> None:
    """Let the deployments of a withdrawal go on, with everybody who was called back."""
    _refuse_moved_on(batch)
    _refuse_changed(
        batch.stays.filter(Q(starts_on__gt=batch.on) | Q(assignment__ends_on=batch.on)), batch
    )
    _refuse_sent_elsewhere(batch)
    refuse_batch_crossing(batch)
    before = BatchDeployment.objects.filter(batch=batch, deployment=OuterRef("pk"))
    Deployment.objects.filter(batches__batch=batch).update(
        state=Subquery(before.values("state")), ends_on=Subquery(before.values("ends_on"))
    )
    stay = BatchStay.objects.filter(batch=batch, assignment=OuterRef("pk"))
    try:
        with transaction.atomic():
            Assignment.objects.filter(Exists(stay)).update(ends_on=Subquery(stay.values("ends_on")))
            _recreate(batch)
    except IntegrityError:
        # Somebody was sent elsewhere between our look and our write: say where, as always.
        _refuse_sent_elsewhere(batch)
        raise


def _recreate(batch: Batch) -> None:
    taken_off = batch.stays.filter(starts_on__gt=batch.on).select_related("deployment")
    Assignment.objects.bulk_create(
        Assignment(
            deployment=stay.deployment,
            member_id=stay.member_id,
            unit_id=stay.unit_id,
            starts_on=stay.starts_on,
            ends_on=stay.ends_on,
            is_drill=stay.deployment.is_drill,
        )
        for stay in taken_off
    )


def _refuse_moved_on(batch: Batch) -> None:
    """Whatever was done to a deployment since stands, and so does the withdrawal."""
    rows = Deployment.objects.filter(batches__batch=batch).select_related("unit", "community")
    held = list(rows.select_for_update(of=("self",)))
    kept = rows.filter(state=DeploymentState.WITHDRAWN, campaign__state__in=REPORTING_STATES)
    known = set(kept.values_list("pk", flat=True))
    moved = [str(row) for row in held if row.pk not in known]
    if moved:
        raise NotUndoableError(f"{listing(moved, most=5, measure='项')}已另行变动，不能撤销。")


def _refuse_changed(unchanged: QuerySet[BatchStay], batch: Batch) -> None:
    changed = batch.stays.exclude(pk__in=unchanged.values("pk")).select_related("member")
    names = [stay.member.name for stay in changed.order_by("pk")]
    if names:
        told = listing(names, most=5, measure="人")
        raise NotUndoableError(f"{told}的派出已另行变动，不能撤销。")


def _refuse_sent_elsewhere(batch: Batch) -> None:
    """Nobody is in two places: whoever has been sent on since keeps the batch from being undone."""
    busy = list(_sent_elsewhere(batch)[:5])
    if busy:
        raise AlreadySentError(
            "；".join(place_of(row) for row in busy) + "。人员已另行派出，不能撤销撤回。"
        )


def _sent_elsewhere(batch: Batch) -> QuerySet[Any]:
    """Assignments that share a day with a stay of `batch` and are not that stay itself."""
    stays = (
        BatchStay.objects.filter(
            batch=batch, member=OuterRef("member"), deployment__is_drill=OuterRef("is_drill")
        )
        .alias(own=Coalesce("assignment", 0), last=Coalesce("ends_on", FAR_OFF))
        .filter(
            ~Q(own=OuterRef("pk")),
            last__gte=OuterRef("starts_on"),
            starts_on__lte=Coalesce(OuterRef("ends_on"), FAR_OFF),
        )
    )
    rows = Assignment.objects.filter(Exists(stays))
    return rows.select_related("member", "deployment__community").order_by("starts_on", "id")
