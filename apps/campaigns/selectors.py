"""Reads of campaigns: which run, and at what moment each thing of a day is due."""

import datetime as dt

from apps.core.dates import moment_on
from apps.core.statements import fetched

from .enums import DEFAULT_HOURS, Hour
from .models import Campaign, LadderStep

HOURS = "SELECT hour, at FROM campaigns_policyhour WHERE campaign_id = %(campaign)s"


class Timetable:
    """The hours of one campaign, read once. An hour without a row has its default."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        # Nearly every page asks for an hour: the query would cost thrice its answer.
        rows = fetched(HOURS, campaign=campaign.pk)
        self._hours: dict[str, dt.time] = {**DEFAULT_HOURS, **dict(rows)}

    def at(self, hour: Hour) -> dt.time:
        return self._hours[hour]

    def moment(self, hour: Hour, *, on: dt.date) -> dt.datetime:
        """When `hour` strikes on the day `on`, in Beijing."""
        return moment_on(on, self._hours[hour])

    def rungs(self, *, on: dt.date) -> list[tuple[LadderStep, dt.datetime]]:
        """The reminder ladder of the day with the moment of each rung, earliest first."""
        filing = self.moment(Hour.FILING, on=on)
        return [
            (step, filing + dt.timedelta(minutes=step.offset_minutes))
            for step in LadderStep.objects.filter(campaign=self.campaign).order_by("offset_minutes")
        ]


def running_campaigns(*, on: dt.date) -> list[Campaign]:
    """Campaigns that ask their units for a report on `on`, real ones first."""
    return list(Campaign.objects.running(on).order_by("is_drill", "starts_on", "id"))
