"""The last days at a glance: hands on post beside hands asked for."""

import datetime as dt

from django.db.models import Q, Sum

from apps.campaigns.models import Campaign
from apps.core.boards import Chart, Series
from apps.deployments.enums import NeedState
from apps.deployments.models import Need
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


def heads_asked(campaign: Campaign, days: list[dt.date]) -> dict[dt.date, int]:
    """Heads asked for by needs open on each day; one query for all days."""
    columns = {
        f"day_{n}": Sum(
            "heads",
            filter=Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day)),
            default=0,
        )
        for n, day in enumerate(days)
    }
    sums = Need.objects.filter(campaign=campaign).exclude(state=NeedState.CLOSED)
    found = sums.aggregate(**columns)
    return {day: found[f"day_{n}"] for n, day in enumerate(days)}
