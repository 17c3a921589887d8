"""导出 of the round's pages as sheets to be printed, sealed and signed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from apps.core.context import portal_of
from apps.core.scope import scope_of
from apps.core.views import portal_action
from apps.deployments.selectors import departures
from apps.figures.enums import ScopeKind
from apps.office.views.papers import paper_answer
from apps.units.models import LiaisonGroup

from ..selectors.days import day_figures
from ..selectors.papers import departures_paper, missing_paper, summary_paper
from .missing import SEE, MissingListView
from .rounds import DAY, day_of

SHAPES = {"unit": ScopeKind.UNIT, "group": ScopeKind.GROUP, "category": ScopeKind.CATEGORY}


@portal_action("daily.view_dailyround")
def summary_sheet(request: HttpRequest, code: str, on: str, by: str) -> HttpResponseBase:
    """汇总表 of the day by unit, group or category."""
    if by not in SHAPES:
        raise Http404
    campaign, day = day_of(request, code, on)
    shape = SHAPES[by]
    scopes = {ScopeKind.TOTAL, ScopeKind.CATEGORY, shape}
    figures = day_figures(campaign, on=day, user=request.user, scopes=scopes)
    organ = portal_of(request).organ_name
    return paper_answer(request, summary_paper(figures, by=shape, user=request.user, organ=organ))


@portal_action("daily.view_dailyround")
def departures_sheet(request: HttpRequest, code: str, on: str) -> HttpResponseBase:
    """派出清单 of the day after the round."""
    campaign, day = day_of(request, code, on)
    tomorrow: dt.date = day + DAY
    found = departures(campaign, on=tomorrow)
    organ = portal_of(request).organ_name
    return paper_answer(
        request, departures_paper(found, campaign=campaign, on=tomorrow, organ=organ)
    )


@portal_action(SEE)
def missing_sheet(request: HttpRequest) -> HttpResponseBase:
    """未报单位名单 as the page's filters leave it."""
    page = MissingListView()
    page.setup(request)
    page.look_up()
    rows = page.chosen(page.rows())
    asked = page.asked_count()
    paper = missing_paper(
        rows, campaign=page.campaign, on=page.on, asked=asked, organ=organ_of(request)
    )
    return paper_answer(request, paper)


def organ_of(request: HttpRequest) -> str:
    """Whose seal the sheet takes: the group's of a liaison, else the office's."""
    scope = scope_of(request.user)
    name: Any = portal_of(request).organ_name
    if scope.everything or len(scope.groups) != 1:
        return str(name)
    group = get_object_or_404(LiaisonGroup, pk=next(iter(scope.groups)))
    return f"{name}{group}"
