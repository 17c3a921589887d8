"""The reminder ladder: who is told, when, that a report is still owed.

One message per address and slot; every running campaign of the same kind (real or drill) is a
paragraph of it. Who has filed hears nothing. Units the committee's leaders speak to themselves
and units without power are left out of the unit messages; their group and the office see them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.db import transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.campaigns.enums import Rung
from apps.campaigns.models import Campaign, LadderStep
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.messaging.models import OutboxMessage
from apps.units.enums import Role

from .. import wording
from ..models import DailyRound
from ..selectors.addresses import Addressee, group_addressees, office_addressees, unit_addressees
from ..selectors.hours import hours_of, quiet_until
from ..selectors.owed import Owed, Standing, missing_count, owed_reports, standings
from .letters import Letter, Occasion, letters, send

OFFICE_ROLES = (Role.STAFF, Role.DUTY)
VERY_LATE = dt.timedelta(hours=2)

Counts = Mapping[tuple[int, int | None], Standing]


@dataclass(frozen=True, slots=True)
class Sent:
    """How many messages were queued, to how many units, and which were left out and why."""

    mails: int
    units: int
    left_out: dict[str, list[str]]


@dataclass(frozen=True)
class _Slot:
    """One rung at one moment, over all campaigns that share it."""

    rung: Rung
    name: str
    on: dt.date
    now: dt.datetime
    campaigns: dict[int, Campaign]
    hours: dict[int, wording.Hours]
    steps: dict[int, LadderStep]
    is_drill: bool
    not_before: dt.datetime | None

    def occasion(self, kind: MessageKind, *, held: bool = False) -> Occasion:
        return Occasion(
            kind, self.on, self.name, self.is_drill, held=held, not_before=self.not_before
        )

    def missing_list(self, group: int | None = None) -> tuple[str, str]:
        query = f"?day={self.on.isoformat()}" + (f"&group={group}" if group else "")
        return "打开未报单位", reverse("daily:missing_list") + query

    def by_campaign(
        self, rows: Sequence[Owed], sentence: Callable[[Campaign, Sequence[Owed]], str]
    ) -> list[str]:
        """One paragraph per campaign, led by its name when there is more than one."""
        found = []
        for pk, campaign in self.campaigns.items():
            mine = [row for row in rows if row.campaign == pk]
            if mine:
                lead = f"【{campaign.name}】" if len(self.campaigns) > 1 else ""
                found.append(lead + sentence(campaign, mine))
        return found


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
            *_unit_letters(slot, told),
            *_group_letters(slot, owed, counts),
            *_office_letters(slot, owed, counts),
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
    return Sent(send(_unit_letters(slot, told)), len({row.unit for row in told}), left_out)


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
    written = list(_unit_letters(slot, told, confirmed=True))
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
) -> _Slot:
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
) -> _Slot:
    by_id = {campaign.pk: campaign for campaign in campaigns if campaign.pk in steps}
    return _Slot(
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


def _unit_letters(
    slot: _Slot, owed: Sequence[Owed], *, confirmed: bool = False
) -> Iterator[Letter]:
    by_unit: dict[int, list[Owed]] = defaultdict(list)
    for row in owed:
        by_unit[row.unit].append(row)
    boxes = _unit_boxes(slot, owed)
    link = "填报日报", f"{reverse('daily:report_form')}?on={slot.on.isoformat()}"
    for unit, rows in by_unit.items():
        tasks = [slot.campaigns[row.campaign].name for row in rows]
        held = not confirmed and any(slot.steps[r.campaign].needs_confirmation for r in rows)
        # Two sentences about two tasks must say which is which; a lone one need not.
        leads = [f"【{task}】" if len(rows) > 1 else "" for task in tasks]
        paragraphs = [
            lead + _unit_sentence(slot, row) for lead, row in zip(leads, rows, strict=True)
        ]
        yield from letters(
            slot.occasion(MessageKind.REMINDER_UNIT, held=held),
            boxes[unit],
            subject=wording.unit_subject(slot.rung, tasks, slot.on),
            link=link,
            note="\n".join(paragraphs),
            paragraphs=paragraphs,
        )


def _unit_boxes(slot: _Slot, owed: Sequence[Owed]) -> dict[int, list[Addressee]]:
    desk = {row.unit for row in owed if slot.steps[row.campaign].to_duty_desk}
    leader = {row.unit for row in owed if slot.steps[row.campaign].to_unit_leader}
    boxes: dict[int, list[Addressee]] = defaultdict(list)
    for found in (
        unit_addressees(desk, on=slot.on, duty_desk=True, leader=False),
        unit_addressees(leader, on=slot.on, duty_desk=False, leader=True),
    ):
        for unit, more in found.items():
            known = {box.address.lower() for box in boxes[unit]}
            boxes[unit] += [box for box in more if box.address.lower() not in known]
    return boxes


def _unit_sentence(slot: _Slot, row: Owed) -> str:
    return wording.unit_sentence(
        slot.rung,
        unit=row.name,
        on=slot.on,
        hours=slot.hours[row.campaign],
        group=row.group,
        state=row.state,
        late_minutes=int((slot.now - row.due_at).total_seconds()) // 60,
    )


def _group_letters(slot: _Slot, owed: Sequence[Owed], counts: Counts) -> Iterator[Letter]:
    by_group: dict[tuple[int, int], list[Owed]] = defaultdict(list)
    for row in owed:
        if row.group_id and row.group and slot.steps[row.campaign].to_group:
            by_group[row.group, row.group_id].append(row)
    boxes = group_addressees(on=slot.on)
    for (number, group), rows in sorted(by_group.items()):
        paragraphs = slot.by_campaign(rows, _group_sentence(slot, number, group, counts))
        yield from letters(
            slot.occasion(MessageKind.REMINDER_GROUP),
            boxes.get(group, []),
            subject=wording.group_subject(number, len({row.unit for row in rows}), slot.on),
            link=slot.missing_list(group),
            note="\n".join(paragraphs),
            paragraphs=paragraphs,
        )


def _group_sentence(
    slot: _Slot, number: int, group: int, counts: Counts
) -> Callable[[Campaign, Sequence[Owed]], str]:
    return lambda campaign, rows: wording.group_sentence(
        slot.rung,
        number=number,
        count=missing_count(rows, counts[campaign.pk, group]),
        hours=slot.hours[campaign.pk],
    )


def _office_letters(slot: _Slot, owed: Sequence[Owed], counts: Counts) -> Iterator[Letter]:
    rows = [row for row in owed if slot.steps[row.campaign].to_office]
    if not rows:
        return
    paragraphs = slot.by_campaign(
        rows,
        lambda campaign, mine: wording.office_sentence(
            count=missing_count(mine, counts[campaign.pk, None]),
            groups=sorted({row.group for row in mine if row.group}),
            late=sum(slot.now - row.due_at >= VERY_LATE for row in mine),
            for_leader=sum(row.is_leader_contact for row in mine),
        ),
    )
    yield from letters(
        slot.occasion(MessageKind.REMINDER_OFFICE),
        office_addressees(on=slot.on, roles=OFFICE_ROLES),
        subject=wording.office_subject(len({row.unit for row in rows}), slot.on),
        link=slot.missing_list(),
        note="\n".join(paragraphs),
        paragraphs=paragraphs,
    )
