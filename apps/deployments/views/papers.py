"""导出 of needs as a sheet to be printed, sealed and signed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from apps.campaigns.current import current_campaign, current_day
from apps.core.context import portal_of
from apps.core.views import portal_action
from apps.office.views.papers import paper_answer

from ..papers import needs_paper


@portal_action("deployments.view_need")
def needs_sheet(request: HttpRequest) -> HttpResponseBase:
    """Open needs of the campaign in hand, district by district in official order."""
    campaign = current_campaign(request)
    if campaign is None:
        raise Http404
    organ = portal_of(request).organ_name
    paper = needs_paper(campaign, on=current_day(request), user=request.user, organ=organ)
    return paper_answer(request, paper)
