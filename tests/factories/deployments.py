import datetime as dt

import factory
from django.utils import timezone

from apps.core.dates import business_day, moment_on
from apps.deployments.enums import BatchKind, DeploymentState
from apps.deployments.models import (
    AllocationLine,
    AllocationSheet,
    Assignment,
    Batch,
    BatchDeployment,
    BatchStay,
    Deployment,
    DeploymentDay,
    Need,
    NeedConfirmation,
    NeedForecast,
    TaskType,
    Team,
)
from apps.figures.enums import Measure

from .accounts import UserFactory
from .campaigns import CampaignFactory
from .communities import CommunityFactory
from .units import MemberFactory, UnitFactory


class TaskTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaskType

    code = factory.Sequence("task-{}".format)
    name = factory.Sequence("任务{}".format)
    measure = Measure.SPOTS
    sort_order = factory.Sequence(int)


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence("第{}党员突击队".format)
    formed_on = factory.SelfAttribute("campaign.starts_on")


class NeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Need

    campaign = factory.SubFactory(CampaignFactory)
    community = factory.SubFactory(CommunityFactory)
    task_type = factory.SubFactory(TaskTypeFactory)
    heads = 12
    starts_on = factory.LazyFunction(business_day)
    raised_at = factory.LazyAttribute(lambda need: moment_on(need.starts_on, dt.time(10, 0)))


class DeploymentFactory(factory.django.DjangoModelFactory):
    """A unit's people at a community since the campaign began."""

    class Meta:
        model = Deployment

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    community = factory.SubFactory(CommunityFactory)
    task_type = factory.SubFactory(TaskTypeFactory)
    starts_on = factory.SelfAttribute("campaign.starts_on")
    state = DeploymentState.ACTIVE
    is_drill = factory.SelfAttribute("campaign.is_drill")


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    deployment = factory.SubFactory(DeploymentFactory)
    member = factory.SubFactory(MemberFactory)
    unit = factory.SelfAttribute("deployment.unit")
    starts_on = factory.SelfAttribute("deployment.starts_on")
    is_drill = factory.SelfAttribute("deployment.is_drill")


class DeploymentDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DeploymentDay

    deployment = factory.SubFactory(DeploymentFactory)
    on = factory.LazyFunction(business_day)
    expected = 10
    present = 9
    night = 2


class BatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Batch

    kind = BatchKind.WITHDRAWN
    on = factory.LazyFunction(business_day)
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)


class BatchDeploymentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BatchDeployment

    batch = factory.SubFactory(BatchFactory)
    deployment = factory.SubFactory(DeploymentFactory)
    state = DeploymentState.ACTIVE


class BatchStayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BatchStay

    batch = factory.SubFactory(BatchFactory)
    deployment = factory.SubFactory(DeploymentFactory)
    member = factory.SubFactory(MemberFactory)
    unit = factory.SelfAttribute("deployment.unit")
    starts_on = factory.SelfAttribute("deployment.starts_on")


class AllocationSheetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AllocationSheet

    campaign = factory.SubFactory(CampaignFactory)
    on = factory.LazyFunction(business_day)
    made_at = factory.LazyFunction(timezone.now)


class AllocationLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AllocationLine

    sheet = factory.SubFactory(AllocationSheetFactory)
    unit = factory.SubFactory(UnitFactory)
    need = factory.SubFactory(NeedFactory, campaign=factory.SelfAttribute("..sheet.campaign"))
    community = factory.SelfAttribute("need.community")
    task_type = factory.SelfAttribute("need.task_type")
    heads = 6


class NeedConfirmationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NeedConfirmation

    need = factory.SubFactory(NeedFactory)
    on = factory.LazyFunction(business_day)
    heads = 10
    at = factory.LazyFunction(timezone.now)


class NeedForecastFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NeedForecast

    campaign = factory.SubFactory(CampaignFactory)
    community = factory.SubFactory(CommunityFactory)
    on = factory.LazyFunction(business_day)
    heads = 12
    low = 10
    high = 14
    eve = 12
    days = 7
    made_at = factory.LazyAttribute(
        lambda told: moment_on(told.on - dt.timedelta(days=1), dt.time(20))
    )
