"""What a closure does to who is where: applied at once, taken back whole, ended with a return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from apps.accounts.models import User
from apps.core.dates import business_day
from apps.core.errors import ConflictError, DomainError
from apps.core.formats import listing

from .. import sealing_sql as sql
from .. import sealing_undo_sql as undo_sql
from ..models import Deployment, DeploymentDay, MemberRegistration, Sealing
from ..models.batches import UNDO_FOR
from ..sealing import SEAL, parameters
from ..sealing_enums import SealingKind
from .batches import NotUndoableError
from .sealing_telling import tell_units

LOCK = "SELECT pg_advisory_xact_lock(hashtext('deployments_sealing'))"


class PlanMovedOnError(ConflictError):
    """Somebody was sent or a closure laid since the plan was shown."""


class NothingToChangeError(DomainError):
    """Nobody crosses a closure, or nobody may return."""


@transaction.atomic
def apply_closures(*, seal: str, is_drill: bool, by: User, now: dt.datetime) -> Sealing:
    """Carry out the plan that was shown with `seal`, all of it or nothing.

    Whoever lives inside serves at home from the first closed day on, whoever does not comes back.
    Raises PlanMovedOnError when it would be another plan by now. Constantly many statements.
    """
    given = parameters(is_drill=is_drill, today=business_day(now))
    with connection.cursor() as cursor:
        sealing = _begin(cursor, SealingKind.SEALED, sql.PLAN, seal, given, by=by, now=now)
        _run(
            cursor,
            given,
            sql.PLAN_COLUMNS,
            sql.POSTS,
            sql.FIND_POSTS,
            sql.NUMBER_POSTS,
            sql.MAKE_POSTS,
            sql.CONFINE_POSTS,
            sql.REMEMBER_NEW,
            sql.POINT_TO_POSTS,
            *_MOVING,
            sql.TURN_LOCAL,
            sql.LAPSE_REGISTRATIONS,
            sql.REGISTER_LOCALLY,
        )
    tell_units(sealing, now=now)
    return sealing


@transaction.atomic
def return_people(*, seal: str, is_drill: bool, by: User, now: dt.datetime) -> Sealing:
    """Send those shown with `seal` back to their earlier posts from the first open day on."""
    given = parameters(is_drill=is_drill, today=business_day(now))
    with connection.cursor() as cursor:
        sealing = _begin(cursor, SealingKind.RETURNED, sql.RETURNS, seal, given, by=by, now=now)
        _run(
            cursor,
            given,
            sql.RETURN_COLUMNS,
            sql.NUMBER_RETURNS,
            sql.REMEMBER_REOPENED,
            sql.REOPEN,
            *_MOVING,
            sql.LAPSE_REGISTRATIONS,
        )
    tell_units(sealing, now=now)
    return sealing


# Old stays make room before new ones are written: nobody is in two places, not even for a moment.
_MOVING = (
    sql.TAKE_OFF,
    sql.CUT_SHORT,
    sql.SEND_ON,
    sql.KEEP_CHANGES,
    sql.EMPTIED,
    sql.REMEMBER_EMPTIED,
    sql.END_EMPTIED,
)


def _begin(
    cursor: CursorWrapper,
    kind: SealingKind,
    plan: str,
    seal: str,
    given: dict[str, Any],
    *,
    by: User,
    now: dt.datetime,
) -> Sealing:
    cursor.execute(LOCK)
    cursor.execute(sql.CHECK_AT_ONCE)
    cursor.execute(sql.PREFER_INDEXES)
    cursor.execute("DROP TABLE IF EXISTS sealing_plan, sealing_post, sealing_emptied")
    cursor.execute(sql.KEEP_PLAN + plan, given)
    cursor.execute(f"SELECT {SEAL}::text FROM sealing_plan")  # noqa: S608
    (found,) = cursor.fetchone()
    if found is None:
        raise NothingToChangeError("没有需要调整的人员，未作改动。")
    if found != seal:
        raise PlanMovedOnError("人员或封闭区域刚有变动，请按下面的最新情况核对后再办理。")
    cursor.execute("ANALYZE sealing_plan")
    sealing = Sealing.objects.create(kind=kind, is_drill=given["drill"], at=now, by=by)
    given |= {"sealing": sealing.pk, "by": by.pk, "now": now}
    return sealing


def _run(cursor: CursorWrapper, given: dict[str, Any], *statements: str) -> None:
    for statement in statements:
        cursor.execute(statement, given)


@transaction.atomic
def undo_sealing(sealing: Sealing, *, by: User, now: dt.datetime) -> bool:
    """Put everything back as it stood before, all or nothing; False when undone before.

    Raises NotUndoableError after the time allowed, or naming who has been changed since.
    """
    rows = Sealing.objects.filter(pk=sealing.pk)
    if not rows.undoable(now=now).update(undone_at=now, undone_by=by):
        sealing.refresh_from_db()
        if sealing.undone_at is not None:
            return False
        hours = UNDO_FOR // dt.timedelta(hours=1)
        raise NotUndoableError(f"已超过{hours}小时，不能撤销，请另行办理。")
    given = {"sealing": sealing.pk, "drill": sealing.is_drill}
    made = Deployment.objects.filter(sealings__sealing=sealing, sealings__is_new=True)
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        _refuse_changed(cursor, given)
        _refuse_counted(cursor, given, made)
        try:
            with transaction.atomic():
                _run(cursor, given, undo_sql.TAKE_BACK, undo_sql.LENGTHEN, undo_sql.PUT_BACK)
        except IntegrityError as error:
            raise NotUndoableError("有人已另行派出，不能整批撤销，请逐项办理。") from error
        _run(cursor, given, undo_sql.RESTORE_DEPLOYMENTS)
    MemberRegistration.objects.filter(sealing=sealing).delete()
    made.delete()
    return True


def _refuse_changed(cursor: CursorWrapper, given: dict[str, Any]) -> None:
    cursor.execute(undo_sql.CHANGED_SINCE, given)
    names: Sequence[str] = [row[0] for row in cursor.fetchall()]
    if names:
        told = listing(names, most=5, measure="人")
        raise NotUndoableError(f"{told}的派出已另行变动，不能整批撤销，请逐项办理。")


def _refuse_counted(cursor: CursorWrapper, given: dict[str, Any], made: Any) -> None:
    if DeploymentDay.objects.filter(deployment__in=made).exists():
        raise NotUndoableError("新建的就地任务已登记在岗，不能整批撤销，请逐项办理。")
    cursor.execute(undo_sql.STRANGERS_IN_NEW, given)
    if cursor.fetchone() is not None:
        raise NotUndoableError("新建的就地任务已另派人员，不能整批撤销，请逐项办理。")


def end_local_duty(now: dt.datetime) -> int:
    """What a closure made 就地双报到 is that no longer once none holds there from today on.

    Asked each minute; those who serve go on serving. How many deployments changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.NO_LONGER_LOCAL, {"today": business_day(now)})
        return cursor.rowcount
