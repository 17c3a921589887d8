"""Where the items of a campaign may appear, and at which place there."""

import datetime as dt
from random import Random

from apps.campaigns.enums import CampaignKind
from apps.publicity.enums import ChannelKind
from apps.publicity.models import Channel

from .world import CampaignPlan

# Named for one campaign, so nothing of the other appears there.
ONLY = {
    "《党的机关工作》防汛专刊": CampaignKind.FLOOD,
    "《党的机关工作》抗疫专刊": CampaignKind.EPIDEMIC,
}
COLUMNS = {CampaignKind.FLOOD: "防汛救灾专栏", CampaignKind.EPIDEMIC: "抗疫专栏"}
WITH_COLUMN = frozenset({"《先行》", "河南机关党建网", "“豫直党建”微信公众号"})


def channels_of(plan: CampaignPlan) -> list[Channel]:
    return [
        channel
        for channel in Channel.objects.order_by("sort_order")
        if ONLY.get(channel.name, plan.kind) == plan.kind
    ]


def place_in(channel: Channel, kind: str, on: dt.date, rng: Random) -> str:
    if channel.name in WITH_COLUMN:
        return COLUMNS[CampaignKind(kind)]
    if channel.kind == ChannelKind.PRESS:
        return f"第{rng.randint(1, 8)}版"
    if channel.kind == ChannelKind.JOURNAL:
        return f"{on.year}年第{on.month}期"
    return f"第{rng.randint(1, 40)}期" if channel.kind == ChannelKind.BRIEF else ""
