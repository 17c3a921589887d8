import datetime as dt
from decimal import Decimal

import factory

from apps.campaigns.enums import CampaignKind
from apps.core.dates import business_day, moment_on
from apps.figures.enums import (
    IndicatorKind,
    IndicatorSource,
    Measure,
    Rollup,
    ScopeKind,
    Section,
    Stage,
)
from apps.figures.models import (
    CampaignIndicator,
    Correction,
    Figure,
    Indicator,
    IndicatorDefinition,
    Snapshot,
)

from .accounts import UserFactory
from .campaigns import CampaignFactory
from .units import UnitFactory


class IndicatorFactory(factory.django.DjangoModelFactory):
    """A typed flow that adds up, such as 道路清障."""

    class Meta:
        model = Indicator

    code = factory.Sequence("T{:02}".format)
    name = factory.Sequence("指标{}".format)
    campaign_kind = CampaignKind.FLOOD
    measure = Measure.SPOTS
    kind = IndicatorKind.FLOW
    rollup = Rollup.SUM
    source = IndicatorSource.REPORTED
    section = Section.WORK
    sort_order = factory.Sequence(int)


class IndicatorDefinitionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IndicatorDefinition

    indicator = factory.SubFactory(IndicatorFactory)
    version = factory.Sequence("v{}".format)
    text = "一点一处"
    basis = "工作方案"
    starts_on = dt.date(2021, 7, 20)


class CampaignIndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CampaignIndicator

    campaign = factory.SubFactory(CampaignFactory)
    indicator = factory.SubFactory(
        IndicatorFactory, campaign_kind=factory.SelfAttribute("..campaign.kind")
    )
    position = factory.Sequence(int)
    is_typed = True
    starts_on = factory.SelfAttribute("campaign.starts_on")


class SnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Snapshot

    campaign = factory.SubFactory(CampaignFactory)
    on = factory.LazyFunction(business_day)
    stage = Stage.LOCKED
    as_of = factory.LazyAttribute(lambda row: moment_on(row.on, dt.time(17, 0)))
    taken_at = factory.LazyAttribute(lambda row: moment_on(row.on, dt.time(19, 0)))


class FigureFactory(factory.django.DjangoModelFactory):
    """The leaf of one unit."""

    class Meta:
        model = Figure

    snapshot = factory.SubFactory(SnapshotFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    scope = ScopeKind.UNIT
    unit = factory.Maybe(
        factory.LazyAttribute(lambda figure: figure.scope == ScopeKind.UNIT),
        factory.SubFactory(UnitFactory),
    )
    value = Decimal(10)
    reported = 1
    asked = 1


class CorrectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Correction

    figure = factory.SubFactory(FigureFactory)
    old = factory.SelfAttribute("figure.value")
    new = factory.LazyAttribute(lambda row: (row.old or 0) + 6)
    reason = "漏计夜班"
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = factory.LazyAttribute(
        lambda row: moment_on(row.figure.snapshot.on, dt.time(20, 0))
    )
