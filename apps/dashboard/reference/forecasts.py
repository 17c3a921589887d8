"""What was foretold of each community's need, evening by evening, by the portal's own service."""

import datetime as dt

from apps.campaigns.enums import DEFAULT_HOURS, Hour
from apps.campaigns.models import Campaign
from apps.core.dates import moment_on
from apps.deployments.services.forecast import tell_needs

from .world import World

DAY = dt.timedelta(days=1)


def tell_past_needs(world: World) -> None:
    """Of every day of the drill up to today, and of the last days of the campaigns of 2021."""
    campaigns = Campaign.objects.in_bulk()
    for plan in world.campaigns:
        days = [day for day in plan.days[1:] if day <= world.today]
        for day in days if plan.is_drill else days[-world.scale.nights :]:
            evening = moment_on(day - DAY, DEFAULT_HOURS[Hour.FORECAST])
            tell_needs(campaigns[plan.id], on=day, now=evening)
