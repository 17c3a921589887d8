"""Sheets that both sides sign."""

import datetime as dt

import factory
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.models import SigningLine, SigningSheet

from .campaigns import CampaignFactory
from .communities import CommunityFactory
from .deployments import DeploymentFactory


class SigningSheetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SigningSheet

    campaign = factory.SubFactory(CampaignFactory)
    community = factory.SubFactory(CommunityFactory)
    on = factory.LazyFunction(business_day)
    made_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda sheet: sheet.made_at + dt.timedelta(hours=24))


class SigningLineFactory(factory.django.DjangoModelFactory):
    """A deployment on the sheet of its community."""

    class Meta:
        model = SigningLine

    deployment = factory.SubFactory(DeploymentFactory)
    sheet = factory.SubFactory(
        SigningSheetFactory,
        campaign=factory.SelfAttribute("..deployment.campaign"),
        community=factory.SelfAttribute("..deployment.community"),
    )
