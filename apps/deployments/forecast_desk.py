"""What the forecast puts on the menu and on the clock."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import path
from django.utils import timezone

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.core import menu
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, name_results, register

from .forecast import DAY
from .services.forecast import ForecastTooLateError, tell_needs
from .views.forecast import VIEW, ForecastListView

patterns = [path("forecast/", ForecastListView.as_view(), name="forecast_list")]

# After midnight it would be told of a day that has begun.
FORECAST_LASTS = dt.timedelta(hours=4)


def register_all() -> None:
    """Called once as the portal gets ready."""
    menu.register(menu.MenuItem("需求预测", "deployments:forecast_list", VIEW, "deployments", 32))
    register(Job("need_forecast", "明日需求预测", _plan, _run, FORECAST_LASTS))
    name_results({"communities": "社区（个）", "forecast": "需求预测"})


def _plan(on: dt.date) -> Iterator[Planned]:
    for campaign in running_campaigns(on=on):
        yield Planned(campaign.code, Timetable(campaign).moment(Hour.FORECAST, on=on))


def _run(occurrence: Occurrence) -> dict[str, Any]:
    campaign = Campaign.objects.get(code=occurrence.scope)
    try:
        told = tell_needs(campaign, on=occurrence.on + DAY, now=timezone.now())
    except ForecastTooLateError as refused:
        return {"forecast": refused.message}
    return {"communities": told}
