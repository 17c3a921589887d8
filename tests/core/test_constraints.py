import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from apps.units.models import GroupMembership
from tests.factories import GroupMembershipFactory, LiaisonGroupFactory, UnitFactory

DAY = dt.date(2021, 8, 1)


def test_no_overlap_lets_another_row_of_somebody_else_pass(db):
    GroupMembershipFactory(starts_on=DAY)
    other = GroupMembership(
        unit=UnitFactory(), group=LiaisonGroupFactory(), starts_on=DAY, ends_on=None
    )
    GroupMembership.objects.filter(unit=other.unit).delete()

    other.full_clean()


def test_no_overlap_speaks_before_the_database_does(db):
    first = GroupMembershipFactory(starts_on=DAY)
    second = GroupMembership(unit=first.unit, group=LiaisonGroupFactory(), starts_on=DAY)

    with pytest.raises(ValidationError, match="已属于另一个联络服务小组"):
        second.full_clean()
