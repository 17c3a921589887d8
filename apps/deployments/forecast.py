"""Tomorrow's need of each community: the rule, and what became of what was told.

The series is heads asked for: the sum of needs for hands that cover the day and are not closed, as
the boards count 需求. Why this one and this rule: docs/decisions/0069.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core import formats

from .enums import NeedState
from .models import Need, NeedForecast

WEEK = 7
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """What is told of one community: heads, and between which numbers the week lay."""

    heads: int
    low: int
    high: int


FADES = (0, 25, 50, 75, 100)
"""How much each day back weighs of the day after it, in percent: from the last day alone (0) to
seven days alike (100). Each is a whole number of quarters, so that sums of floats stay exact."""


def foretell(week: Sequence[int], *, fade: int) -> Told:
    """The weighted mean of up to seven days, the last day first, each day back `fade` percent of
    the one after it.

    Rounded half up: rounding up always would make a person out of every need of last week.
    Weekdays count alike: in an emergency there are none. Raises ValueError for an empty week.
    """
    if not week:
        raise ValueError("no day to go by")
    total = whole = 0.0
    for heads in reversed(week):
        total, whole = heads + total * fade / 100, 1 + whole * fade / 100
    return Told(_half_up(total, whole), min(week), max(week))


def best_fade(weeks: Collection[Sequence[int]]) -> int:
    """The fade that would have erred least over these weeks, had each of their days been foretold
    from those before it; the smallest of equals."""
    return min(FADES, key=lambda fade: sum(_missed(week, fade) for week in weeks))


def _missed(week: Sequence[int], fade: int) -> int:
    total = whole = 0.0
    missed = 0
    for heads in reversed(week):
        if whole:
            missed += abs(_half_up(total, whole) - heads)
        total, whole = heads + total * fade / 100, 1 + whole * fade / 100
    return missed


def _half_up(total: float, whole: float) -> int:
    return int((2 * total + whole) // (2 * whole))


# Heads asked for by community and day; what was not raised yet at that moment is not known.
ASKED = """
SELECT n.community_id, day::date, SUM(n.heads)
  FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') day
  JOIN deployments_need n
    ON n.campaign_id = %(campaign)s AND n.state <> 'closed' AND n.heads > 0
   AND n.raised_at <= %(known)s
   AND n.starts_on <= day AND (n.ends_on IS NULL OR n.ends_on >= day)
 GROUP BY 1, 2
"""


def weeks(campaign: Campaign, *, on: dt.date, known: dt.datetime) -> dict[int, list[int]]:
    """Up to seven days before `on` by community, the last first, as known at that moment.

    Communities that asked for nobody in the week are left out; days before the campaign too.
    """
    last = on - DAY
    first = max(campaign.starts_on, on - WEEK * DAY)
    length = (last - first).days + 1
    found: dict[int, list[int]] = {}
    if length < 1:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            ASKED, {"first": first, "last": last, "campaign": campaign.pk, "known": known}
        )
        for community, day, heads in cursor:
            found.setdefault(community, [0] * length)[(last - day).days] = int(heads)
    return found


def asked_on(day: dt.date) -> QuerySet[Any]:
    """Needs for hands that cover the day, of one community of an outer query."""
    covers = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))
    rows = Need.objects.filter(covers, community=OuterRef("pk"), heads__gt=0)
    return rows.exclude(state=NeedState.CLOSED)


def with_forecast(
    rows: QuerySet[Community], *, campaign: Campaign, on: dt.date, is_due: bool
) -> QuerySet[Any]:
    """Communities with a forecast of the day or a need on it: `heads`, `low`, `high`, `eve`, `days`
    as told (None without; `told` is 0 then), `asked` as the ledger says, `error` = told − asked once
    the day is due. `most` of told and asked is there to order by.
    """
    told = NeedForecast.objects.filter(campaign=campaign, on=on, community=OuterRef("pk"))
    needs = asked_on(on).filter(campaign=campaign)
    total = needs.order_by().values("community").annotate(n=Sum("heads")).values("n")
    fields = {
        name: Subquery(told.values(name)[:1], output_field=IntegerField())
        for name in ("heads", "low", "high", "eve", "days")
    }
    asked = Coalesce(Subquery(total, output_field=IntegerField()), 0)
    heads = Coalesce(fields["heads"], 0)
    found = rows.filter(Exists(told) | Exists(needs)).annotate(**fields, asked=asked, told=heads)
    found = found.alias(most=Greatest(heads, asked))
    return found.annotate(error=heads - asked) if is_due else found


@dataclass(frozen=True)
class DayScore:
    """One day: what was told beside what came. Errors are sums over communities, in heads."""

    on: dt.date
    communities: int
    asking: int
    foreseen: int
    told: int
    asked: int
    off: int
    eve: int
    eve_off: int

    @property
    def bias(self) -> int:
        return self.told - self.asked

    @property
    def mean_off(self) -> float | None:
        return self.off / self.communities if self.communities else None

    @property
    def mean_eve_off(self) -> float | None:
        return self.eve_off / self.communities if self.communities else None


# Every community that was told of or asked: one left out of the forecast counts as told 0.
SCORES = """
WITH told AS (
    SELECT "on", community_id, heads, eve FROM deployments_needforecast
     WHERE campaign_id = %(campaign)s AND "on" BETWEEN %(first)s AND %(last)s
),
asked AS (
    SELECT day."on", n.community_id, SUM(n.heads) AS heads
      FROM (SELECT DISTINCT "on" FROM told) day
      JOIN deployments_need n
        ON n.campaign_id = %(campaign)s AND n.state <> 'closed' AND n.heads > 0
       AND n.starts_on <= day."on" AND (n.ends_on IS NULL OR n.ends_on >= day."on")
     GROUP BY 1, 2
)
SELECT "on", COUNT(*), COUNT(a.heads), COUNT(*) FILTER (WHERE a.heads IS NOT NULL AND t.heads > 0),
       COALESCE(SUM(t.heads), 0), COALESCE(SUM(a.heads), 0),
       SUM(ABS(COALESCE(t.heads, 0) - COALESCE(a.heads, 0))),
       COALESCE(SUM(t.eve), 0), SUM(ABS(COALESCE(t.eve, 0) - COALESCE(a.heads, 0)))
  FROM told t FULL JOIN asked a USING ("on", community_id)
 GROUP BY "on"
 ORDER BY "on"
"""


def scores(campaign: Campaign, *, first: dt.date, last: dt.date) -> list[DayScore]:
    """The days of the span that were foretold, in order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SCORES, {"campaign": campaign.pk, "first": first, "last": last})
        return [DayScore(on, *map(int, counts)) for on, *counts in cursor]


@dataclass(frozen=True)
class Record:
    """How good the forecasts of some days were, beside taking each day's number for the next."""

    days: int
    mean_off: float
    mean_eve_off: float
    bias: float

    @property
    def bias_text(self) -> str:
        return formats.number(abs(round(self.bias)))

    @property
    def is_better(self) -> bool:
        return self.mean_off < self.mean_eve_off


def record(days: Iterable[DayScore]) -> Record | None:
    """Over all days and communities alike; None without any."""
    found = list(days)
    communities = sum(one.communities for one in found)
    if not communities:
        return None
    return Record(
        days=len(found),
        mean_off=sum(one.off for one in found) / communities,
        mean_eve_off=sum(one.eve_off for one in found) / communities,
        bias=sum(one.bias for one in found) / len(found),
    )


def told_total(campaign: Campaign, *, on: dt.date) -> int | None:
    """Heads told for the day in all; None where nothing was told."""
    rows = NeedForecast.objects.filter(campaign=campaign, on=on)
    total: int | None = rows.aggregate(n=Sum("heads"))["n"]
    return total
