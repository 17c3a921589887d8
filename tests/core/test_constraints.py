import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from apps.units.models import GroupMembership
from tests.factories import (
    AssignmentFactory,
    GroupMembershipFactory,
    LiaisonGroupFactory,
    UnitFactory,
)

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


def days(first: int, last: int | None) -> dict[str, dt.date | None]:
    return {
        "starts_on": DAY + dt.timedelta(first),
        "ends_on": None if last is None else DAY + dt.timedelta(last),
    }


@pytest.mark.parametrize("span", [(0, 4), (4, None), (-3, 0), (-3, None), (2, 2)])
def test_days_that_meet_are_refused_by_the_database(db, span):
    first = AssignmentFactory(**days(0, 4))

    with pytest.raises(IntegrityError, match="nobody_in_two_places"), transaction.atomic():
        AssignmentFactory(member=first.member, **days(*span))


@pytest.mark.parametrize("span", [(5, None), (-3, -1)])
def test_the_day_before_and_the_day_after_are_free(db, span):
    first = AssignmentFactory(**days(0, 4))

    AssignmentFactory(member=first.member, **days(*span))
    AssignmentFactory(member=first.member, is_drill=True, **days(0, 4))
    AssignmentFactory(**days(0, 4))

    assert first.member.assignments.count() == 3


def test_an_open_span_has_no_end(db):
    first = AssignmentFactory(**days(0, None))

    with pytest.raises(IntegrityError, match="nobody_in_two_places"), transaction.atomic():
        AssignmentFactory(member=first.member, starts_on=dt.date(9998, 1, 1), ends_on=dt.date.max)


def test_an_end_before_the_start_is_refused_by_the_database(db):
    with pytest.raises(DataError), transaction.atomic():
        AssignmentFactory(**days(4, 0))
