"""What each rung of the ladder writes: to units, groups and the office."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.campaigns.enums import Rung
from apps.campaigns.models import Campaign, LadderStep
from apps.messaging.enums import MessageKind
from apps.units.enums import Role

from .. import wording
from ..selectors.addresses import Addressee, group_addressees, office_addressees, unit_addressees
from ..selectors.links import missing_url, report_form_url
from ..selectors.owed import Owed, Standing, missing_count
from .letters import Letter, Occasion, letters

OFFICE_ROLES = (Role.STAFF, Role.DUTY)


VERY_LATE = dt.timedelta(hours=2)


Counts = Mapping[tuple[int, int | None], Standing]


@dataclass(frozen=True)
class Slot:
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

    def missing_list(self, rows: Sequence[Owed], **chosen: int) -> tuple[str, str]:
        """The page names one campaign; of several that of the first report owed."""
        return "打开未报单位", missing_url(self.campaigns[rows[0].campaign], self.on, **chosen)

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


def unit_letters(slot: Slot, owed: Sequence[Owed], *, confirmed: bool = False) -> Iterator[Letter]:
    """To each unit that owes, its tasks in one letter; held where a person confirms first."""
    by_unit: dict[int, list[Owed]] = defaultdict(list)
    for row in owed:
        by_unit[row.unit].append(row)
    boxes = _unit_boxes(slot, owed)
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
            link=("填报日报", report_form_url(slot.campaigns[rows[0].campaign], slot.on)),
            note="\n".join(paragraphs),
            paragraphs=paragraphs,
        )


def _unit_boxes(slot: Slot, owed: Sequence[Owed]) -> dict[int, list[Addressee]]:
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


def _unit_sentence(slot: Slot, row: Owed) -> str:
    # Locked by button before its hour: the sentence of a day still open would name a limit gone by.
    return wording.unit_sentence(
        Rung.LOCKED if row.is_locked else slot.rung,
        unit=row.name,
        on=slot.on,
        hours=slot.hours[row.campaign],
        group=row.group,
        state=row.state,
        late_minutes=max(int((slot.now - row.due_at).total_seconds()) // 60, 0),
    )


def group_letters(slot: Slot, owed: Sequence[Owed], counts: Counts) -> Iterator[Letter]:
    """To each group about its own units, on the rungs that reach it."""
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
            link=slot.missing_list(rows, group=group),
            note="\n".join(paragraphs),
            paragraphs=paragraphs,
        )


def _group_sentence(
    slot: Slot, number: int, group: int, counts: Counts
) -> Callable[[Campaign, Sequence[Owed]], str]:
    return lambda campaign, rows: wording.group_sentence(
        slot.rung,
        number=number,
        count=missing_count(rows, counts[campaign.pk, group]),
        hours=slot.hours[campaign.pk],
    )


def office_letters(slot: Slot, owed: Sequence[Owed], counts: Counts) -> Iterator[Letter]:
    """One to the desk and the duty officer about everybody who owes."""
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
        link=slot.missing_list(rows),
        note="\n".join(paragraphs),
        paragraphs=paragraphs,
    )
