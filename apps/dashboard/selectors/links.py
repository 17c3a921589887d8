"""Addresses of the rows behind a number that no desk has put together yet."""

from urllib.parse import urlencode

from apps.campaigns.models import Campaign
from apps.core.addresses import address


def needs_url(campaign: Campaign, **chosen: str) -> str:
    """The needs of a campaign, chosen by the fields of their list's filter."""
    query = urlencode({"campaign": campaign.code, **chosen})
    return f"{address('deployments:need_list')}?{query}"
