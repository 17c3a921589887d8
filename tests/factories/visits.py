"""Visits of groups, and what they found."""

import factory
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.models import Finding, FindingStep, Visit, VisitItem, VisitResult
from apps.deployments.visits_enums import FindingState, Verdict

from .accounts import UserFactory
from .campaigns import CampaignFactory
from .communities import CommunityFactory
from .units import LiaisonGroupFactory, UnitFactory


class VisitItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VisitItem

    code = factory.Sequence("item-{}".format)
    name = factory.Sequence("事项{}".format)
    sort_order = factory.Sequence(int)


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    campaign = factory.SubFactory(CampaignFactory)
    group = factory.SubFactory(LiaisonGroupFactory)
    unit = factory.SubFactory(UnitFactory)
    community = factory.SubFactory(CommunityFactory)
    on = factory.LazyFunction(business_day)
    visitors = "走访人甲"
    by = factory.SubFactory(UserFactory)
    recorded_at = factory.LazyFunction(timezone.now)


class VisitResultFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VisitResult

    visit = factory.SubFactory(VisitFactory)
    item = factory.SubFactory(VisitItemFactory)
    verdict = Verdict.OK


class FindingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Finding

    visit = factory.SubFactory(VisitFactory)
    text = factory.Sequence("夜班无带队人{}".format)
    due_on = factory.LazyFunction(business_day)


class FindingStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FindingStep

    finding = factory.SubFactory(FindingFactory)
    after = FindingState.OPEN
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)
