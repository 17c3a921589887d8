"""The rows that say who owes a report for a day, before anybody files one."""

import datetime as dt

from django.db import connection, transaction

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core import formats
from apps.core.dates import business_day
from apps.units.models import Unit

from ...enums import ReportState
from ...models import DailyReport
from .refusals import CampaignClosedError, DayNotOpenError, NotAskedError

# One statement whatever the number of units. Group, category and 免报 are those of the day.
EXPECTED = """
INSERT INTO daily_dailyreport
    (campaign_id, unit_id, "on", group_id, category, due_at, state, version,
     return_reason)
SELECT a.campaign_id, a.unit_id, %(on)s, g.group_id, u.category, %(due_at)s,
       CASE WHEN EXISTS (
           SELECT 1 FROM daily_exemption e
           WHERE e.campaign_id = a.campaign_id AND e.unit_id = a.unit_id
             AND %(on)s BETWEEN e.starts_on AND e.ends_on
       ) THEN %(exempt)s ELSE %(missing)s END,
       0, ''
FROM campaigns_unitactivation a
JOIN units_unit u ON u.id = a.unit_id
LEFT JOIN units_groupmembership g
       ON g.unit_id = a.unit_id AND g.starts_on <= %(on)s
      AND (g.ends_on IS NULL OR g.ends_on >= %(on)s)
WHERE a.campaign_id = %(campaign)s AND a.starts_on <= %(on)s
  AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
  AND (%(unit)s::bigint IS NULL OR a.unit_id = %(unit)s)
ORDER BY u.sort_order
ON CONFLICT (campaign_id, "on", unit_id) DO NOTHING
"""


@transaction.atomic
def open_day_reports(campaign: Campaign, *, on: dt.date, unit: Unit | None = None) -> int:
    """Make the expected rows of `on` that are not there yet; how many were new. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute(
            EXPECTED,
            {
                "campaign": campaign.pk,
                "on": on,
                "unit": unit.pk if unit else None,
                "due_at": Timetable(campaign).moment(Hour.FILING, on=on),
                "exempt": ReportState.EXEMPT,
                "missing": ReportState.MISSING,
            },
        )
        return cursor.rowcount


def report_of(campaign: Campaign, unit: Unit, *, on: dt.date, now: dt.datetime) -> DailyReport:
    """The report `unit` owes for `on`, made on the spot if the day was never opened.

    Raises the refusal whose sentence says why there is none.
    """
    check_day(campaign, on=on, now=now)
    rows = DailyReport.objects.select_related("campaign", "unit", "group", "current")
    wanted = {"campaign": campaign, "unit": unit, "on": on}
    found = rows.filter(**wanted).first()
    if found is None and open_day_reports(campaign, on=on, unit=unit):
        found = rows.filter(**wanted).first()
    if found is None:
        raise NotAskedError(f"{unit}{formats.day(on)}不在“{campaign}”的应报单位之列，无需报送。")
    return found


def check_day(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> None:
    """Raises unless `campaign` takes reports for `on` at `now`."""
    if not campaign.is_reporting:
        raise CampaignClosedError(f"“{campaign}”{campaign.get_state_display()}，不能报送日报。")
    if on > business_day(now):
        raise DayNotOpenError(f"{formats.day(on)}尚未到，不能提前报送。", field="on")
    if on < campaign.starts_on:
        raise DayNotOpenError(
            f"“{campaign}”自{formats.day(campaign.starts_on)}起报送，没有{formats.day(on)}的日报。",
            field="on",
        )
    if campaign.ends_on and on > campaign.ends_on:
        raise DayNotOpenError(
            f"“{campaign}”已于{formats.day(campaign.ends_on)}结束，没有{formats.day(on)}的日报。",
            field="on",
        )
