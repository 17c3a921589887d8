"""Addresses of the rows behind a number."""

import datetime as dt
from urllib.parse import urlencode

from apps.campaigns.models import Campaign
from apps.core.addresses import address


def figure_url(campaign: Campaign, on: dt.date, code: str, **chosen: object) -> str:
    """The leaves of one figure of a day, narrowed to a group or category."""
    rows = address("daily:figure_rows", campaign.code, on.isoformat(), code)
    return f"{rows}?{urlencode(chosen)}" if chosen else rows


def reports_url(campaign: Campaign, **chosen: object) -> str:
    """The reports themselves, chosen by the fields of their list's filter."""
    return f"{address('daily:report_list')}?{urlencode({'campaign': campaign.code, **chosen})}"


def posts_url(campaign: Campaign, on: dt.date, **chosen: object) -> str:
    """The deployments of a day, with whom they expect and who is there."""
    query = urlencode({"campaign": campaign.code, "on": on.isoformat(), **chosen})
    return f"{address('deployments:deployment_list')}?{query}"


def report_form_url(campaign: Campaign, on: dt.date) -> str:
    """The reader's own unit's form for a day."""
    query = urlencode({"campaign": campaign.code, "on": on.isoformat()})
    return f"{address('daily:report_form')}?{query}"


def missing_url(campaign: Campaign, on: dt.date, **chosen: object) -> str:
    """Who owes the report of a day; it names the campaign, whatever the reader has in hand."""
    query = urlencode({"campaign": campaign.code, "day": on.isoformat(), **chosen})
    return f"{address('daily:missing_list')}?{query}"


def flashes_url(campaign: Campaign, **chosen: object) -> str:
    return f"{address('daily:flash_list')}?{urlencode({'campaign': campaign.code, **chosen})}"
