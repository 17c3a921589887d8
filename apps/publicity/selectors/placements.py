"""What appeared on a day, and whose items were taken in a month (采用通报)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.dates import day_bounds
from apps.units.models import Unit

from ..enums import ChannelKind, ItemState
from ..models import Placement, PublicityItem


@dataclass(frozen=True)
class DayPlacements:
    """What appeared on a day: items, and how often by kind of channel in the kinds' order."""

    items: int
    kinds: dict[ChannelKind, int]

    @property
    def sentence(self) -> str:
        """刊发 3 篇（新闻媒体 2、微信公众号 3）; empty when nothing appeared."""
        if not self.items:
            return ""
        kinds = formats.listing(f"{kind.label} {count}" for kind, count in self.kinds.items())
        return f"刊发 {formats.number(self.items)} 篇（{kinds}）"


def day_placements(campaign: Campaign, *, on: dt.date) -> DayPlacements:
    """Placements of the campaign's items dated `on`; items withdrawn since are left out."""
    rows = Placement.objects.standing().filter(item__campaign=campaign, on=on)
    pairs = list(rows.order_by().values_list("item", "channel__kind"))
    counts = {kind: sum(found == kind for _, found in pairs) for kind in ChannelKind}
    kinds = {kind: count for kind, count in counts.items() if count}
    return DayPlacements(items=len({item for item, _ in pairs}), kinds=kinds)


@dataclass(frozen=True)
class UnitAdoption:
    """One unit's month: items handed in, items taken, and how often they appeared."""

    unit: Unit
    submitted: int
    adopted: int
    placed: int
    pk: int = 0


@dataclass(frozen=True)
class Adoption:
    """The table of a month, in official order; `silent` units neither handed in nor appeared."""

    rows: list[UnitAdoption]
    silent: int

    @property
    def submitted(self) -> int:
        return sum(row.submitted for row in self.rows)

    @property
    def adopted(self) -> int:
        return sum(row.adopted for row in self.rows)

    @property
    def placed(self) -> int:
        return sum(row.placed for row in self.rows)


def adoption(campaign: Campaign, *, month: dt.date, user: Any) -> Adoption:
    """投稿 and 采用 of `month` (its first day) by unit, of the units in `user`'s scope.

    Handed in counts by the day of the first 投稿; taken counts items that appeared in the month,
    whenever they were handed in. Withdrawn items count in neither. Three statements.
    """
    after = next_month(month)
    start, end = day_bounds(month)[0], day_bounds(after)[0]
    items = PublicityItem.objects.visible_to(user).filter(campaign=campaign)
    submitted = dict(
        items.exclude(state=ItemState.WITHDRAWN)
        .filter(submitted_at__gte=start, submitted_at__lt=end)
        .order_by()
        .values_list("unit")
        .annotate(n=Count("pk"))
    )
    appeared = (
        Placement.objects.visible_to(user)
        .standing()
        .filter(item__campaign=campaign, on__gte=month, on__lt=after)
    )
    taken = {
        unit: (adopted, placed)
        for unit, adopted, placed in appeared.order_by()
        .values_list("item__unit")
        .annotate(adopted=Count("item", distinct=True), placed=Count("pk"))
    }
    named = Q(pk__in={*submitted, *taken})
    units = Unit.objects.visible_to(user).filter(Q(is_active=True) | named).order_by("sort_order")
    rows = [
        UnitAdoption(unit, submitted.get(unit.pk, 0), *taken.get(unit.pk, (0, 0)), pk=unit.pk)
        for unit in units
    ]
    kept = [row for row in rows if row.submitted or row.placed]
    return Adoption(rows=kept, silent=len(rows) - len(kept))


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after the one `month` lies in."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
