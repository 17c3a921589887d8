"""Opening a day: what is owed exists before anybody owes it."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.core.dates import business_day

from ..enums import ActKind, ActState, ReportState
from ..errors import DayRefusedError
from ..models import DailyReport, DailyRound, RoundAct

# Which hour of the campaign each act is due at.
ACT_HOURS = {
    ActKind.CITY_TALK: Hour.CITY_TALK,
    ActKind.SUMMARY: Hour.LOCK,
    ActKind.JUDGMENT: Hour.JUDGMENT,
    ActKind.DISPATCH: Hour.DISPATCH,
}

# Group and category of that day are written down: later moves do not change a day that was.
EXPECT_REPORTS = """
INSERT INTO daily_dailyreport
    (campaign_id, unit_id, "on", group_id, category, due_at, state, version, return_reason,
     frozen_at)
SELECT a.campaign_id, a.unit_id, %(on)s, m.group_id, u.category, %(due)s,
       CASE WHEN e.exempt THEN %(exempt)s ELSE %(missing)s END, 0, '',
       (SELECT s.taken_at FROM figures_snapshot s
         WHERE s.campaign_id = a.campaign_id AND s."on" = %(on)s
           AND s.stage = 'locked' AND s.withdrawn_at IS NULL)
  FROM campaigns_unitactivation a
  JOIN units_unit u ON u.id = a.unit_id
  LEFT JOIN units_groupmembership m
    ON m.unit_id = u.id AND m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
 CROSS JOIN LATERAL (
       SELECT EXISTS (
              SELECT FROM daily_exemption x
               WHERE x.campaign_id = a.campaign_id AND x.unit_id = a.unit_id
                 AND %(on)s BETWEEN x.starts_on AND x.ends_on) AS exempt) e
 WHERE a.campaign_id = %(campaign)s
   AND a.starts_on <= %(on)s AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
 ORDER BY u.sort_order
    ON CONFLICT (campaign_id, "on", unit_id) DO NOTHING
"""


@dataclass(frozen=True)
class OpenedDay:
    """A day that now exists; `new_reports` counts the rows this call added."""

    round: DailyRound
    new_reports: int


@transaction.atomic
def open_day(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> OpenedDay:
    """Make the expected reports, the round and its four acts of `on`; what exists stays.

    Calling it again adds only units that joined since. Raises DayRefusedError outside the campaign.
    """
    refuse_foreign_day(campaign, on=on)
    hours = Timetable(campaign)
    new_reports = _expect_reports(campaign, on=on, due_at=hours.moment(Hour.FILING, on=on))
    round_, _ = DailyRound.objects.get_or_create(
        campaign=campaign, on=on, defaults={"opened_at": now}
    )
    _expect_acts(round_, hours)
    return OpenedDay(round=round_, new_reports=new_reports)


def follow_hours(now: dt.datetime) -> None:
    """Hours changed within the day hold for what is open today: reports to be filed, acts to be done.

    A new hour that has struck already moves nothing; what was late, is locked or done keeps the
    time it was measured by. Three statements for each running campaign.
    """
    on = business_day(now)
    for campaign in running_campaigns(on=on):
        hours = Timetable(campaign)
        due = {kind: hours.moment(hour, on=on) for kind, hour in ACT_HOURS.items()}
        due = {kind: at for kind, at in due.items() if at > now}
        acts = RoundAct.objects.filter(
            round__campaign=campaign, round__on=on, state=ActState.PENDING, kind__in=due
        )
        at = Case(
            *(When(kind=kind, then=Value(at)) for kind, at in due.items()), default=F("due_at")
        )
        acts.exclude(due_at=at).update(due_at=at)
        filing = hours.moment(Hour.FILING, on=on)
        if filing > now:
            rows = DailyReport.objects.filter(campaign=campaign, on=on, frozen_at=None)
            is_open = Q(first_filed_at=None) | Q(due_at__gt=now)
            rows.filter(is_open).exclude(due_at=filing).update(due_at=filing)


def refuse_foreign_day(campaign: Campaign, *, on: dt.date) -> None:
    """Raises DayRefusedError when `on` is before or after the campaign."""
    if on < campaign.starts_on or (campaign.ends_on is not None and on > campaign.ends_on):
        raise DayRefusedError(f"{on.month}月{on.day}日不在“{campaign}”的起止日期内。")


def _expect_reports(campaign: Campaign, *, on: dt.date, due_at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            EXPECT_REPORTS,
            {
                "campaign": campaign.pk,
                "on": on,
                "due": due_at,
                "exempt": ReportState.EXEMPT,
                "missing": ReportState.MISSING,
            },
        )
        return cursor.rowcount


def _expect_acts(round_: DailyRound, hours: Timetable) -> None:
    """The four acts; whoever had one the day before has it again until somebody says otherwise."""
    owners = dict(
        RoundAct.objects.filter(
            round__campaign=round_.campaign, round__on=round_.on - dt.timedelta(days=1)
        ).values_list("kind", "owner")
    )
    RoundAct.objects.bulk_create(
        [
            RoundAct(
                round=round_,
                kind=kind,
                owner_id=owners.get(kind),
                due_at=hours.moment(hour, on=round_.on),
            )
            for kind, hour in ACT_HOURS.items()
        ],
        ignore_conflicts=True,
    )
