import datetime as dt

import pytest
import time_machine

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from tests.cast import client_for
from tests.daily.days import SECOND, World
from tests.factories import MilestoneFactory

pytestmark = pytest.mark.django_db
CHASE = "催报 2 家…"


@pytest.fixture
def world():
    world = World(units=2)
    world.open(SECOND)
    return world


def home(user, day=SECOND):
    with time_machine.travel(moment_on(day, dt.time(18)), tick=False):
        return client_for(user).get("/?campaign=flood-2021").content.decode()


def test_nobody_is_chased_for_a_campaign_that_is_over(world, staff):
    assert CHASE in home(staff)
    world.campaign.state, world.campaign.ends_on = CampaignState.CLOSED, SECOND
    world.campaign.save()

    assert CHASE not in home(staff, dt.date(2022, 3, 1))


def test_milestones_of_the_year_of_the_campaign_do_not_name_it(world, staff):
    world.campaign.state, world.campaign.ends_on = CampaignState.CLOSED, SECOND
    world.campaign.save()
    MilestoneFactory(
        campaign=world.campaign,
        source="据省电力公司通报",
        started_at=moment_on(dt.date(2021, 7, 20), dt.time(17)),
        reached_at=moment_on(dt.date(2021, 7, 23), dt.time(16, 25)),
    )

    text = home(staff, dt.date(2026, 3, 1))

    assert '据省电力公司通报 <span class="nowrap">7月23日 16:25</span>' in text


def test_a_missing_unit_without_a_phone_is_shown_all_the_same(world, staff):
    world.units[0].duty_phone = ""
    world.units[0].save(update_fields=["duty_phone"])

    assert '<span class="blank">未登记</span>' in home(staff)
