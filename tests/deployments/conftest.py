"""A campaign with a need tomorrow and a unit with people: what every test of sending starts from."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.services import allocation as services
from tests.factories import CampaignFactory, MemberFactory, NeedFactory

DAY = dt.timedelta(days=1)


@pytest.fixture
def campaign(db):
    return CampaignFactory()


@pytest.fixture
def people(unit):
    """Eight of the unit who may be sent."""
    unit.duty_phone = "0371-00000201"
    unit.save(update_fields=["duty_phone"])
    return MemberFactory.create_batch(8, unit=unit)


@pytest.fixture
def roster(unit):
    """Twenty-four of the unit: as many as may be there on a day."""
    return MemberFactory.create_batch(24, unit=unit)


@pytest.fixture
def need(campaign):
    return NeedFactory(
        campaign=campaign,
        community__name="城东路社区",
        community__contact="刘主任",
        community__duty_phone="0371-00000301",
        task_type__name="排水除淤",
        heads=6,
        starts_on=business_day() + DAY,
        raised_at=timezone.now() - 2 * DAY,
    )


@pytest.fixture
def draft(campaign, need, people, staff):
    return services.draft_sheet(
        campaign, on=business_day() + DAY, ends_on=business_day() + 3 * DAY, by=staff,
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def signed(draft, staff, leader):
    services.submit_sheet(draft, by=staff, now=timezone.now())
    return services.sign_sheet(draft, by=leader, now=timezone.now())


@pytest.fixture
def issued(signed, staff):
    return services.issue_sheet(signed, by=staff, now=timezone.now())
