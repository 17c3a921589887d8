"""Where signed items appeared: entered for many at once, taken back when it was a mistake."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from apps.accounts.models import User
from apps.core import formats
from apps.core.dates import business_day

from ..enums import PLACEABLE, ItemState
from ..errors import PlacementRefusedError
from ..models import Channel, ItemStep, Placement, PublicityItem
from .telling import tell_placed, tell_taken_back


@dataclass(frozen=True, slots=True)
class Placed:
    """How many were entered, and how many stood there already."""

    new: int
    known: int


@transaction.atomic
def place_items(
    items: Sequence[PublicityItem],
    *,
    channel: Channel,
    on: dt.date,
    place: str = "",
    by: User,
    now: dt.datetime,
) -> Placed:
    """Enter that `items` appeared in `channel` on `on`: all or none; known ones stay as they are.

    Raises PlacementRefusedError when one is not signed, was signed later, or the day lies ahead.
    """
    if on > business_day(now):
        raise PlacementRefusedError("刊发日期不能晚于今天。", field="on")
    if not channel.is_active:
        raise PlacementRefusedError(f"{channel}已停用，请另选渠道。", field="channel")
    keys = sorted(item.pk for item in items)
    rows = PublicityItem.objects.select_for_update(of=("self",)).select_related("campaign")
    locked = list(rows.filter(pk__in=keys).order_by("pk"))
    _refuse_unsigned(locked)
    _refuse_before_signing(locked, on)
    there = Q(item__in=keys, channel=channel, on=on)
    known = set(Placement.objects.filter(there).values_list("item", flat=True))
    fresh = [item for item in locked if item.pk not in known]
    placements = Placement.objects.bulk_create(
        Placement(item=item, channel=channel, on=on, place=place, by=by) for item in fresh
    )
    _publish([item for item in fresh if item.state == ItemState.SIGNED], by=by, now=now)
    tell_placed(placements)
    return Placed(new=len(fresh), known=len(known))


def _refuse_unsigned(items: Sequence[PublicityItem]) -> None:
    unsigned = [item for item in items if item.state not in PLACEABLE]
    if unsigned:
        names = formats.listing((f"“{item}”" for item in unsigned), most=3, measure="篇")
        raise PlacementRefusedError(f"{names}尚未终审签发或已撤稿，不能登记刊发。")


def _refuse_before_signing(items: Sequence[PublicityItem], on: dt.date) -> None:
    signed = (
        ItemStep.objects.filter(item__in=items, state=ItemState.SIGNED, chain=F("item__chain"))
        .values("item__title")
        .annotate(at=Max("at"))
        .order_by("item")
    )
    early = [row for row in signed if business_day(row["at"]) > on]
    if early:
        day = formats.day(business_day(early[0]["at"]))
        raise PlacementRefusedError(
            f"“{early[0]['item__title']}”{day}才签发，刊发日期不能早于签发。", field="on"
        )


def _publish(items: Sequence[PublicityItem], *, by: User, now: dt.datetime) -> None:
    PublicityItem.objects.filter(pk__in=[item.pk for item in items]).update(
        state=ItemState.PUBLISHED, version=F("version") + 1
    )
    ItemStep.objects.bulk_create(
        ItemStep(item=item, chain=item.chain, state=ItemState.PUBLISHED, by=by, at=now)
        for item in items
    )


@transaction.atomic
def take_back_placements(placements: Sequence[Placement], *, by: User, now: dt.datetime) -> int:
    """撤销登记: remove entries made by mistake; an item without any waits to appear again.

    Returns how many were removed; those already gone count for nothing.
    """
    keys = [row.pk for row in placements]
    touched = sorted({row.item_id for row in placements})
    items = list(PublicityItem.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    rows = Placement.objects.filter(pk__in=keys).select_related("channel", "item__campaign")
    gone = list(rows.order_by("pk"))
    steps = [_undone(row, items, by, now) for row in gone]
    tell_taken_back(gone, by=by)
    removed, _ = Placement.objects.filter(pk__in=keys).delete()
    ItemStep.objects.bulk_create(steps)
    left = Placement.objects.filter(item=OuterRef("pk"))
    emptied = PublicityItem.objects.filter(~Exists(left), pk__in=touched, state=ItemState.PUBLISHED)
    emptied.update(state=ItemState.SIGNED, version=F("version") + 1)
    return removed


def _undone(row: Placement, items: Sequence[PublicityItem], by: User, now: dt.datetime) -> ItemStep:
    chain = next(item.chain for item in items if item.pk == row.item_id)
    note = f"{row.channel}（{formats.day(row.on, today=business_day(now))}）"
    return ItemStep(
        item_id=row.item_id,
        chain=chain,
        state=ItemState.PUBLISHED,
        is_undo=True,
        by=by,
        at=now,
        note=note,
    )
