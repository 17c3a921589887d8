import datetime as dt
import uuid

import factory
from django.utils import timezone

from apps.core.dates import business_day
from apps.publicity.enums import ChannelKind, ItemState
from apps.publicity.models import (
    AdoptionNotice,
    AdoptionRow,
    Channel,
    ItemPhoto,
    ItemStep,
    Placement,
    PublicityItem,
)

from .accounts import UserFactory
from .campaigns import CampaignFactory
from .office import AttachmentFactory
from .units import UnitFactory


class ChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Channel

    name = factory.Sequence("渠道{}".format)
    kind = ChannelKind.JOURNAL
    sort_order = factory.Sequence(int)


class PublicityItemFactory(factory.django.DjangoModelFactory):
    """Handed in an hour ago and read by nobody yet; name another `state` as needed."""

    class Meta:
        model = PublicityItem

    number = factory.Sequence("XC20210805-{:04d}".format)
    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    title = factory.Sequence("一线见闻{}".format)
    author = "示例作者"
    body = "<p>党员在社区值守。</p>"
    state = ItemState.SUBMITTED
    chain = 1
    submission = factory.LazyFunction(uuid.uuid4)
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=2))
    submitted_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))


class ItemStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ItemStep

    item = factory.SubFactory(PublicityItemFactory)
    chain = factory.SelfAttribute("item.chain")
    state = ItemState.SUBMITTED
    by = factory.SelfAttribute("item.created_by")
    at = factory.LazyFunction(timezone.now)


class ItemPhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ItemPhoto

    item = factory.SubFactory(PublicityItemFactory)
    attachment = factory.SubFactory(AttachmentFactory)
    caption = "社区入口值守"
    position = 1


class PlacementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Placement

    item = factory.SubFactory(PublicityItemFactory, state=ItemState.PUBLISHED)
    channel = factory.SubFactory(ChannelFactory)
    on = factory.LazyFunction(business_day)
    by = factory.SubFactory(UserFactory)


class AdoptionNoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AdoptionNotice

    campaign = factory.SubFactory(CampaignFactory)
    month = dt.date(2021, 8, 1)
    version = 1
    silent = 0
    signed_by = factory.SubFactory(UserFactory)
    signed_at = factory.LazyFunction(timezone.now)


class AdoptionRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AdoptionRow

    notice = factory.SubFactory(AdoptionNoticeFactory)
    unit = factory.SubFactory(UnitFactory)
    unit_name = factory.SelfAttribute("unit.short_name")
    position = 1
    submitted = adopted = placed = 1
