"""Pages that stand in the campaign in hand, for the desks above."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .current import current_campaign, running_campaign


class InCampaignMixin:
    """The page says which campaign it is about."""

    request: HttpRequest

    def get_subtitle(self) -> str:
        return str(current_campaign(self.request) or "")


class InRunningCampaignMixin(InCampaignMixin):
    """A page to enter something: without a campaign under way its door is closed.

    Raises NoCampaignError, before anything is filled in.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            running_campaign(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer
