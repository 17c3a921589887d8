"""The hours of a campaign that sentences name, and the hours in which nobody is disturbed."""

import datetime as dt
from collections.abc import Iterable

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.dates import to_local
from apps.figures.models import Snapshot

from ..wording import Hours


def hours_of(campaign: Campaign) -> Hours:
    table = Timetable(campaign)
    return Hours(
        data_cut=table.at(Hour.DATA_CUT),
        filing=table.at(Hour.FILING),
        flash=table.at(Hour.FLASH),
        lock=table.at(Hour.LOCK),
        dispatch=table.at(Hour.DISPATCH),
    )


def data_cut(campaign: Campaign, snapshot: Snapshot | None) -> dt.time:
    """Until when the figures of a day count: of a locked one as it was then, whatever the hours are
    now."""
    if snapshot is not None:
        return to_local(snapshot.as_of).time()
    return Timetable(campaign).at(Hour.DATA_CUT)


def quiet_until(campaigns: Iterable[Campaign], *, now: dt.datetime) -> dt.datetime | None:
    """When mail may leave again, if `now` falls into the quiet night of any campaign; else None."""
    ends = [end for campaign in campaigns if (end := _quiet_end(Timetable(campaign), now))]
    return max(ends, default=None)


def _quiet_end(table: Timetable, now: dt.datetime) -> dt.datetime | None:
    today = to_local(now).date()
    morning = table.moment(Hour.QUIET_END, on=today)
    if now < morning:
        return morning
    if now >= table.moment(Hour.QUIET_START, on=today):
        return table.moment(Hour.QUIET_END, on=today + dt.timedelta(days=1))
    return None
