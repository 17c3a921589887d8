import datetime as dt
import re

import pytest
import time_machine

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from apps.deployments.enums import NeedState
from tests.cast import client_for
from tests.counting import cells, statements
from tests.daily.days import SECOND, World
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DailyRoundFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MilestoneFactory,
    NeedFactory,
    RoundActFactory,
)

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


def test_turnout_opens_the_deployments_of_the_day_it_is_of(world, staff):
    text = home(staff)

    assert f"/deployments/?campaign=flood-2021&amp;on={SECOND.isoformat()}" in text


def test_each_number_of_the_largest_gaps_leads_to_its_needs(world, staff, unit):
    place = CommunityFactory(name="城东路社区")
    for heads in (12, 5):
        NeedFactory(campaign=world.campaign, community=place, heads=heads, starts_on=SECOND)

    text = home(staff)

    listed = f"/deployments/needs/?campaign=flood-2021&amp;{{}}={SECOND}&amp;community={place.pk}"
    links = re.findall(
        r'<a class="rows" href="([^"]*)">([^<]*|<span class="num">\d+</span>)</a>', text
    )
    assert (place.get_absolute_url(), "城东路社区") in links
    assert (listed.format("wanted"), '<span class="num">17</span>') in links
    assert (listed.format("wanted"), '<span class="num">0</span>') in links
    assert (listed.format("unmet"), '<span class="num">17</span>') in links
    assert "共 1 个社区</a>" in text


def test_the_city_sees_what_its_communities_lack_without_closed_doors(city, unit):
    campaign = CampaignFactory(code="flood-2021")
    needs = [NeedFactory(campaign=campaign, heads=heads) for heads in (12, 30, 5)]
    NeedFactory(campaign=campaign, heads=90, state=NeedState.CLOSED)
    for need, present in zip(needs, (2, 0, 5), strict=True):
        row = DeploymentFactory(campaign=campaign, unit=unit, need=need)
        DeploymentDayFactory(deployment=row, present=present, night=0)

    page = client_for(city).get("/")
    told = {kpi.label: kpi.value for kpi in page.context["city_kpis"]}

    opened = [
        len(client_for(city).get(kpi.url).context_data["table"].rows)
        for kpi in page.context["city_kpis"]
    ]
    assert told == {"计缺口的需求": 3, "需求人数": 47, "到岗": 7, "缺口": 40}
    assert opened == [3, 3, 3, 2]
    assert [(row[4], row[5], row[6]) for row in cells(page)] == [
        ("30", "0", "30"),
        ("12", "2", "10"),
    ]


def test_the_home_of_the_city_takes_as_many_statements_for_three_needs_as_for_one(city):
    campaign = CampaignFactory()
    client = client_for(city)
    NeedFactory(campaign=campaign)
    one = statements(client, "/")
    NeedFactory.create_batch(2, campaign=campaign)

    assert statements(client, "/") == one


def test_a_units_home_of_a_campaign_that_is_over_speaks_of_that_day(world, reporter):
    world.campaign.state, world.campaign.ends_on = CampaignState.CLOSED, SECOND
    world.campaign.save()

    text = home(reporter, dt.date(2022, 3, 1))

    assert "当日没有在岗登记。" in text
    assert "今日" not in text
    assert "报动态" not in text


def test_acts_of_several_campaigns_are_told_apart(world, staff):
    alone = home(staff)
    other = CampaignFactory(name="2021年抗旱", starts_on=SECOND)
    RoundActFactory(round=DailyRoundFactory(campaign=other, on=SECOND), kind="judgment")

    assert "：8月5日研判" not in alone
    named = re.findall(r">([^<>]+)：8月5日研判<", home(staff))
    assert sorted(named) == sorted([str(world.campaign), "2021年抗旱"])
