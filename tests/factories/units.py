import datetime as dt

import factory

from apps.units.enums import UNIT_ROLES, MemberKind, Role, UnitCategory
from apps.units.models import (
    GroupMembership,
    LiaisonGroup,
    Member,
    Membership,
    PartyBranch,
    Posting,
    Unit,
)

from .accounts import UserFactory

SINCE = dt.date(2021, 1, 1)


class LiaisonGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LiaisonGroup

    number = factory.Sequence(lambda n: n + 101)


class UnitFactory(factory.django.DjangoModelFactory):
    """A unit; name its `group` to put it there for good."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    code = factory.Sequence("U{:04}".format)
    name = factory.Sequence("示例单位{}".format)
    short_name = factory.Sequence("示例{}".format)
    category = UnitCategory.PROVINCIAL
    duty_phone = factory.Sequence("0371-6550{:04}".format)
    duty_email = factory.LazyAttribute(lambda unit: f"{unit.code.lower()}@example.invalid")
    sort_order = factory.Sequence(int)

    @factory.post_generation
    def group(self, create, extracted, **_kwargs):
        if create and extracted:
            GroupMembershipFactory(unit=self, group=extracted)


class GroupMembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GroupMembership

    unit = factory.SubFactory(UnitFactory)
    group = factory.SubFactory(LiaisonGroupFactory)
    starts_on = SINCE


class PartyBranchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartyBranch

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence("第{}党支部".format)
    sort_order = factory.Sequence(int)


class MemberFactory(factory.django.DjangoModelFactory):
    """A person; name the `unit` they belong to, and a `phone` where one is asked for."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    member_no = factory.Sequence("M{:06}".format)
    name = factory.Sequence("党员{}".format)
    kind = MemberKind.MEMBER
    is_synthetic = True
    phone = "13800000001"

    @classmethod
    def _create(cls, model_class, *args, phone, **kwargs):
        # Sealed under the row's ref, so set on the object rather than passed to it.
        row = model_class(*args, **kwargs)
        row.phone = phone
        row.save()
        return row

    @factory.post_generation
    def unit(self, create, extracted, **_kwargs):
        if create and extracted:
            MembershipFactory(member=self, unit=extracted)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    member = factory.SubFactory(MemberFactory)
    unit = factory.SubFactory(UnitFactory)
    starts_on = SINCE


class PostingFactory(factory.django.DjangoModelFactory):
    """A posting with the place its role asks for."""

    class Meta:
        model = Posting

    user = factory.SubFactory(UserFactory)
    role = Role.STAFF
    unit = factory.Maybe(
        factory.LazyAttribute(lambda posting: posting.role in UNIT_ROLES),
        factory.SubFactory(UnitFactory),
    )
    group = factory.Maybe(
        factory.LazyAttribute(lambda posting: posting.role == Role.LIAISON),
        factory.SubFactory(LiaisonGroupFactory),
    )
    starts_on = SINCE
