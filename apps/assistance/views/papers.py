"""导出 of help given as a sheet to be printed, sealed and signed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from apps.campaigns.current import current_campaign, current_day
from apps.core.context import portal_of
from apps.core.views import portal_action
from apps.office.views.papers import paper_answer

from ..selectors.papers import actions_paper
from .common import VIEW_BENEFICIARY


@portal_action(VIEW_BENEFICIARY)
def actions_sheet(request: HttpRequest) -> HttpResponseBase:
    """Help by type of service, in the scope of whoever asks."""
    campaign = current_campaign(request)
    if campaign is None:
        raise Http404
    organ = portal_of(request).organ_name
    paper = actions_paper(campaign, on=current_day(request), user=request.user, organ=organ)
    return paper_answer(request, paper)
