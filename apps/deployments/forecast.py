"""Tomorrow's need of each community: the rule, and what became of what was told.

The series is heads asked for: the sum of needs for hands that cover the day and are not closed, as
the boards count 需求. Why this one and this rule: docs/decisions/0069.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low
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


@dataclass
class Week:
    """What was known of one community the evening before a day: heads asked for on up to seven
    days before it, and what of each came after the evening before, the last day first; `known` is
    registered for the day itself."""

    asked: list[int]
    late: list[int]
    known: int = 0


@dataclass(frozen=True)
class Told:
    """What is told of one community: heads, those of them registered by then, and between which
    numbers the week lay."""

    heads: int
    known: int
    low: int
    high: int
    eve: int


def foretell(week: Week) -> Told:
    """What is registered for the day, and what usually comes after the evening.

    Usually is the median of the week, the lower of two: it errs least, in heads, and one late call
    does not make a habit. Weekdays count alike: in an emergency there are none. Raises ValueError
    for an empty week.
    """
    if not week.asked:
        raise ValueError("no day to go by")
    late = median_low(week.late) if week.late else 0
    return Told(week.known + late, week.known, min(week.asked), max(week.asked), week.asked[0])


# Heads asked for by community and day, and what of them was raised after that hour of the evening
# before; what was not raised yet at that moment is not known.
ASKED = """
SELECT n.community_id, %(on)s::date - day::date, SUM(n.heads), COALESCE(SUM(n.heads) FILTER (
           WHERE n.raised_at > %(known)s::timestamptz - (%(on)s::date - day::date) * interval '24 hours'
       ), 0)
  FROM generate_series(%(first)s::date, %(on)s::date, interval '1 day') day
  JOIN deployments_need n
    ON n.campaign_id = %(campaign)s AND n.state <> 'closed' AND n.heads > 0
   AND n.raised_at <= %(known)s
   AND n.starts_on <= day AND (n.ends_on IS NULL OR n.ends_on >= day)
 GROUP BY 1, 2
"""


def weeks(campaign: Campaign, *, on: dt.date, known: dt.datetime) -> dict[int, Week]:
    """The week before `on` by community, as known at that moment of the evening before.

    Communities that asked for nobody then or for the day are left out; days before the campaign
    too, and its first day has no evening before to be late after.
    """
    first = max(campaign.starts_on, on - WEEK * DAY)
    length = (on - first).days
    learnt = (on - max(first, campaign.starts_on + DAY)).days
    found: dict[int, Week] = {}
    if length < 1:
        return found
    with connection.cursor() as cursor:
        cursor.execute(ASKED, {"first": first, "on": on, "campaign": campaign.pk, "known": known})
        for community, back, heads, late in cursor:
            week = found.setdefault(community, Week([0] * length, [0] * learnt))
            if not back:
                week.known = int(heads)
                continue
            week.asked[back - 1] = int(heads)
            if back <= learnt:
                week.late[back - 1] = int(late)
    return found


def asked_on(day: dt.date) -> QuerySet[Any]:
    """Needs for hands that cover the day, of one community of an outer query."""
    covers = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))
    rows = Need.objects.filter(covers, community=OuterRef("pk"), heads__gt=0)
    return rows.exclude(state=NeedState.CLOSED)


def with_forecast(
    rows: QuerySet[Community], *, campaign: Campaign | None, on: dt.date, is_due: bool
) -> QuerySet[Any]:
    """Communities with a forecast of the day or a need on it, in no campaign none: `heads`, `known`,
    `low`, `high`, `eve`, `days` as told (None without; `told` is 0 then), `asked` as the ledger says,
    `error` = told − asked once the day is due. `most` of told and asked is there to order by.
    """
    told = NeedForecast.objects.filter(campaign=campaign, on=on, community=OuterRef("pk"))
    needs = asked_on(on).filter(campaign=campaign)
    total = needs.order_by().values("community").annotate(n=Sum("heads")).values("n")
    fields = {
        name: Subquery(told.values(name)[:1], output_field=IntegerField())
        for name in ("heads", "known", "low", "high", "eve", "days")
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
