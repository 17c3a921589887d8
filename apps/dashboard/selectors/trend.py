"""The last days at a glance: hands on post beside hands asked for."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.db import connection

from apps.campaigns.models import Campaign
from apps.core.addresses import address
from apps.core.boards import Chart, Series
from apps.daily.selectors.links import figure_url
from apps.deployments.enums import NeedState
from apps.figures.enums import ScopeKind
from apps.figures.keys import keys_of

from ..boards.selectors.spans import notes_by_day, plain, values_by_day
from .links import needs_url

DAYS = 14


def trend(campaign: Campaign, *, until: dt.date) -> Chart:
    """在岗 as it was locked (or provisional) and 需求 as it was open, for up to 14 days."""
    first = max(campaign.starts_on, until - dt.timedelta(days=DAYS - 1))
    days = [first + dt.timedelta(days=n) for n in range((until - first).days + 1)]
    code, at = keys_of(campaign.kind).on_post, (ScopeKind.TOTAL, None)
    asked = {"campaign": campaign.code, "day": until.isoformat(), "figure": code}
    span = values_by_day(campaign, codes=[code], at=at, until=until)[code]
    return Chart(
        key="trend",
        title="在岗与需求",
        unit="人",
        x=[f"{day.month}/{day.day}" for day in days],
        series=[
            Series(
                "在岗",
                [plain(span.values.get(day)) for day in days],
                kind="area",
                urls=[figure_url(campaign, day, code) for day in days],
                notes=notes_by_day(campaign, code, span, "人", days=days, at=at),
            ),
            heads_series("需求", campaign, days),
        ],
        sheet=f"{address('dashboard:board_sheet', 'trend')}?{urlencode(asked)}",
    )


def heads_series(name: str, campaign: Campaign, days: Sequence[dt.date]) -> Series:
    """Heads asked for day by day, each number with the needs it was counted from; one query."""
    asked = heads_asked(campaign, days)
    return Series(
        name,
        [asked[day] for day in days],
        kind="dashed",
        urls=[needs_url(campaign, wanted=day.isoformat()) for day in days],
    )


# A course of a whole campaign: one row a day, where an aggregate a day would be a column each.
HEADS = """
SELECT day::date, COALESCE(SUM(n.heads), 0)
  FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') day
  LEFT JOIN deployments_need n
    ON n.campaign_id = %(campaign)s AND n.state <> %(closed)s AND n.starts_on <= day
   AND (n.ends_on IS NULL OR n.ends_on >= day)
 GROUP BY day
"""


def heads_asked(campaign: Campaign, days: Sequence[dt.date]) -> dict[dt.date, int]:
    """Heads asked for by needs open on each of `days`, which follow one another; one query."""
    if not days:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            HEADS,
            {
                "first": days[0],
                "last": days[-1],
                "campaign": campaign.pk,
                "closed": NeedState.CLOSED.value,
            },
        )
        return {day: int(heads) for day, heads in cursor}
