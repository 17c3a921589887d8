"""Which morning digests a person gets, what stands in them, and when they come."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from apps.campaigns.enums import DEFAULT_HOURS, Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.scope import scope_of
from apps.units.enums import Role

from ..enums import DigestKind
from ..models import DigestSubscription


@dataclass(frozen=True)
class DigestOffer:
    """A digest as its readers know it: who gets it, at which hour, and what it tells."""

    digest: DigestKind
    role: Role
    hour: Hour
    contents: str


OFFERS = (
    DigestOffer(
        DigestKind.LEADER,
        Role.LEADER,
        Hour.LEADER_DIGEST,
        "前一日总体情况、突发和人员安全、需求对接、请您关注、未报单位、更正，以及今日安排",
    ),
    DigestOffer(
        DigestKind.GROUP,
        Role.LIAISON,
        Hour.GROUP_DIGEST,
        "本组前一日应报、已报和在岗情况，以及今日请办事项",
    ),
    DigestOffer(
        DigestKind.UNIT,
        Role.REPORTER,
        Hour.UNIT_DIGEST,
        "本单位前一日日报的待办；没有待办的，当日不发。关闭后，单位值班邮箱照常收到",
    ),
)


@dataclass(frozen=True)
class OwnDigest:
    """One digest of one person: its hour in the campaign at hand, and whether it is sent."""

    offer: DigestOffer
    at: dt.time
    is_enabled: bool


def own_digests(user: Any, *, campaign: Campaign | None) -> list[OwnDigest]:
    """The digests the roles of `user` get; at the default hours while there is no campaign."""
    roles = scope_of(user).roles
    off = set(
        DigestSubscription.objects.filter(user=user, is_enabled=False).values_list(
            "digest", flat=True
        )
    )
    times = Timetable(campaign) if campaign else None
    return [
        OwnDigest(
            offer,
            times.at(offer.hour) if times else DEFAULT_HOURS[offer.hour],
            offer.digest not in off,
        )
        for offer in OFFERS
        if offer.role in roles
    ]
