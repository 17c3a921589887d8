import datetime as dt

import factory

from apps.campaigns.enums import (
    CampaignKind,
    CampaignState,
    Hour,
    MilestoneClock,
    Rung,
)
from apps.campaigns.models import (
    Campaign,
    LadderStep,
    Milestone,
    MilestoneReset,
    PolicyHour,
    UnitActivation,
)
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
    """What it is given as reached is reached with all its evidence."""

    class Meta:
        model = Milestone

    campaign = factory.SubFactory(CampaignFactory)
    name = "恢复供电"
    clock = MilestoneClock.FROM_EVENT
    started_at = factory.LazyAttribute(
        lambda milestone: moment_on(milestone.campaign.starts_on, dt.time(12, 0))
    )
    limit_hours = 72
    reached_at = None
    source = "据省电力公司通报"
    source_at = factory.SelfAttribute("reached_at")
    recorded_by = factory.Maybe(
        "reached_at", factory.SubFactory("tests.factories.accounts.UserFactory")
    )


class MilestoneResetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MilestoneReset

    milestone = factory.SubFactory(
        MilestoneFactory,
        name="连续14天无新增",
        clock=MilestoneClock.CLEAR_DAYS,
        limit_hours=336,
        source="",
    )
    at = factory.LazyAttribute(lambda reset: reset.milestone.started_at + dt.timedelta(days=1))
    source = "据卫健部门通报"
    recorded_at = factory.SelfAttribute("at")


class UnitActivationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitActivation

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory("tests.factories.units.UnitFactory")
    starts_on = factory.SelfAttribute("campaign.starts_on")
