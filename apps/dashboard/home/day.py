"""The campaign and day a home page is about."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.current import current_campaign, runs, working_day
from apps.campaigns.models import Campaign
from apps.core.dates import business_day


@dataclass(frozen=True)
class Day:
    """`on` is today while the campaign runs, its last day once it is over."""

    campaign: Campaign
    on: dt.date
    now: dt.datetime
    user: Any
    is_running: bool


def day_of(request: HttpRequest) -> Day | None:
    """None while there is no campaign at all."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    now = timezone.now()
    today = business_day(now)
    return Day(
        campaign=campaign,
        on=working_day(campaign, today=today),
        now=now,
        user=request.user,
        is_running=runs(campaign, today),
    )
