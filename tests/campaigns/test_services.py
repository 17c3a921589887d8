import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from apps.campaigns import services
from apps.campaigns.enums import CampaignMode, CampaignState, Hour, Rung
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.dates import moment_on
from apps.core.errors import DomainError
from apps.figures.services.indicators import install_indicators
from tests.factories import CampaignFactory, UnitFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2021, 7, 20)


def opened(**changes):
    fields = {"template": "flood", "code": "flood-2021", "name": "2021年防汛救灾"}
    return services.open_campaign(**{**fields, "starts_on": DAY, **changes})


def test_open_campaign_takes_hours_and_ladder_from_the_template():
    campaign = opened()

    table = Timetable(campaign)
    ladder = [(step.rung, step.offset_minutes) for step, _ in table.rungs(on=DAY)]
    assert campaign.hours.count() == len(Hour)
    assert table.moment(Hour.LOCK, on=DAY) == moment_on(DAY, dt.time(19))
    assert ladder == [(Rung.HINT, -30), (Rung.DUE, 0), (Rung.LATE, 60), (Rung.LOCKED, 120)]


def test_open_campaign_asks_every_unit_in_the_list():
    listed = UnitFactory()
    UnitFactory(is_active=False)

    campaign = opened()

    assert [(a.unit, a.starts_on) for a in campaign.activations.all()] == [(listed, DAY)]


def test_open_campaign_asks_for_the_indicators_of_its_kind():
    install_indicators()

    flood, epidemic = opened(), opened(template="epidemic", code="e", name="疫情防控")

    typed = flood.indicators.filter(is_typed=True).values_list("indicator__code", flat=True)
    assert set(typed) == {"F03", "F07", "F08", "F09", "F10", "F11", "F12", "F14"}
    assert {row.indicator.campaign_kind for row in epidemic.indicators.all()} == {"epidemic"}


def test_open_campaign_starts_its_clocks_only_from_an_event():
    event = moment_on(DAY, dt.time(16))

    without, with_event = opened(), opened(code="b", name="乙", event_at=event)

    assert without.milestones.count() == 0
    assert [(m.name, m.due_at - event) for m in with_event.milestones.all()] == [
        ("重要通信干线畅通", dt.timedelta(hours=24)),
        ("恢复供电", dt.timedelta(hours=72)),
    ]


def test_open_campaign_refuses_an_unknown_template():
    with pytest.raises(DomainError, match="没有“quake”类型的任务模板"):
        opened(template="quake")


def test_open_campaign_leaves_nothing_behind_when_the_code_is_taken():
    opened()

    with pytest.raises(ValidationError):
        opened(name="另一个")

    assert Campaign.objects.count() == 1


def test_change_state_closes_with_its_last_day():
    campaign = CampaignFactory(starts_on=DAY, state=CampaignState.ACTIVE)

    services.change_state(campaign, to=CampaignState.CLOSED, on=dt.date(2021, 8, 20))

    campaign.refresh_from_db()
    assert (campaign.state, campaign.ends_on) == (CampaignState.CLOSED, dt.date(2021, 8, 20))


def test_change_state_refuses_to_reopen_what_is_closed():
    campaign = CampaignFactory(starts_on=DAY, state=CampaignState.CLOSED)

    with pytest.raises(DomainError, match="现为“已结束”，不能改为“进行中”"):
        services.change_state(campaign, to=CampaignState.ACTIVE, on=DAY)


def test_change_state_looks_at_what_is_stored_not_at_what_was_read():
    campaign = CampaignFactory(starts_on=DAY, state=CampaignState.ACTIVE)
    Campaign.objects.update(state=CampaignState.CLOSED)

    with pytest.raises(DomainError):
        services.change_state(campaign, to=CampaignState.RECOVERY, on=DAY)


def test_change_mode_is_kept():
    campaign = CampaignFactory(mode=CampaignMode.EMERGENCY)

    services.change_mode(campaign, to=CampaignMode.ORDINARY)

    assert Campaign.objects.get().mode == CampaignMode.ORDINARY


def test_record_level_asks_for_its_source():
    campaign = CampaignFactory()

    with pytest.raises(DomainError, match="只登记，不宣布"):
        services.record_level(campaign, level="防汛Ⅰ级响应", source="", at=None)


def test_change_hours_moves_one_and_keeps_the_others():
    campaign = opened()

    services.change_hours(campaign, hours={Hour.FILING: dt.time(16, 30)})

    table = Timetable(campaign)
    assert (table.at(Hour.FILING), table.at(Hour.LOCK)) == (dt.time(16, 30), dt.time(19))


def test_change_hours_refuses_a_lock_before_filing_ends():
    campaign = opened()

    with pytest.raises(DomainError, match="数据锁定时间应晚于截报时间"):
        services.change_hours(campaign, hours={Hour.LOCK: dt.time(16)})

    assert Timetable(campaign).at(Hour.LOCK) == dt.time(19)
