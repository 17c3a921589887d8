"""What appeared on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.campaigns.models import Campaign
from apps.core import formats

from ..enums import ChannelKind
from ..models import Placement


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


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after the one `month` lies in."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
