"""A draft: made from a proposal or empty, and edited until it is sent for review."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.errors import Difference
from apps.core.formats import day as written
from apps.units.models import Unit

from ...allocating import EDITABLE, Nearness
from ...models import AllocationLine, AllocationSheet, Need
from .checking import refuse_shortage
from .errors import AllocationConflictError, AllocationRefusedError
from .proposing import Proposal, propose
from .surplus import refuse_surplus

PROTECTION = "口罩、手套、饮用水由派出单位自备，防护用品不足的由社区补充"
LONGEST_MEETING = 60


@transaction.atomic
def draft_sheet(
    campaign: Campaign,
    *,
    on: dt.date,
    ends_on: dt.date | None,
    by: User,
    now: dt.datetime,
    needs: Sequence[Need] | None = None,
    submission: uuid.UUID | None = None,
) -> AllocationSheet:
    """A draft with the lines of the proposal for `on`; `needs` None takes all that are short.

    Raises AllocationRefusedError for a campaign that is over, days outside it, or when nothing
    is asked for or nobody is free.
    """
    refuse_over(campaign)
    _refuse_days(campaign, on=on, ends_on=ends_on)
    proposal = propose(campaign, on=on, until=ends_on, needs=needs)
    if not proposal.summary["needs"]:
        raise AllocationRefusedError(f"{written(on)}没有待落实的人员需求，不用调配。", field="on")
    if not proposal.lines:
        raise AllocationRefusedError(
            f"{written(on)}各单位没有可派的人员，请核对人员派出和免派名单。", field="on"
        )
    sheet = AllocationSheet(
        submission=submission,
        campaign=campaign,
        on=on,
        ends_on=ends_on,
        is_drill=campaign.is_drill,
        proposal=proposal.summary,
        made_at=now,
        made_by=by,
    )
    sheet.full_clean()
    sheet.save()
    AllocationLine.objects.bulk_create(_lines(sheet, proposal))
    return sheet


def refuse_over(campaign: Campaign) -> None:
    """Raises AllocationRefusedError unless the campaign is under way."""
    if not campaign.is_reporting:
        raise AllocationRefusedError(f"“{campaign}”已结束，不再调配。请切换到进行中的应急任务。")


def _refuse_days(campaign: Campaign, *, on: dt.date, ends_on: dt.date | None) -> None:
    if on < campaign.starts_on:
        raise AllocationRefusedError(
            f"不得早于任务开始的{written(campaign.starts_on)}。", field="on"
        )
    if campaign.ends_on is not None and on > campaign.ends_on:
        raise AllocationRefusedError(f"任务已定于{written(campaign.ends_on)}结束。", field="on")
    if ends_on is not None and ends_on < on:
        raise AllocationRefusedError("截止日期不得早于到岗日期。", field="ends_on")


def _lines(sheet: AllocationSheet, proposal: Proposal) -> list[AllocationLine]:
    phones = dict(
        Unit.objects.filter(pk__in={line.unit for line in proposal.lines}).values_list(
            "pk", "duty_phone"
        )
    )
    return [
        AllocationLine(
            sheet=sheet,
            unit_id=line.unit,
            heads=line.heads,
            proposed=line.heads,
            nearness=line.nearness,
            reason=line.reason,
            leader_phone=phones.get(line.unit, ""),
            **from_need(line.need),
        )
        for line in proposal.lines
    ]


def from_need(need: Need) -> dict[str, Any]:
    """What a line takes over from the need it answers."""
    place = need.community
    contact = " ".join(word for word in (place.contact, place.duty_phone) if word)
    return {
        "need": need,
        "community": place,
        "task_type": need.task_type,
        "shift": need.shift or "08:00–20:00",
        "meeting_place": f"{place}居委会"[:LONGEST_MEETING],
        "contact": contact[:60],
        "protection": PROTECTION,
    }


@dataclass(frozen=True)
class NewLine:
    unit: Unit
    need: Need
    heads: int


@transaction.atomic
def save_lines(
    sheet: AllocationSheet,
    *,
    changes: Mapping[int, Mapping[str, Any]],
    note: str,
    version: int,
    added: NewLine | None = None,
) -> AllocationSheet:
    """Keep an edited draft. `changes` by line; heads 0 leaves a line out, what the proposal said
    of it stays. Raises AllocationConflictError when somebody has saved since `version`,
    CapacityError naming the lines that ask too much of a unit or for a need.
    """
    taken = AllocationSheet.objects.filter(pk=sheet.pk, version=version, state__in=EDITABLE).update(
        version=F("version") + 1, note=note
    )
    if not taken:
        raise _stale(sheet, changes, note)
    rows = {line.pk: line for line in _lines_of(sheet) if line.pk in changes}
    for pk, line in rows.items():
        for name, value in changes[pk].items():
            setattr(line, name, value)
    names = sorted({name for values in changes.values() for name in values})
    if names:
        AllocationLine.objects.bulk_update(rows.values(), names, batch_size=500)
    edited = {pk for pk in rows if "heads" in changes[pk]}
    if added is not None:
        edited.add(_add(sheet, added).pk)
    sheet.refresh_from_db()
    lines = list(_lines_of(sheet))
    refuse_shortage(sheet, lines)
    if edited:
        refuse_surplus(sheet, lines, edited=edited)
    return sheet


def _stale(
    sheet: AllocationSheet, changes: Mapping[int, Mapping[str, Any]], note: str
) -> Exception:
    current = AllocationSheet.objects.get(pk=sheet.pk)
    if current.state not in EDITABLE:
        return AllocationConflictError(
            f"该调配单现为“{current.get_state_display()}”，不能再改。退回或撤回后可重新起草。"
        )
    found = [
        Difference(
            f"{line.unit}派往{line.community}：{_label(line, name)}", value, getattr(line, name)
        )
        for line in _lines_of(sheet).filter(pk__in=changes)
        for name, value in changes[line.pk].items()
        if value != getattr(line, name)
    ]
    if note != current.note:
        found.append(Difference(_label(current, "note"), note, current.note))
    return AllocationConflictError(
        "他人刚刚修改了这张调配单，请核对后再保存。",
        differences=found,
        marks={"version": current.version},
    )


def _label(row: AllocationSheet | AllocationLine, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _lines_of(sheet: AllocationSheet) -> Any:
    return AllocationLine.objects.filter(sheet=sheet).select_related("unit", "community__street")


def _add(sheet: AllocationSheet, new: NewLine) -> AllocationLine:
    refuse_foreign_need(sheet, new.need)
    known = AllocationLine.objects.filter(sheet=sheet, unit=new.unit, need=new.need).exists()
    if known:
        raise AllocationRefusedError(
            f"{new.unit}已有一条派往{new.need.community}的明细，请直接改人数。", field="unit"
        )
    return AllocationLine.objects.create(
        sheet=sheet,
        unit=new.unit,
        heads=new.heads,
        nearness=nearness_of(new.unit, new.need),
        reason="人工增加",
        leader_phone=new.unit.duty_phone,
        **from_need(new.need),
    )


def refuse_foreign_need(sheet: AllocationSheet, need: Need) -> None:
    """Raises AllocationRefusedError unless `need` asks for people of this campaign on the day."""
    if need.campaign_id != sheet.campaign_id:
        raise AllocationRefusedError("该需求不是本任务中提出的，请重新选择。", field="need")
    covers = need.starts_on <= sheet.on and (need.ends_on is None or need.ends_on >= sheet.on)
    if not covers or not need.heads:
        raise AllocationRefusedError("该需求不含到岗日期当天的人员需求，请重新选择。", field="need")


def nearness_of(unit: Unit, need: Need) -> Nearness:
    """How far the unit's office lies from the need; the furthest where it is not on record."""
    office, place = unit.office_community, need.community
    if office is None:
        return Nearness.FURTHER
    if office.pk == place.pk:
        return Nearness.COMMUNITY
    if office.street_id == place.street_id:
        return Nearness.STREET
    same = office.street.district_id == place.street.district_id
    return Nearness.DISTRICT if same else Nearness.FURTHER
