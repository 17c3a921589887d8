import datetime as dt

import factory
from django.utils import timezone

from apps.communities.enums import MeasureKind
from apps.communities.models import (
    AreaPart,
    AreaStatus,
    Community,
    District,
    Estate,
    Measure,
    NamedArea,
    Street,
)


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District

    code = factory.Sequence("D{:03}".format)
    name = factory.Sequence("示例{}区".format)
    short_name = factory.Sequence("示例{}".format)
    sort_order = factory.Sequence(int)


class StreetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Street

    district = factory.SubFactory(DistrictFactory)
    name = factory.Sequence("示例{}街道".format)
    sort_order = factory.Sequence(int)


class CommunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Community

    code = factory.Sequence("C{:05}".format)
    name = factory.Sequence("示例{}社区".format)
    street = factory.SubFactory(StreetFactory)
    sort_key = factory.Sequence(int)


class EstateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Estate

    community = factory.SubFactory(CommunityFactory)
    name = factory.Sequence("示例{}小区".format)


class MeasureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Measure

    kind = MeasureKind.CONTROL
    name = factory.Sequence("管控{}".format)
    valid_from = dt.date(2021, 1, 1)
    sort_order = factory.Sequence(int)


class AreaStatusFactory(factory.django.DjangoModelFactory):
    """A measure on a community; pass `community=None` and another place to lay it elsewhere."""

    class Meta:
        model = AreaStatus

    measure = factory.SubFactory(MeasureFactory)
    kind = factory.SelfAttribute("measure.kind")
    community = factory.SubFactory(CommunityFactory)
    starts_at = factory.LazyFunction(timezone.now)
    basis = "市指挥部通告31号"


class NamedAreaFactory(factory.django.DjangoModelFactory):
    """An area without places; `AreaPartFactory(area=…)` adds one."""

    class Meta:
        model = NamedArea

    name = factory.Sequence(lambda n: f"城东片区{n}")


class AreaPartFactory(factory.django.DjangoModelFactory):
    """A community of a named area; pass `community=None` and another place for another."""

    class Meta:
        model = AreaPart

    area = factory.SubFactory(NamedAreaFactory)
    community = factory.SubFactory(CommunityFactory)
