import datetime as dt

import pytest

from apps.units import services
from apps.units.models import GroupMembership, Membership
from tests.factories import MemberFactory, PartyBranchFactory

TODAY = dt.date(2021, 8, 5)
pytestmark = pytest.mark.django_db


def groups_of(unit):
    rows = GroupMembership.objects.filter(unit=unit).order_by("starts_on")
    return list(rows.values_list("group__number", "starts_on", "ends_on"))


def test_move_unit_ends_one_membership_and_begins_the_next(unit, foreign_group):
    services.move_unit(unit, group=foreign_group, since=dt.date(2021, 8, 10), on=TODAY)

    assert groups_of(unit) == [
        (3, dt.date(2021, 1, 1), dt.date(2021, 8, 9)),
        (4, dt.date(2021, 8, 10), None),
    ]


def test_move_unit_leaves_past_days_alone(unit, foreign_group):
    with pytest.raises(services.PastBelongingError):
        services.move_unit(unit, group=foreign_group, since=dt.date(2021, 8, 4), on=TODAY)

    assert groups_of(unit) == [(3, dt.date(2021, 1, 1), None)]


def test_move_unit_twice_on_one_day_keeps_the_last(unit, group, foreign_group):
    services.move_unit(unit, group=foreign_group, since=TODAY, on=TODAY)

    services.move_unit(unit, group=group, since=TODAY, on=TODAY)

    assert groups_of(unit) == [
        (3, dt.date(2021, 1, 1), dt.date(2021, 8, 4)),
        (3, TODAY, None),
    ]


def test_move_unit_to_its_own_group_changes_nothing(unit, group):
    with pytest.raises(services.UnchangedBelongingError):
        services.move_unit(unit, group=group, since=TODAY, on=TODAY)

    assert groups_of(unit) == [(3, dt.date(2021, 1, 1), None)]


def test_move_unit_before_a_change_already_entered_is_refused(unit, group, foreign_group):
    services.move_unit(unit, group=foreign_group, since=dt.date(2021, 8, 10), on=TODAY)

    with pytest.raises(services.LaterBelongingError, match="8月10日"):
        services.move_unit(unit, group=group, since=dt.date(2021, 8, 7), on=TODAY)


def test_transfer_member_is_dated_alike(unit, foreign_unit):
    person = MemberFactory(unit=unit)
    branch = PartyBranchFactory(unit=foreign_unit)

    services.transfer_member(person, unit=foreign_unit, branch=branch, since=TODAY, on=TODAY)

    rows = Membership.objects.filter(member=person).order_by("starts_on")
    assert list(rows.values_list("unit", "branch", "ends_on")) == [
        (unit.pk, None, dt.date(2021, 8, 4)),
        (foreign_unit.pk, branch.pk, None),
    ]


def test_transfer_to_a_branch_of_another_unit_is_refused(unit, foreign_unit):
    person = MemberFactory(unit=unit)

    with pytest.raises(services.DomainError, match="党支部"):
        services.transfer_member(
            person,
            unit=foreign_unit,
            branch=PartyBranchFactory(unit=unit),
            since=TODAY,
            on=TODAY,
        )
