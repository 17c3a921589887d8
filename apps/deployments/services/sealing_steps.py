"""What people ask for of closures: the worker does it (`sealing_work`)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.accounts.models import User
from apps.core.errors import ConflictError
from apps.jobs.services import request

from ..models import Sealing
from ..models.batches import UNDO_FOR
from ..sealing_enums import SealingKind, SealingState
from .batches import NotUndoableError

JOB = "sealing"
PRESSED_AGAIN = dt.timedelta(minutes=10)
"""Within so long the same plan asked for again is a second press, not another closing."""


class SealingAtWorkError(ConflictError):
    """Another one of the same world is in the worker's hands."""


def apply_closures(*, seal: str, is_drill: bool, by: User, now: dt.datetime) -> Sealing:
    """Have the plan that was shown with `seal` carried out. Asked again, the first is answered.

    Raises SealingAtWorkError while another one is being done.
    """
    return _ask(SealingKind.SEALED, seal, is_drill=is_drill, by=by, now=now)


def return_people(*, seal: str, is_drill: bool, by: User, now: dt.datetime) -> Sealing:
    """Have those shown with `seal` sent back to their earlier posts; as `apply_closures`."""
    return _ask(SealingKind.RETURNED, seal, is_drill=is_drill, by=by, now=now)


@transaction.atomic
def _ask(kind: SealingKind, seal: str, *, is_drill: bool, by: User, now: dt.datetime) -> Sealing:
    same = Sealing.objects.filter(
        Q(state=SealingState.APPLYING) | Q(state=SealingState.APPLIED, at__gt=now - PRESSED_AGAIN),
        kind=kind,
        seal=seal,
        is_drill=is_drill,
    )
    if (known := same.first()) is not None:
        return known
    try:
        with transaction.atomic():
            sealing = Sealing.objects.create(
                kind=kind,
                seal=seal[:80],
                is_drill=is_drill,
                by=by,
                at=now,
                state=SealingState.APPLYING,
            )
    except IntegrityError as error:
        if (known := same.first()) is not None:
            return known
        raise SealingAtWorkError("另一次调整正在办理，请待其办完后按最新情况核对。") from error
    request(JOB, scope=sealing.scope, now=now)
    return sealing


@transaction.atomic
def undo_sealing(sealing: Sealing, *, by: User, now: dt.datetime) -> bool:
    """Have it taken back whole; False when that was asked for before.

    Raises NotUndoableError after the time allowed, SealingAtWorkError while another one is done.
    """
    rows = Sealing.objects.filter(pk=sealing.pk).undoable(now=now)
    values = {"state": SealingState.UNDOING, "undone_by": by, "message": ""}
    try:
        with transaction.atomic():
            taken = rows.update(attempt=sealing.attempt + 1, **values)
    except IntegrityError as error:
        raise SealingAtWorkError("另一次调整正在办理，请待其办完后再撤销。") from error
    sealing.refresh_from_db()
    if taken:
        request(JOB, scope=sealing.scope, now=now)
        return True
    if sealing.state in {SealingState.UNDOING, SealingState.UNDONE}:
        return False
    if sealing.state != SealingState.APPLIED:
        raise NotUndoableError(f"这次调整现为“{sealing.get_state_display()}”，不能撤销。")
    hours = UNDO_FOR // dt.timedelta(hours=1)
    raise NotUndoableError(f"已超过{hours}小时，不能撤销，请另行办理。")
