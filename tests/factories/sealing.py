"""Registrations of both directions, and what closures did."""

import factory
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.enums import DeploymentState
from apps.deployments.models import (
    LocalPost,
    MemberRegistration,
    Sealing,
    SealingChange,
    SealingDeployment,
    UnitRegistration,
)
from apps.deployments.sealing_enums import ChangeKind, SealingKind

from .accounts import UserFactory
from .communities import AreaStatusFactory, CommunityFactory, EstateFactory
from .deployments import DeploymentFactory
from .units import MemberFactory, UnitFactory


class UnitRegistrationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitRegistration

    unit = factory.SubFactory(UnitFactory)
    community = factory.SubFactory(CommunityFactory)
    starts_on = factory.LazyFunction(business_day)


class MemberRegistrationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MemberRegistration

    member = factory.SubFactory(MemberFactory)
    community = factory.SubFactory(CommunityFactory)
    starts_on = factory.LazyFunction(business_day)


class LocalPostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LocalPost

    deployment = factory.SubFactory(DeploymentFactory)
    estate = factory.SubFactory(EstateFactory)


class SealingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sealing

    kind = SealingKind.SEALED
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)


class SealingChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SealingChange

    sealing = factory.SubFactory(SealingFactory)
    kind = ChangeKind.WITHDRAWN
    status = factory.SubFactory(AreaStatusFactory)
    member = factory.SubFactory(MemberFactory)
    deployment = factory.SubFactory(DeploymentFactory)
    starts_on = factory.SelfAttribute("deployment.starts_on")
    since = factory.LazyFunction(business_day)


class SealingDeploymentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SealingDeployment

    sealing = factory.SubFactory(SealingFactory)
    deployment = factory.SubFactory(DeploymentFactory)
    state = DeploymentState.ACTIVE
