"""The last days at a glance: hands on post beside hands asked for."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from apps.campaigns.models import Campaign
from apps.core.boards import Chart, Series
from apps.deployments.enums import NeedState
from apps.figures.enums import ScopeKind
from apps.figures.keys import keys_of
from apps.figures.models import Figure

DAYS = 14


def trend(campaign: Campaign, *, until: dt.date) -> Chart:
    """在岗 as it was locked (or provisional) and 需求 as it was open, for up to 14 days."""
    first = max(campaign.starts_on, until - dt.timedelta(days=DAYS - 1))
    days = [first + dt.timedelta(days=n) for n in range((until - first).days + 1)]
    on_post = _on_post(campaign, first=first, until=until)
    asked = heads_asked(campaign, days)
    return Chart(
        key="trend",
        title="在岗与需求",
        unit="人",
        x=[f"{day.month}/{day.day}" for day in days],
        series=[
            Series("在岗", [on_post.get(day) for day in days], kind="area"),
            Series("需求", [asked[day] for day in days], kind="dashed"),
        ],
    )


def _on_post(campaign: Campaign, *, first: dt.date, until: dt.date) -> dict[dt.date, int | None]:
    rows = (
        Figure.objects.filter(
            snapshot__campaign=campaign,
            snapshot__on__range=(first, until),
            snapshot__withdrawn_at=None,
            scope=ScopeKind.TOTAL,
            indicator__code=keys_of(campaign.kind).on_post,
        )
        # Locked comes after flash in this order, so that it wins where a day has both.
        .order_by("snapshot__stage")
        .values_list("snapshot__on", "value")
    )
    return {on: None if value is None else int(value) for on, value in rows}


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
