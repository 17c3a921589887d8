"""The steps of a case, one service each: a conditional UPDATE out of the states it may leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core.dates import business_day
from apps.core.formats import day as written

from ..enums import CASE_STEPS, CaseEventKind, CaseState
from ..models import AssistanceCase, CaseEvent
from .cases import CaseMovedError, CaseRefusedError, add_event
from .notices import tell_answered, tell_assigned, tell_returned

OWNED = (CaseState.ASSIGNED, CaseState.UNDERWAY)


def _move(
    case: AssistanceCase,
    since: Collection[CaseState],
    to: CaseState,
    *,
    by: User,
    now: dt.datetime,
    refusal: str,
    text: str = "",
    **changes: Any,
) -> CaseEvent:
    """From the state the person saw, one of `since`, to `to`; nobody else was in between."""
    before = CaseState(case.state)
    allowed = before in since and to in CASE_STEPS[before]
    moved = allowed and AssistanceCase.objects.filter(pk=case.pk, state=before).update(
        state=to, **changes
    )
    if not moved:
        case.refresh_from_db()
        raise CaseMovedError(f"{case.number}现为“{case.get_state_display()}”，{refusal}。")
    for name, value in {**changes, "state": to}.items():
        setattr(case, name, value)
    return add_event(case, CaseEventKind.MOVED, by=by, now=now, text=text, before=before, after=to)


@transaction.atomic
def assign_case(
    case: AssistanceCase, *, owner: User, due_on: dt.date, by: User, now: dt.datetime
) -> None:
    """交办: somebody answers for it by a day; also hands it to somebody else.

    Raises CaseMovedError unless it is open or assigned, CaseRefusedError when the owner may not
    work on it or the day is before it was opened.
    """
    if not owner.has_perm("assistance.work_case", case):
        raise CaseRefusedError(f"{owner}不能办理{case.unit}的事项，请另选责任人。", field="owner")
    if due_on < case.opened_on:
        raise CaseRefusedError("办结时限不得早于受理日期。", field="due_on")
    if case.state == CaseState.ASSIGNED and (case.owner_id, case.due_on) == (owner.pk, due_on):
        return
    is_handed_on = case.owner_id not in (None, owner.pk)
    event = _move(
        case,
        (CaseState.OPEN, *OWNED),
        CaseState.ASSIGNED,
        by=by,
        now=now,
        refusal="不能交办",
        text=f"由{owner}办理，{written(due_on)}前办结",
        owner_id=owner.pk,
        due_on=due_on,
    )
    tell_assigned(case, event, is_handed_on=is_handed_on)


@transaction.atomic
def start_case(case: AssistanceCase, *, by: User, now: dt.datetime) -> None:
    """开始办理. Raises CaseMovedError unless it is assigned."""
    _move(
        case,
        (CaseState.ASSIGNED,),
        CaseState.UNDERWAY,
        by=by,
        now=now,
        refusal="不能开始办理",
    )


@transaction.atomic
def answer_case(case: AssistanceCase, *, result: str, by: User, now: dt.datetime) -> None:
    """填报办理结果. Raises CaseMovedError unless it is under way."""
    event = _move(
        case,
        (CaseState.UNDERWAY,),
        CaseState.ANSWERED,
        by=by,
        now=now,
        refusal="须在办理中才能填报结果",
        text=result,
        result=result,
        answered_by_id=by.pk,
        verified_by_id=None,
    )
    tell_answered(case, event, on=business_day(now))


@transaction.atomic
def verify_case(case: AssistanceCase, *, by: User, now: dt.datetime) -> None:
    """核验办结, by somebody who did not fill in the result.

    Raises CaseMovedError before its steps are done, CaseRefusedError for one's own answer.
    """
    if case.state == CaseState.ANSWERED and case.answered_by_id == by.pk:
        raise CaseRefusedError("办理结果由您填报，须由他人核验。")
    _move(
        case,
        (CaseState.ANSWERED,),
        CaseState.CLOSED,
        by=by,
        now=now,
        refusal="须先填报办理结果，再核验办结",
        verified_by_id=by.pk,
        closed_at=now,
    )


@transaction.atomic
def verify_cases(cases: Collection[int], *, by: User, now: dt.datetime) -> set[int]:
    """核验办结 of those of `cases` that wait for it and others answered; which they were."""
    waiting = AssistanceCase.objects.filter(pk__in=cases, state=CaseState.ANSWERED)
    locked = waiting.exclude(answered_by=by).select_for_update().order_by("pk")
    done = set(locked.values_list("pk", flat=True))
    AssistanceCase.objects.filter(pk__in=done).update(
        state=CaseState.CLOSED, verified_by=by, closed_at=now
    )
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case_id=pk,
            kind=CaseEventKind.MOVED,
            before=CaseState.ANSWERED,
            after=CaseState.CLOSED,
            at=now,
            by=by,
        )
        for pk in sorted(done)
    )
    return done


@transaction.atomic
def return_case(case: AssistanceCase, *, reason: str, by: User, now: dt.datetime) -> None:
    """退回补办: the result does not do. Raises CaseMovedError unless it waits to be verified."""
    event = _move(
        case,
        (CaseState.ANSWERED,),
        CaseState.UNDERWAY,
        by=by,
        now=now,
        refusal="不能退回补办",
        text=reason,
    )
    tell_returned(case, event)


@transaction.atomic
def hand_back_case(case: AssistanceCase, *, reason: str, by: User, now: dt.datetime) -> None:
    """退回交办: the owner cannot do it. Raises CaseMovedError unless it is in somebody's hands."""
    _move(
        case,
        OWNED,
        CaseState.OPEN,
        by=by,
        now=now,
        refusal="不能退回交办",
        text=reason,
        owner_id=None,
    )


@transaction.atomic
def cancel_case(case: AssistanceCase, *, reason: str, by: User, now: dt.datetime) -> None:
    """撤销, with the reason. Raises CaseMovedError once a result was given."""
    _move(
        case,
        (CaseState.OPEN, *OWNED),
        CaseState.CANCELLED,
        by=by,
        now=now,
        refusal="不能撤销",
        text=reason,
    )
