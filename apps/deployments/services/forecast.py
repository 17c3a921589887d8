"""Telling tomorrow's needs: once for a day, never again."""

import datetime as dt

from django.db import connection, transaction

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.errors import DomainError

from ..forecast import foretell, weeks
from ..models import NeedForecast

INSERT = """
INSERT INTO deployments_needforecast
    (campaign_id, "on", made_at, community_id, days, heads, known, low, high, eve)
SELECT %s, %s, %s, *
  FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[])
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
        (community, len(week.asked), told.heads, told.known, told.low, told.high, told.eve)
        for community, week in sorted(found.items())
        for told in (foretell(week),)
    ]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [campaign.pk, on, now, *columns])
    return len(rows)
