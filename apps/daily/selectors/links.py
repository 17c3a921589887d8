"""Addresses of the rows behind a number."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from apps.campaigns.models import Campaign


def figure_url(campaign: Campaign, on: dt.date, code: str, **chosen: object) -> str:
    """The leaves of one figure of a day, narrowed to a group or category."""
    address = reverse("daily:figure_rows", args=[campaign.code, on.isoformat(), code])
    return f"{address}?{urlencode(chosen)}" if chosen else address


def missing_url(on: dt.date, **chosen: object) -> str:
    return f"{reverse('daily:missing_list')}?{urlencode({'day': on.isoformat(), **chosen})}"
