"""Many deployments called back at once: only one's own, and only once."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.deployments.enums import DeploymentState
from apps.deployments.models import Assignment
from tests.cast import client_for
from tests.factories import AssignmentFactory, DeploymentFactory

DAY = dt.timedelta(days=1)


@pytest.fixture
def deployment(unit):
    return DeploymentFactory(
        unit=unit, starts_on=business_day() - 3 * DAY, state=DeploymentState.ACTIVE
    )


def withdraw(user, *rows):
    return client_for(user).post(
        reverse("deployments:withdraw_many"), {"pk": [row.pk for row in rows]}, follow=True
    )


def test_those_ticked_come_back_today(staff, deployment):
    stay = AssignmentFactory(deployment=deployment, starts_on=deployment.starts_on)

    page = withdraw(staff, deployment).content.decode()

    deployment.refresh_from_db()
    stay.refresh_from_db()
    assert "已撤回 1 项任务，人员今日离岗。" in page
    assert (deployment.state, deployment.ends_on, stay.ends_on) == (
        DeploymentState.WITHDRAWN,
        business_day(),
        business_day(),
    )


def test_who_had_not_begun_is_taken_off(staff, deployment):
    AssignmentFactory(deployment=deployment, starts_on=business_day() + DAY)

    withdraw(staff, deployment)

    assert not Assignment.objects.filter(deployment=deployment).exists()


def test_a_second_press_changes_nothing(staff, deployment):
    withdraw(staff, deployment)

    assert "所选任务均已结束，未作改动。" in withdraw(staff, deployment).content.decode()


def test_a_unit_withdraws_its_own_only(reporter, deployment, foreign_unit):
    foreign = DeploymentFactory(unit=foreign_unit, state=DeploymentState.ACTIVE)

    withdraw(reporter, deployment, foreign)

    foreign.refresh_from_db()
    deployment.refresh_from_db()
    assert (deployment.state, foreign.state) == (
        DeploymentState.WITHDRAWN,
        DeploymentState.ACTIVE,
    )


def test_a_campaign_that_is_over_stays_as_it_was(staff, deployment):
    deployment.campaign.state = CampaignState.CLOSED
    deployment.campaign.save(update_fields=["state"])

    withdraw(staff, deployment)

    deployment.refresh_from_db()
    assert deployment.state == DeploymentState.ACTIVE


def test_nothing_ticked_says_so(staff, deployment):
    answer = client_for(staff).post(reverse("deployments:withdraw_many"))

    assert (answer.status_code, "请先勾选要撤回的任务。" in answer.content.decode()) == (422, True)
