"""What a closure does to who is where: carried out at once, taken back whole, ended with a return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from apps.core.dates import business_day
from apps.core.errors import ConflictError, DomainError
from apps.core.formats import listing
from apps.core.statements import keys_checked_at_once

from .. import sealing_plan_sql as plan_sql
from .. import sealing_sql as sql
from .. import sealing_undo_sql as undo_sql
from ..models import DeploymentDay, Sealing
from ..sealing import SEAL, parameters
from ..sealing_enums import SealingKind, SealingState
from .batches import NotUndoableError
from .sealing_telling import tell_units

LOCK = "SELECT pg_advisory_xact_lock(hashtext('deployments_sealing'))"


class PlanMovedOnError(ConflictError):
    """Somebody was sent or a closure laid since the plan was shown."""


class NothingToChangeError(DomainError):
    """Nobody crosses a closure, or nobody may return."""


Progress = Callable[[int, int], object]
"""Told how many of how many steps are done."""


def _untold(_done: int, _total: int) -> None:
    pass


@transaction.atomic
def carry_out(sealing: Sealing, *, now: dt.datetime, progress: Progress = _untold) -> bool:
    """Do what `sealing` asks for, all of it or nothing; False when that is done or given up.

    Whoever lives inside serves at home from the first closed day on, whoever does not comes back;
    of a return, those shown go back to their earlier posts from the first open day on.
    Raises PlanMovedOnError when it would be another plan than the one that was shown, and
    NothingToChangeError. Constantly many statements.
    """
    if not _holds(sealing, SealingState.APPLYING):
        return False
    given = parameters(is_drill=sealing.is_drill, today=business_day(now))
    given |= {"sealing": sealing.pk, "by": sealing.by_id, "now": now}
    returns = sealing.kind == SealingKind.RETURNED
    steps = _RETURNING if returns else _CLOSING
    with connection.cursor() as cursor, keys_checked_at_once(cursor):
        _keep_plan(cursor, plan_sql.RETURNS if returns else plan_sql.PLAN, sealing.seal, given)
        for done, step in enumerate(steps, start=1):
            cursor.execute(step, given)
            progress(done, len(steps) + 1)
    _settle(sealing, SealingState.APPLIED, at=now)
    tell_units(sealing, now=now)
    return True


# Old stays make room before new ones are written: nobody is in two places, not even for a moment.
_MOVING = (
    sql.FREE_FROM_BATCHES,
    sql.TAKE_OFF,
    sql.CUT_SHORT,
    sql.SEND_ON,
    sql.KEEP_CHANGES,
    sql.EMPTIED,
    sql.REMEMBER_EMPTIED,
    sql.END_EMPTIED,
)
_CLOSING = (
    sql.PLAN_COLUMNS,
    sql.POSTS,
    sql.FIND_POSTS,
    sql.NUMBER_POSTS,
    sql.MAKE_POSTS,
    sql.CONFINE_POSTS,
    sql.POINT_TO_POSTS,
    *_MOVING,
    sql.TURN_LOCAL,
    sql.LAPSE_REGISTRATIONS,
    sql.REGISTER_LOCALLY,
)
_RETURNING = (
    sql.RETURN_COLUMNS,
    sql.NUMBER_RETURNS,
    sql.REMEMBER_REOPENED,
    sql.REOPEN,
    *_MOVING,
    sql.LAPSE_REGISTRATIONS,
)


def _holds(sealing: Sealing, state: SealingState) -> bool:
    """Whether it still waits for this; its row is then locked."""
    rows = Sealing.objects.select_for_update().filter(pk=sealing.pk, state=state)
    return rows.values_list("attempt", flat=True).first() == sealing.attempt


def _settle(sealing: Sealing, state: SealingState, **values: Any) -> None:
    Sealing.objects.filter(pk=sealing.pk).update(state=state, **values)
    sealing.refresh_from_db(fields=["state", *values])


def _keep_plan(cursor: CursorWrapper, plan: str, seal: str, given: dict[str, Any]) -> None:
    """The plan as it is now in a table of its own, if it is the one that was shown."""
    cursor.execute(LOCK)
    cursor.execute("DROP TABLE IF EXISTS sealing_plan, sealing_post, sealing_emptied")
    cursor.execute(sql.KEEP_PLAN + plan, given)
    cursor.execute(f"SELECT {SEAL}::text FROM sealing_plan")  # noqa: S608
    (found,) = cursor.fetchone()
    if found is None:
        raise NothingToChangeError("没有需要调整的人员，未作改动。")
    if found != seal:
        raise PlanMovedOnError("人员或封闭区域刚有变动，未作改动，请按最新情况核对后再办理。")
    cursor.execute("ANALYZE sealing_plan")


def _run(cursor: CursorWrapper, given: dict[str, Any], *statements: str) -> None:
    for statement in statements:
        cursor.execute(statement, given)


@transaction.atomic
def take_back(sealing: Sealing, *, now: dt.datetime, progress: Progress = _untold) -> bool:
    """Put everything back as it stood before, all or nothing, and tell the units; False when that
    is done already.

    Raises NotUndoableError naming who has been changed since.
    """
    if not _holds(sealing, SealingState.UNDOING):
        return False
    given = {"sealing": sealing.pk, "drill": sealing.is_drill}
    with connection.cursor() as cursor, keys_checked_at_once(cursor):
        cursor.execute(LOCK)
        _refuse_changed(cursor, given)
        _refuse_counted(cursor, given, sealing)
        _undo(cursor, given, _STAYS_BACK, "有人已另行派出，不能整批撤销，请逐项办理。")
        progress(len(_STAYS_BACK), len(_STAYS_BACK) + len(_POSTS_BACK) + 1)
        told = "新建的就地任务已有其他登记，不能整批撤销，请逐项办理。"
        _undo(cursor, given, _POSTS_BACK, told)
    _settle(sealing, SealingState.UNDONE, undone_at=now)
    tell_units(sealing, now=now)
    return True


_STAYS_BACK = (
    undo_sql.FREE_FROM_BATCHES,
    undo_sql.TAKE_BACK,
    undo_sql.LENGTHEN,
    undo_sql.PUT_BACK,
    undo_sql.GIVE_BACK_TO_BATCHES,
)
_POSTS_BACK = (
    undo_sql.RESTORE_DEPLOYMENTS,
    undo_sql.FORGET_REGISTRATIONS,
    *undo_sql.FORGET_MADE,
)


def _undo(
    cursor: CursorWrapper, given: dict[str, Any], statements: Sequence[str], refusal: str
) -> None:
    try:
        with transaction.atomic():
            _run(cursor, given, *statements)
    except IntegrityError as error:
        raise NotUndoableError(refusal) from error


def _refuse_changed(cursor: CursorWrapper, given: dict[str, Any]) -> None:
    cursor.execute(undo_sql.CHANGED_SINCE, given)
    names: Sequence[str] = [row[0] for row in cursor.fetchall()]
    if names:
        told = listing(names, most=5, measure="人")
        raise NotUndoableError(f"{told}的派出已另行变动，不能整批撤销，请逐项办理。")


def _refuse_counted(cursor: CursorWrapper, given: dict[str, Any], sealing: Sealing) -> None:
    if DeploymentDay.objects.filter(deployment__made_by=sealing).exists():
        raise NotUndoableError("新建的就地任务已登记在岗，不能整批撤销，请逐项办理。")
    cursor.execute(undo_sql.STRANGERS_IN_NEW, given)
    if cursor.fetchone() is not None:
        raise NotUndoableError("新建的就地任务已另派人员，不能整批撤销，请逐项办理。")


def end_local_duty(now: dt.datetime) -> int:
    """What a closure made 就地双报到 is that no longer once none holds there from today on; who is
    registered there for it is so no longer.

    Asked each minute; those who serve go on serving. How many deployments changed.
    """
    with connection.cursor() as cursor:
        _run(cursor, {"today": business_day(now)}, sql.LAPSE_REGISTRATIONS, sql.NO_LONGER_LOCAL)
        return cursor.rowcount
