import datetime as dt

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from apps.accounts.models import User
from apps.core.dates import business_day
from apps.core.scope import scope_of
from apps.units.enums import Role
from apps.units.models import GroupMembership, Membership, Unit
from apps.units.selectors import role_label
from tests.factories import (
    CorrectionFactory,
    DailyReportFactory,
    FigureFactory,
    GroupMembershipFactory,
    MemberFactory,
    MembershipFactory,
    PostingFactory,
    UserFactory,
)

DAY = dt.timedelta(days=1)


def fresh(user):
    """As the next request reads the user."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, 0, True), (-9, None, True), (-9, -1, False), (1, None, False), (-9, 0, True)],
)
def test_posting_grants_from_its_first_day_to_its_last(db, starts, ends, holds):
    today = business_day()
    posting = PostingFactory(
        role=Role.STAFF,
        starts_on=today + starts * DAY,
        ends_on=None if ends is None else today + ends * DAY,
    )

    assert posting.user.has_perm("figures.lock_day") is holds
    assert scope_of(posting.user).everything is holds


def test_posting_ends_with_its_day_even_for_a_user_object_already_asked(staff):
    with time_machine.travel("2021-08-05T23:59:00+08:00", tick=False) as clock:
        staff.postings.update(ends_on=dt.date(2021, 8, 5))
        before = staff.has_perm("figures.lock_day"), scope_of(staff).everything
        clock.shift(120)
        after = staff.has_perm("figures.lock_day"), scope_of(staff).everything

    assert (before, after) == ((True, True), (False, False))


def test_disabled_account_may_do_nothing_and_see_nothing(staff, unit):
    staff.is_active = False
    staff.save()

    assert not fresh(staff).has_perm("figures.lock_day")
    assert not fresh(staff).has_module_perms("daily")
    assert Unit.objects.visible_to(fresh(staff)).count() == 0


def test_disabled_account_cannot_authenticate(db):
    user = UserFactory(username="li", password="correct-horse")
    request = RequestFactory().post("/login/")
    assert authenticate(request, username="li", password="correct-horse") == user

    user.is_active = False
    user.save()

    assert authenticate(request, username="li", password="correct-horse") is None


def test_nobody_reviews_the_report_of_their_own_unit(liaison, unit, staff):
    PostingFactory(user=liaison, role=Role.REPORTER, unit=unit)
    PostingFactory(user=staff, role=Role.REPORTER, unit=unit)
    report = DailyReportFactory(unit=unit)

    assert fresh(liaison).has_perm("daily.view_dailyreport", report)
    assert not fresh(liaison).has_perm("daily.review_report", report)
    assert not fresh(staff).has_perm("daily.review_report", report)


def test_reporter_of_one_unit_reviews_the_others_of_the_group(liaison, unit, group):
    other = GroupMembershipFactory(group=group).unit
    PostingFactory(user=liaison, role=Role.REPORTER, unit=unit)

    assert fresh(liaison).has_perm("daily.review_report", DailyReportFactory(unit=other))


def test_group_reaches_its_units_of_today(liaison, unit, group, foreign_group):
    today = business_day()
    report = DailyReportFactory(unit=unit, on=today - DAY)
    assert liaison.has_perm("daily.review_report", report)

    GroupMembership.objects.filter(unit=unit).update(ends_on=today - DAY)
    GroupMembershipFactory(unit=unit, group=foreign_group, starts_on=today)

    assert not fresh(liaison).has_perm("daily.review_report", report)
    assert unit.pk not in scope_of(fresh(liaison)).units


def test_group_keeps_a_unit_that_leaves_tomorrow(liaison, unit, foreign_group):
    tomorrow = business_day() + DAY
    GroupMembership.objects.filter(unit=unit).update(ends_on=business_day())
    GroupMembershipFactory(unit=unit, group=foreign_group, starts_on=tomorrow)

    assert unit.pk in scope_of(fresh(liaison)).units


def test_figure_and_its_correction_stay_with_the_group_of_their_day(
    liaison, unit, group, foreign_group
):
    GroupMembership.objects.filter(unit=unit).update(ends_on=business_day() - DAY)
    GroupMembershipFactory(unit=unit, group=foreign_group, starts_on=business_day())
    before = FigureFactory(unit=unit, group=group)
    after = FigureFactory(unit=unit, group=foreign_group)

    reached = [
        liaison.has_perm("figures.propose_correction", row)
        for row in (before, CorrectionFactory(figure=before), after)
    ]

    assert reached == [True, True, False]
    assert list(type(before).objects.visible_to(liaison)) == [before]


def test_member_is_seen_by_the_unit_of_today(reporter, unit, foreign_unit):
    today = business_day()
    member = MemberFactory(unit=unit)
    Membership.objects.filter(member=member).update(ends_on=today)
    MembershipFactory(member=member, unit=foreign_unit, starts_on=today + DAY)

    seen = type(member).objects.visible_to(reporter).filter(pk=member.pk).exists()

    assert (seen, reporter.has_perm("units.reveal_member", member)) == (True, True)


def test_steward_never_reveals(steward, unit):
    assert not steward.has_perm("units.reveal_member")
    assert not steward.has_perm("units.reveal_member", MemberFactory(unit=unit))


def test_unknown_permission_is_held_by_nobody(leader):
    assert not leader.has_perm("daily.no_such_thing")


@pytest.mark.parametrize("second", [Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN])
def test_no_account_holds_two_of_the_three_administrators(auditor, second):
    with transaction.atomic(), pytest.raises(IntegrityError):
        PostingFactory(user=auditor, role=second)


def test_second_administrator_is_refused_with_a_sentence(auditor):
    posting = PostingFactory.build(user=auditor, role=Role.SYSTEM_ADMIN)

    with pytest.raises(ValidationError) as refusal:
        posting.full_clean()

    assert "三员分设" in str(refusal.value)


def test_next_administrator_may_begin_after_the_former_ended(auditor):
    auditor.postings.update(ends_on=business_day() - DAY)

    PostingFactory(user=auditor, role=Role.SYSTEM_ADMIN, starts_on=business_day())

    assert fresh(auditor).roles == {Role.SYSTEM_ADMIN}


@pytest.mark.parametrize(
    ("role", "place"), [(Role.REPORTER, {}), (Role.LIAISON, {}), (Role.STAFF, {"unit": True})]
)
def test_posting_without_its_place_is_refused(db, unit, role, place):
    values = {"unit": unit if place else None, "group": None}

    with transaction.atomic(), pytest.raises(IntegrityError):
        PostingFactory(role=role, **values)


def test_permissions_of_a_request_cost_two_queries(liaison, django_assert_num_queries):
    liaison = fresh(liaison)

    with django_assert_num_queries(2):
        scope_of(liaison)
        assert liaison.has_perm("daily.review_report")
        assert not liaison.has_perm("figures.lock_day")


def test_role_is_named_with_its_place(liaison, reporter, outsider):
    assert role_label(liaison) == "第3组联络服务小组成员"
    assert role_label(reporter) == "示例甲单位联络员"
    assert role_label(outsider) == ""
