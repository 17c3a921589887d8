"""Telling tomorrow's needs: once for a day, never again."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, name_results, register

from ..forecast import DAY, foretell, weeks
from ..models import NeedForecast

# After midnight it would be told of a day that has begun.
FORECAST_LASTS = dt.timedelta(hours=4)

INSERT = """
INSERT INTO deployments_needforecast
    (campaign_id, "on", made_at, community_id, days, heads, low, high, eve)
SELECT %s, %s, %s, *
  FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[])
"""


class ForecastTooLateError(DomainError):
    """A day that has begun is no longer foretold."""


@transaction.atomic
def tell_needs(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> int:
    """Foretell what each community will ask for on `on` from what is known now; how many.

    A day once told stays as it was told, whole: 0 when it was. Raises ForecastTooLateError on
    the day itself and after.
    """
    if business_day(now) >= on:
        raise ForecastTooLateError(f"{on.month}月{on.day}日已经开始，不能再作预测。")
    # Two at once would both find the day untold.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if NeedForecast.objects.filter(campaign=campaign, on=on).exists():
        return 0
    found = weeks(campaign, on=on, known=now)
    rows = [
        (community, len(week), told.heads, told.low, told.high, week[0])
        for community, week in sorted(found.items())
        for told in (foretell(week),)
    ]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [campaign.pk, on, now, *columns])
    return len(rows)


def register_forecasts() -> None:
    """Called once as the portal gets ready."""
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
