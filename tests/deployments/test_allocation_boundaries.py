"""Nobody is proposed, or confirmed, across a sealed boundary."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.allocating import Nearness, SheetState
from apps.deployments.models import Deployment
from apps.deployments.services import allocation as services
from tests.cast import client_for
from tests.factories import AreaStatusFactory, EstateFactory, MemberFactory, NeedFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def seal(**place):
    return AreaStatusFactory(measure__is_sealed=True, starts_at=timezone.now() - DAY, **place)


def proposed(campaign):
    plan = services.propose(campaign, on=business_day() + DAY, until=None)
    return sorted((line.need.pk, line.heads, line.nearness) for line in plan.lines)


def test_a_sealed_community_is_served_by_those_inside(campaign, need, people, unit):
    seal(community=need.community, street=None)
    MemberFactory.create_batch(2, unit=unit, home_community=need.community)

    assert proposed(campaign) == [(need.pk, 2, Nearness.ON_THE_SPOT)]


def test_those_inside_go_nowhere_else(campaign, need, unit):
    other = NeedFactory(campaign=campaign, heads=9, starts_on=need.starts_on)
    seal(community=other.community, street=None)
    MemberFactory.create_batch(4, unit=unit, home_community=other.community)

    assert proposed(campaign) == [(other.pk, 4, Nearness.ON_THE_SPOT)]


def test_a_sealed_street_holds_all_its_communities(campaign, need, people, unit):
    seal(street=need.community.street, community=None)
    MemberFactory(unit=unit, home_community=need.community)

    assert proposed(campaign) == [(need.pk, 1, Nearness.ON_THE_SPOT)]


def test_who_lives_in_a_sealed_estate_is_not_sent_out(campaign, need, unit):
    estate = EstateFactory(community=need.community)
    seal(estate=estate, community=None, street=None)
    MemberFactory.create_batch(3, unit=unit, home_community=need.community, home_estate=estate)
    MemberFactory(unit=unit, home_community=need.community)

    assert [heads for _, heads, _ in proposed(campaign)] == [1]


def test_a_boundary_drawn_after_the_draft_is_refused_when_it_is_sent(staff, draft, need, unit):
    seal(community=need.community, street=None)

    answer = client_for(staff).post(reverse("deployments:allocation_submit", args=[draft.pk]))

    assert answer.status_code == 422
    sentence = f"{need.community}已封闭，{unit}住在封闭范围内可派的有 0 人"
    assert sentence in answer.content.decode()


def press(user, sheet, step):
    return client_for(user).post(reverse(f"deployments:allocation_{step}", args=[sheet.pk]))


def test_a_boundary_drawn_after_it_was_sent_is_refused_when_it_is_signed(
    staff, leader, draft, need, unit
):
    services.submit_sheet(draft, by=staff, now=timezone.now())
    seal(community=need.community, street=None)

    answer = press(leader, draft, "sign")

    assert answer.status_code == 422
    sentence = f"{need.community}已封闭，{unit}住在封闭范围内可派的有 0 人。请退回修改"
    assert sentence in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.number) == (SheetState.REVIEW, None)


def test_a_boundary_drawn_after_it_was_signed_is_refused_when_it_is_issued(
    staff, signed, need, unit
):
    seal(street=need.community.street, community=None)

    answer = press(staff, signed, "issue")

    assert answer.status_code == 422
    sentence = f"{need.community}已封闭，{unit}住在封闭范围内可派的有 0 人。请撤回后重新起草"
    assert sentence in answer.content.decode()
    signed.refresh_from_db()
    assert (signed.state, Deployment.objects.count()) == (SheetState.SIGNED, 0)


def test_a_sheet_issued_late_is_asked_of_the_day_it_is_issued(staff, signed, need):
    later = timezone.now() + 2 * DAY
    AreaStatusFactory(measure__is_sealed=True, starts_at=later, community=need.community)

    with pytest.raises(services.AllocationRefusedError, match="已封闭"):
        services.issue_sheet(signed, by=staff, now=later)


def test_a_sheet_of_those_inside_is_signed_and_issued(campaign, need, unit, staff, leader):
    seal(community=need.community, street=None)
    MemberFactory.create_batch(2, unit=unit, home_community=need.community)
    sheet = services.draft_sheet(
        campaign, on=need.starts_on, ends_on=None, by=staff, now=timezone.now()
    )
    services.submit_sheet(sheet, by=staff, now=timezone.now())

    press(leader, sheet, "sign")
    press(staff, sheet, "issue")

    sheet.refresh_from_db()
    assert (sheet.state, Deployment.objects.count()) == (SheetState.ISSUED, 1)


def test_a_boundary_of_a_drill_keeps_back_nobody_of_the_real_thing(staff, signed, need):
    seal(community=need.community, street=None, is_drill=True)

    press(staff, signed, "issue")

    signed.refresh_from_db()
    assert signed.state == SheetState.ISSUED
