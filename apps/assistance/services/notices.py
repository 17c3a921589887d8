"""Who hears of a case in the inbox. A note says number, kind of service and day, never for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from apps.core.formats import day as written
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind

from ..models import AssistanceCase, CaseEvent
from ..selectors.caseload import verifiers


def tell_assigned(case: AssistanceCase, event: CaseEvent, *, is_handed_on: bool) -> None:
    """交办 or 改派, to the new owner."""
    verb = "改派" if is_handed_on else "交办"
    _tell_owner(
        case,
        event,
        subject=f"帮扶事项{case.number}已{verb}，请办理",
        text=f"{_named(case)}已{verb}，由您办理，请于{written(case.due_on)}前办结。",
    )


def tell_answered(case: AssistanceCase, event: CaseEvent, *, on: dt.date) -> None:
    """待核验, to all who may verify it: they are the ones with the to-do."""
    _tell(
        verifiers(case, on=on),
        case,
        event,
        subject=f"帮扶事项{case.number}待核验",
        text=f"{_named(case)}已填报办理结果，办结时限{written(case.due_on)}，请核验。",
    )


def tell_returned(case: AssistanceCase, event: CaseEvent) -> None:
    """退回补办, to the owner."""
    _tell_owner(
        case,
        event,
        subject=f"帮扶事项{case.number}退回补办",
        text=f"{_named(case)}经核验退回补办，办结时限{written(case.due_on)}，请补办后重新填报办理结果。",
    )


def tell_due_changed(case: AssistanceCase, event: CaseEvent, *, before: dt.date) -> None:
    """时限调整, to the owner."""
    _tell_owner(
        case,
        event,
        subject=f"帮扶事项{case.number}办结时限已调整",
        text=f"{_named(case)}办结时限由{written(before)}调整为{written(case.due_on)}，请按时办结。",
    )


def _named(case: AssistanceCase) -> str:
    return f"帮扶事项{case.number}（{case.get_service_type_display()}）"


def _tell_owner(case: AssistanceCase, event: CaseEvent, *, subject: str, text: str) -> None:
    owners = [case.owner_id] if case.owner_id is not None else []
    _tell(owners, case, event, subject=subject, text=text)


def _tell(
    users: Iterable[int], case: AssistanceCase, event: CaseEvent, *, subject: str, text: str
) -> None:
    """One note a person and event; nobody hears of what they did themselves."""
    head = "【演练】" if case.campaign.is_drill else ""
    messaging.notify(
        messaging.Note(
            user_id=user,
            kind=MessageKind.CASE,
            dedupe_key=f"case|{case.pk}|{event.pk}",
            subject=f"{head}{subject}",
            text=text,
            path=case.get_absolute_url(),
        )
        for user in users
        if user != event.by_id
    )
