"""What units and groups hear of a request when it is made and when it is taken back."""

import datetime as dt
from collections.abc import Callable

from django.urls import reverse

from apps.core.dates import business_day
from apps.messaging.enums import MessageKind

from ... import wording_calls as wording
from ...models import DataCall
from ...selectors.addresses import unit_addressees
from ...selectors.hours import quiet_until
from ..letters import Letter, Occasion, letters, send


def occasion(call: DataCall, slot: str, *, now: dt.datetime) -> Occasion:
    """For which letters about `call` are written; each `slot` reaches a reader once a day."""
    return Occasion(
        MessageKind.DATA_CALL,
        business_day(now),
        f"call-{call.pk}-{slot}",
        call.campaign.is_drill,
        not_before=quiet_until([call.campaign], now=now),
    )


def tell_opened(call: DataCall, *, now: dt.datetime) -> int:
    """One letter to each unit that is asked; returns new mails."""
    items = [str(item) for item in call.items.order_by("position")]
    return _tell(
        call,
        "opened",
        now=now,
        subject=wording.opened_subject(call.title, call.due_at),
        sentence=lambda unit: wording.opened_sentence(
            unit=unit,
            title=call.title,
            items=items,
            purpose=call.purpose,
            due_at=call.due_at,
        ),
    )


def tell_withdrawn(call: DataCall, *, now: dt.datetime) -> int:
    """Those who were asked need not answer any more; returns new mails."""
    return _tell(
        call,
        "withdrawn",
        now=now,
        subject=f"{call.title}不再报送",
        sentence=lambda unit: (
            f"{unit}：“{call.title}”已撤销，不再报送。原因：{call.ended_reason}。"
        ),
    )


def _tell(
    call: DataCall, slot: str, *, now: dt.datetime, subject: str, sentence: Callable[[str], str]
) -> int:
    replies = list(call.replies.values_list("pk", "unit", "unit__short_name"))
    boxes = unit_addressees(
        [unit for _, unit, _ in replies], on=business_day(now), duty_desk=True, leader=False
    )
    written: list[Letter] = []
    for pk, unit, name in replies:
        text = sentence(name)
        written += letters(
            occasion(call, slot, now=now),
            boxes.get(unit, []),
            subject=subject,
            link=("填报", reverse("daily:call_reply", args=[pk])),
            note=text,
            paragraphs=[text],
        )
    return send(written)
