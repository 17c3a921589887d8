"""Addresses of the rows behind a number."""

import datetime as dt
from urllib.parse import urlencode

from apps.campaigns.models import Campaign
from apps.core.addresses import address


def figure_url(campaign: Campaign, on: dt.date, code: str, **chosen: object) -> str:
    """The leaves of one figure of a day, narrowed to a group or category."""
    rows = address("daily:figure_rows", campaign.code, on.isoformat(), code)
    return f"{rows}?{urlencode(chosen)}" if chosen else rows


def missing_url(on: dt.date, **chosen: object) -> str:
    return f"{address('daily:missing_list')}?{urlencode({'day': on.isoformat(), **chosen})}"
