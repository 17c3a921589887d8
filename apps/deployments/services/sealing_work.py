"""What the worker does for a closure: carry it out, take it back. Each is safe to be done twice."""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.core.audit_context import acting
from apps.core.errors import DomainError
from apps.core.permissions import allowed
from apps.jobs.models import Occurrence
from apps.jobs.services import note_within
from apps.messaging.enums import MessageKind
from apps.messaging.services import Note, notify

from ..models import Sealing
from ..sealing_enums import SealingState
from .sealing import carry_out, take_back

log = logging.getLogger(__name__)

APPLY = "deployments.apply_sealing"
LONG = 8.0
"""Seconds after which somebody has probably left the page and is told in the inbox."""
MOST_TRIES = 3
"""After so many breakdowns it is given up: what is at work keeps every other one from beginning."""
MEANWHILE = "办理时有人员另行派出或任务另有变动，没有改动任何数据，请核对后再办理。"
BROKEN = "系统故障，没有改动任何数据，请稍后再办理；仍不成功的，请联系系统管理员。"
# Given up or refused, it stands where it stood.
BACK_TO = {
    SealingState.APPLYING: SealingState.REFUSED,
    SealingState.UNDOING: SealingState.APPLIED,
}


def work_on_sealing(occurrence: Occurrence, *, now: dt.datetime) -> dict[str, Any]:
    """Do what the sealing of this run waits for; nothing when it waits no more."""
    number = int(occurrence.scope.split("-")[1])
    sealing = Sealing.objects.select_related("by", "undone_by").filter(pk=number).first()
    if sealing is None or sealing.scope != occurrence.scope or not sealing.is_at_work:
        return {}
    began, state = time.monotonic(), SealingState(sealing.state)
    actor = sealing.undone_by if state == SealingState.UNDOING else sealing.by
    if actor is None or not allowed(actor, APPLY):
        _give_up(sealing, state, "办理人已无此项权限，没有改动任何数据。")
        return {}
    with acting(actor.username, occurrence.scope):
        _do(sealing, state, occurrence, now)
    if time.monotonic() - began >= LONG:
        _tell(sealing, actor)
    return {"changes": sealing.changes.count()}


def _do(sealing: Sealing, state: SealingState, occurrence: Occurrence, now: dt.datetime) -> None:
    act = carry_out if state == SealingState.APPLYING else take_back
    try:
        act(sealing, now=now, progress=note_within(occurrence))
    except DomainError as error:
        _give_up(sealing, state, error.message)
    except IntegrityError:
        log.warning("%s met what was written meanwhile", sealing, exc_info=True)
        _give_up(sealing, state, MEANWHILE)
    except Exception:
        if occurrence.tries >= MOST_TRIES:
            _give_up(sealing, state, BROKEN)
        raise


@transaction.atomic
def _give_up(sealing: Sealing, asked: SealingState, message: str) -> None:
    """Nothing of what was asked was done, and it says why."""
    Sealing.objects.filter(pk=sealing.pk, state=asked, attempt=sealing.attempt).update(
        state=BACK_TO[asked], message=message, undone_by=None
    )
    sealing.refresh_from_db()


def _tell(sealing: Sealing, actor: User) -> None:
    state = sealing.get_state_display()
    notify(
        [
            Note(
                actor.pk,
                MessageKind.SEALING,
                sealing.scope,
                f"{sealing.get_kind_display()}：{state}",
                f"{sealing}{state}。{sealing.message}",
                sealing.get_absolute_url(),
            )
        ]
    )
