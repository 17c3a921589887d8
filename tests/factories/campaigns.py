import datetime as dt

import factory

from apps.campaigns.enums import (
    CampaignKind,
    CampaignState,
    Hour,
    MilestoneClock,
    Rung,
)
from apps.campaigns.models import Campaign, LadderStep, Milestone, PolicyHour, UnitActivation
from apps.core.dates import moment_on


class CampaignFactory(factory.django.DjangoModelFactory):
    """An emergency that runs since 20 July 2021 without an end, with the default hours.

    It has no rows of hours, ladder or indicators unless the test adds them.
    """

    class Meta:
        model = Campaign

    code = factory.Sequence("flood-{}".format)
    name = factory.Sequence("防汛救灾{}".format)
    kind = CampaignKind.FLOOD
    state = CampaignState.ACTIVE
    starts_on = dt.date(2021, 7, 20)


class PolicyHourFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyHour

    campaign = factory.SubFactory(CampaignFactory)
    hour = Hour.FILING
    at = dt.time(17, 0)


class LadderStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LadderStep

    campaign = factory.SubFactory(CampaignFactory)
    rung = Rung.HINT
    offset_minutes = -30


class MilestoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Milestone

    campaign = factory.SubFactory(CampaignFactory)
    name = "恢复供电"
    clock = MilestoneClock.FROM_EVENT
    started_at = factory.LazyAttribute(
        lambda milestone: moment_on(milestone.campaign.starts_on, dt.time(12, 0))
    )
    limit_hours = 72
    source = "据省电力公司通报"


class UnitActivationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitActivation

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory("tests.factories.units.UnitFactory")
    starts_on = factory.SelfAttribute("campaign.starts_on")
