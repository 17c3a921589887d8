"""The reminder ladder: who is told, when, that a report is still owed.

One message per address and slot; every running campaign of the same kind (real or drill) is a
paragraph of it. Who has filed hears nothing. Units the committee's leaders speak to themselves
and units without power are left out of the unit messages; their group and the office see them.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.enums import Rung
from apps.campaigns.models import Campaign, LadderStep
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind, MessageState
from apps.messaging.models import OutboxMessage

from ..models import DailyRound
from ..selectors.addresses import unit_addressees
from ..selectors.hours import hours_of, quiet_until
from ..selectors.owed import owed_reports, standings
from .ladder_letters import Slot, group_letters, office_letters, unit_letters
from .letters import send


@dataclass(frozen=True, slots=True)
class Sent:
    """How many messages were queued, to how many units, and which were left out and why."""

    mails: int
    units: int
    left_out: dict[str, list[str]]
    not_before: dt.datetime | None = None


@transaction.atomic
def send_rung(campaigns: Sequence[Campaign], rung: Rung, *, on: dt.date, now: dt.datetime) -> Sent:
    """Queue one rung of the ladder for the reports of `on`; a second call queues nothing.

    `campaigns` are all real or all drill. What needs a person's confirmation is queued held
    until `confirm_held`.
    """
    slot = _slot_of_rung(campaigns, rung, on=on, now=now)
    owed = owed_reports(list(slot.campaigns.values()), on=on)
    counts = standings(list(slot.campaigns.values()), on=on)
    told, left_out = reachable(owed)
    queued = send(
        [
            *unit_letters(slot, told),
            *group_letters(slot, owed, counts),
            *office_letters(slot, owed, counts),
        ]
    )
    return Sent(queued, len({row.unit for row in told}), left_out)


@transaction.atomic
def chase(campaign: Campaign, units: Collection[int], *, on: dt.date, now: dt.datetime) -> Sent:
    """Remind the named units by hand (催报), in the words their lateness calls for.

    A second press within ten minutes queues nothing new.
    """
    rung = _rung_now(campaign, on=on, now=now)
    step = LadderStep(
        campaign=campaign,
        rung=rung,
        to_duty_desk=True,
        to_unit_leader=rung in (Rung.LATE, Rung.LOCKED),
    )
    slot = _slot([campaign], rung, f"chase-{now:%H%M}"[:-1], {campaign.pk: step}, on=on, now=now)
    told, left_out = reachable(row for row in owed_reports([campaign], on=on) if row.unit in units)
    units_told = len({row.unit for row in told})
    return Sent(send(unit_letters(slot, told)), units_told, left_out, slot.not_before)


@transaction.atomic
def call_off() -> int:
    """Take back reminders that still wait, of a night say, where the unit has filed meanwhile.

    How many. Repeatable; a reminder of several tasks stays while the unit owes one of them.
    """
    waiting = OutboxMessage.objects.filter(
        kind=MessageKind.REMINDER_UNIT, state__in=[MessageState.QUEUED, MessageState.HELD]
    )
    called_off = 0
    for on, is_drill in waiting.order_by("on").values_list("on", "is_drill").distinct():
        campaigns = [c for c in running_campaigns(on=on) if c.is_drill == is_drill]
        owing = {row.unit for row in owed_reports(campaigns, on=on)}
        boxes = unit_addressees(owing, on=on, duty_desk=True, leader=True)
        still = {box.address for unit in boxes.values() for box in unit}
        of_day = waiting.filter(on=on, is_drill=is_drill).exclude(address__in=still)
        called_off += of_day.update(state=MessageState.SUPPRESSED)
    return called_off


@transaction.atomic
def confirm_held(round_: DailyRound, *, by: User, now: dt.datetime) -> int:
    """Let the last rung go after a person has read the list; returns how many messages left.

    It goes for every campaign of the same kind that shares the slot. Who has filed since it was
    queued is taken off. Pressed twice, the second press changes nothing.
    """
    confirmed = DailyRound.objects.filter(pk=round_.pk, late_confirmed_at=None).update(
        late_confirmed_by=by, late_confirmed_at=now
    )
    if not confirmed:
        return 0
    is_drill = round_.campaign.is_drill
    campaigns = [c for c in running_campaigns(on=round_.on) if c.is_drill == is_drill]
    slot = _slot_of_rung(campaigns, Rung.LOCKED, on=round_.on, now=now)
    told, _ = reachable(owed_reports(list(slot.campaigns.values()), on=round_.on))
    written = list(unit_letters(slot, told, confirmed=True))
    key = (round_.on, MessageKind.REMINDER_UNIT, slot.name)
    still_owed = [letter.mail.address for letter in written]
    held = OutboxMessage.objects.filter(on=key[0], kind=key[1], slot=key[2], is_drill=is_drill)
    filed = held.exclude(address__in=still_owed).values_list("address", flat=True)
    messaging.suppress(*key, addresses=list(filed), is_drill=is_drill)
    released = messaging.release(*key, is_drill=is_drill)
    return released + send(written)


class Debtor(Protocol):
    """A row about a unit that owes something."""

    @property
    def name(self) -> str: ...
    @property
    def is_leader_contact(self) -> bool: ...
    @property
    def has_outage(self) -> bool: ...


D = TypeVar("D", bound=Debtor)


def reachable(owed: Iterable[D]) -> tuple[list[D], dict[str, list[str]]]:
    """Rows whose units are written to, and by reason the names of those that are left out."""
    told: list[D] = []
    left_out: dict[str, list[str]] = {}
    for row in owed:
        reason = "由领导沟通" if row.is_leader_contact else "停电断网" if row.has_outage else ""
        if reason:
            left_out.setdefault(reason, []).append(row.name)
        else:
            told.append(row)
    return told, left_out


def _slot_of_rung(
    campaigns: Sequence[Campaign], rung: Rung, *, on: dt.date, now: dt.datetime
) -> Slot:
    rungs = LadderStep.objects.filter(campaign__in=campaigns, rung=rung)
    steps = {step.campaign_id: step for step in rungs}
    return _slot(campaigns, rung, rung.value, steps, on=on, now=now)


def _slot(
    campaigns: Iterable[Campaign],
    rung: Rung,
    name: str,
    steps: dict[int, LadderStep],
    *,
    on: dt.date,
    now: dt.datetime,
) -> Slot:
    by_id = {campaign.pk: campaign for campaign in campaigns if campaign.pk in steps}
    return Slot(
        rung=rung,
        name=name,
        on=on,
        now=now,
        campaigns=by_id,
        hours={pk: hours_of(campaign) for pk, campaign in by_id.items()},
        steps=steps,
        is_drill=any(campaign.is_drill for campaign in by_id.values()),
        not_before=quiet_until(by_id.values(), now=now),
    )


def _rung_now(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> Rung:
    """The highest rung of the campaign's ladder whose moment has come."""
    passed = [step.rung for step, at in Timetable(campaign).rungs(on=on) if at <= now]
    return Rung(passed[-1]) if passed else Rung.HINT
