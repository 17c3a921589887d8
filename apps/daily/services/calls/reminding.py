"""The ladder of a request for numbers: before its hour, at it, and an hour after."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from apps.campaigns.enums import Rung
from apps.core.dates import business_day
from apps.messaging.enums import MessageKind, MessageState
from apps.messaging.models import OutboxMessage

from ... import wording_calls as wording
from ...enums import CallState
from ...models import DataCall
from ...selectors.addresses import group_addressees, unit_addressees
from ...selectors.calls import CallRow, call_rows
from ..ladder import Sent, reachable
from ..letters import Letter, letters, send
from .telling import occasion

CHASE = "chase"
REMINDERS = rf"^call-\d+-({'|'.join(Rung.values)}|{CHASE}-\d+)$"
"""Slots of letters to units; their groups' end otherwise."""


@transaction.atomic
def remind_call(call: DataCall, rung: Rung, *, now: dt.datetime) -> Sent:
    """Queue one rung for whoever has not answered; a second call queues nothing.

    Who has answered hears nothing; units left to the leaders and units without power are left
    out, their groups see them.
    """
    owed = [row for row in call_rows(call, on=business_day(now)) if row.is_owed]
    told, left_out = reachable(owed)
    written = [*_unit_letters(call, told, rung, rung.value, now=now)]
    if rung != Rung.HINT:
        written += _group_letters(call, owed, rung, now=now)
    return Sent(send(written), len(told), left_out)


@transaction.atomic
def chase_call(call: DataCall, replies: Collection[int], *, now: dt.datetime) -> Sent:
    """Remind the named replies' units by hand; a second press within ten minutes adds nothing."""
    rung = Rung.HINT if now < call.due_at else Rung.DUE
    owed = [
        row for row in call_rows(call, on=business_day(now)) if row.is_owed and row.pk in replies
    ]
    told, left_out = reachable(owed)
    slot = f"{CHASE}-{now:%H%M}"[:-1]
    return Sent(
        send(_unit_letters(call, told, rung, slot, now=now)),
        len(told),
        left_out,
        occasion(call, slot, now=now).not_before,
    )


@transaction.atomic
def call_off() -> int:
    """Take back reminders that still wait, of a night say, where the unit has answered meanwhile
    or the request has ended. How many. Repeatable.
    """
    waiting = OutboxMessage.objects.filter(
        kind=MessageKind.DATA_CALL, state=MessageState.QUEUED, slot__regex=REMINDERS
    )
    called_off = 0
    for slot, on in waiting.order_by().values_list("slot", "on").distinct():
        call = DataCall.objects.filter(pk=slot.split("-")[1], state=CallState.OPEN).first()
        owing = [row.unit for row in call_rows(call, on=on) if row.is_owed] if call else []
        boxes = unit_addressees(owing, on=on, duty_desk=True, leader=True)
        still = {box.address for unit in boxes.values() for box in unit}
        of_slot = waiting.filter(slot=slot, on=on).exclude(address__in=still)
        called_off += of_slot.update(state=MessageState.SUPPRESSED)
    return called_off


def _unit_letters(
    call: DataCall, rows: Sequence[CallRow], rung: Rung, slot: str, *, now: dt.datetime
) -> list[Letter]:
    boxes = unit_addressees(
        [row.unit for row in rows],
        on=business_day(now),
        duty_desk=True,
        leader=rung == Rung.LATE,
    )
    late_hours = max(int((now - call.due_at).total_seconds()) // 3600, 1)
    written: list[Letter] = []
    for row in rows:
        sentence = wording.reminder_sentence(
            rung,
            unit=row.name,
            title=call.title,
            due_at=call.due_at,
            group=row.group,
            late_hours=late_hours,
        )
        written += letters(
            occasion(call, slot, now=now),
            boxes.get(row.unit, []),
            subject=wording.reminder_subject(rung, call.title),
            link=("填报", reverse("daily:call_reply", args=[row.pk])),
            note=sentence,
            paragraphs=[sentence],
        )
    return written


def _group_letters(
    call: DataCall, owed: Sequence[CallRow], rung: Rung, *, now: dt.datetime
) -> list[Letter]:
    by_group: dict[int, list[CallRow]] = defaultdict(list)
    for row in owed:
        if row.group_id:
            by_group[row.group_id].append(row)
    counts = call.replies.order_by().values_list("group").annotate(n=Count("pk"))
    asked: dict[int | None, int] = dict(counts)
    boxes = group_addressees(on=business_day(now))
    written: list[Letter] = []
    for group, rows in by_group.items():
        number = rows[0].group or 0
        sentence = wording.group_sentence(
            number=number,
            title=call.title,
            asked=asked[group],
            missing=[row.name for row in rows],
        )
        written += letters(
            occasion(call, f"{rung.value}-group", now=now),
            boxes.get(group, []),
            subject=wording.group_subject(number, call.title, len(rows)),
            link=("打开临时报数", call.get_absolute_url()),
            note=sentence,
            paragraphs=[sentence],
        )
    return written
