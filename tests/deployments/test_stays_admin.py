"""Stays put right by data stewards obey the rules of every sending, said at the field."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.models import Assignment
from tests.cast import client_for
from tests.factories import (
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    MeasureFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def inside(db):
    return CommunityFactory(name="城东路社区")


@pytest.fixture
def closure(inside):
    return AreaStatusFactory(
        measure=MeasureFactory(name="封控管理", is_sealed=True),
        community=inside,
        starts_at=timezone.now() - 2 * DAY,
    )


@pytest.fixture
def away(unit):
    campaign = CampaignFactory(starts_on=business_day() - 9 * DAY)
    return DeploymentFactory(unit=unit, campaign=campaign, starts_on=business_day() - 5 * DAY)


def stay(deployment, member, **more):
    return {
        "deployment": deployment.pk,
        "member": member.pk,
        "starts_on": str(business_day()),
        "ends_on": "",
        **more,
    }


def add(user, form):
    return client_for(user).post(reverse("admin:deployments_assignment_add"), form)


def refused(answer):
    assert answer.status_code == 200
    return {name: list(told) for name, told in answer.context["adminform"].form.errors.items()}


def test_a_steward_sends_nobody_across_or_to_two_places(steward, unit, away, inside, closure):
    resident = MemberFactory(unit=unit, home_community=inside, name="吴敏")
    busy = MemberFactory(unit=unit, name="林艳")
    AssignmentFactory(deployment=away, member=busy, starts_on=business_day() - DAY)
    stranger = MemberFactory(name="王某")

    assert "居住在其中，不能派往区域外" in refused(add(steward, stay(away, resident)))["member"][0]
    assert "已派往" in refused(add(steward, stay(away, busy)))["member"][0]
    assert "不属于派出单位" in refused(add(steward, stay(away, stranger)))["member"][0]
    early = str(business_day() - 8 * DAY)
    assert refused(add(steward, stay(away, resident, starts_on=early)))["starts_on"]
    backwards = stay(away, resident, ends_on=str(business_day() - DAY))
    assert refused(add(steward, backwards)) == {"ends_on": ["离岗日期不得早于到岗日期，请核对。"]}
    assert Assignment.objects.count() == 1


def test_a_steward_sends_and_brings_back_as_the_ledger_would(steward, unit, away, inside, closure):
    member = MemberFactory(unit=unit)

    assert add(steward, stay(away, member)).status_code == 302

    row = Assignment.objects.get()
    assert (row.unit, row.is_drill, row.ends_on) == (unit, away.is_drill, None)
    page = reverse("admin:deployments_assignment_change", args=[row.pk])
    ended = stay(away, member, ends_on=str(business_day()))
    assert client_for(steward).post(page, ended).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == business_day()


def test_a_deployment_takes_nobody_along_across_a_closure(steward, unit, away, inside, closure):
    AssignmentFactory(deployment=away, member=MemberFactory(unit=unit, name="吴敏"))
    page = reverse("admin:deployments_deployment_change", args=[away.pk])
    client = client_for(steward)
    form = client.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    answer = client.post(page, {**sent, "community": inside.pk})

    assert "吴敏不住在其中，不能派入" in refused(answer)["community"][0]
