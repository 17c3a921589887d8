"""Addresses of the rows behind a number."""

import datetime as dt
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from apps.campaigns.models import Campaign


def figure_url(campaign: Campaign, on: dt.date, code: str, **chosen: object) -> str:
    """The leaves of one figure of a day, narrowed to a group or category."""
    address = _figure_address(campaign.code, on, code)
    return f"{address}?{urlencode(chosen)}" if chosen else address


@lru_cache(maxsize=2048)
def _figure_address(campaign: str, on: dt.date, code: str) -> str:
    """Addresses never change; a board of a campaign's days holds a hundred of them."""
    return reverse("daily:figure_rows", args=[campaign, on.isoformat(), code])


def missing_url(on: dt.date, **chosen: object) -> str:
    return f"{reverse('daily:missing_list')}?{urlencode({'day': on.isoformat(), **chosen})}"
