"""What the portal asks of the units (减负): numbers a day, seconds a report, what is asked twice."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.campaigns.models import Campaign
from apps.core.dates import day_bounds

LONGEST = 3600
"""Seconds after which a form was left open rather than filled in; such reports are not timed."""

# A day asks what its campaign's indicators ask that day; requests for numbers count on the day
# they were made. A reported revision beyond the first is a report filed again.
MONTHS = """
WITH span AS (SELECT %(first)s::date AS first, %(last)s::date AS last),
asked AS (
    SELECT r.id, r."on", r.unit_id, date_trunc('month', r."on")::date AS month,
           (SELECT count(*) FROM figures_campaignindicator i
             WHERE i.campaign_id = r.campaign_id AND i.is_typed AND i.starts_on <= r."on"
               AND (i.ends_on IS NULL OR i.ends_on >= r."on")) AS fields
      FROM daily_dailyreport r, span
     WHERE r.campaign_id = %(campaign)s AND r.state <> 'exempt'
       AND r."on" BETWEEN span.first AND span.last
),
filed AS (
    SELECT a.month, v.number, v.source,
           extract(epoch FROM v.at - v.opened_at) AS seconds,
           (SELECT count(*) FROM daily_reportvalue c WHERE c.revision_id = v.id AND c.is_carried)
               AS carried,
           (SELECT count(*) FROM daily_reportvalue c WHERE c.revision_id = v.id) AS cells
      FROM asked a JOIN daily_reportrevision v ON v.report_id = a.id
),
called AS (
    SELECT date_trunc('month', c.made_at AT TIME ZONE 'Asia/Shanghai')::date AS month,
           count(DISTINCT c.id) AS calls, count(*) AS numbers,
           count(*) FILTER (WHERE i.indicator_id IS NOT NULL) AS known
      FROM daily_datacall c
      JOIN daily_datacallreply p ON p.call_id = c.id
      JOIN daily_datacallitem i ON i.call_id = c.id
     WHERE c.campaign_id = %(campaign)s AND c.state <> 'withdrawn'
       AND c.made_at >= %(start)s AND c.made_at < %(end)s
     GROUP BY 1
),
reports AS (
    SELECT month, count(DISTINCT "on") AS days, count(*) AS reports, sum(fields) AS fields,
           max(fields) AS most_fields, count(DISTINCT unit_id) AS units
      FROM asked GROUP BY month
),
filings AS (
    SELECT month, count(*) AS filed, count(*) FILTER (WHERE number > 1) AS repeats,
           count(*) FILTER (WHERE source <> 'unit') AS proxies,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
               FILTER (WHERE source = 'unit' AND seconds BETWEEN 1 AND %(longest)s) AS seconds,
           sum(carried)::float / NULLIF(sum(cells), 0) AS carried
      FROM filed GROUP BY month
)
SELECT r.month, r.days, r.units, r.reports, r.fields, r.most_fields,
       COALESCE(c.calls, 0), COALESCE(c.numbers, 0), COALESCE(c.known, 0),
       COALESCE(f.filed, 0), COALESCE(f.repeats, 0), COALESCE(f.proxies, 0), f.seconds, f.carried
  FROM reports r LEFT JOIN filings f USING (month) LEFT JOIN called c USING (month)
 ORDER BY r.month DESC
"""

UNITS = """
SELECT u.id, u.short_name, g.number,
       count(DISTINCT r.id) AS reports,
       count(v.id) FILTER (WHERE v.number > 1) AS repeats,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM v.at - v.opened_at))
           FILTER (WHERE v.source = 'unit'
                     AND extract(epoch FROM v.at - v.opened_at) BETWEEN 1 AND %(longest)s)
           AS seconds
  FROM daily_dailyreport r
  JOIN units_unit u ON u.id = r.unit_id
  LEFT JOIN units_liaisongroup g ON g.id = r.group_id
  LEFT JOIN daily_reportrevision v ON v.report_id = r.id
 WHERE r.campaign_id = %(campaign)s AND r."on" BETWEEN %(first)s AND %(last)s
   AND r.state <> 'exempt'
 GROUP BY u.id, u.short_name, u.sort_order, g.number
 ORDER BY seconds DESC NULLS LAST, repeats DESC, u.sort_order
 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class MonthBurden:
    """What one month asked. `seconds` and `carried` (a share) are None where nothing tells."""

    month: dt.date
    days: int
    units: int
    reports: int
    fields: int
    most_fields: int
    calls: int
    numbers: int
    known: int
    filed: int
    repeats: int
    proxies: int
    seconds: float | None
    carried: float | None

    @property
    def per_day(self) -> float | None:
        """Numbers asked of one unit on an average day, requests between the reports included."""
        return (self.fields + self.numbers) / self.reports if self.reports else None


@dataclass(frozen=True, slots=True)
class UnitBurden:
    """How long one unit's reports take, and how often it files one again."""

    pk: int
    name: str
    group: int | None
    reports: int
    repeats: int
    seconds: float | None


def months(campaign: Campaign, *, first: dt.date, last: dt.date) -> list[MonthBurden]:
    """What the campaign asked in each month of the days `first` to `last`, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, _parameters(campaign, first, last))
        return [MonthBurden(*row) for row in cursor]


def slowest_units(
    campaign: Campaign, *, first: dt.date, last: dt.date, most: int = 20
) -> list[UnitBurden]:
    """The units whose reports take longest: whom to help, not whom to blame."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS, _parameters(campaign, first, last) | {"most": most})
        return [UnitBurden(*row) for row in cursor]


def _parameters(campaign: Campaign, first: dt.date, last: dt.date) -> dict[str, Any]:
    return {
        "campaign": campaign.pk,
        "first": first,
        "last": last,
        "start": day_bounds(first)[0],
        "end": day_bounds(last)[1],
        "longest": LONGEST,
    }
