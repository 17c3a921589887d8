import datetime as dt

import pytest
import time_machine

from apps.campaigns.enums import DEFAULT_HOURS, CampaignMode, CampaignState, Hour
from apps.campaigns.models import Campaign, PolicyHour
from apps.core.dates import moment_on
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    CampaignFactory,
    LadderStepFactory,
    MilestoneFactory,
    UnitActivationFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2021, 8, 5)


def at(hour, minute=0):
    return time_machine.travel(moment_on(DAY, dt.time(hour, minute)), tick=False)


def bar(client, url="/campaigns/"):
    return client.get(url).context["portal"].campaign


@pytest.fixture
def flood(db):
    return CampaignFactory(code="flood-2021", name="2021年防汛救灾", level="防汛Ⅰ级响应")


@pytest.fixture
def drill(db):
    return CampaignFactory(code="drill", name="防汛应急演练", is_drill=True)


def test_bar_counts_down_to_filing_then_to_the_lock_then_to_nothing(staff, flood):
    with at(16):
        seen = bar(client_for(staff))
        assert (seen.name, seen.badge, seen.mode) == ("2021年防汛救灾", "防汛Ⅰ级响应", "urgent")
        assert (seen.day, seen.nth) == (DAY, 17)
        assert (seen.clock.label, seen.clock.until) == ("距截报", moment_on(DAY, dt.time(17)))
    with at(17):
        assert bar(client_for(staff)).clock.label == "距数据锁定"
    with at(19):
        assert bar(client_for(staff)).clock is None


def test_bar_goes_by_the_hours_of_the_campaign(staff, flood):
    PolicyHour.objects.create(campaign=flood, hour=Hour.FILING, at=dt.time(18, 30))

    with at(17, 30):
        assert bar(client_for(staff)).clock.until == moment_on(DAY, dt.time(18, 30))


def test_a_campaign_that_is_over_shows_its_last_day(staff, flood):
    flood.state, flood.ends_on = CampaignState.CLOSED, dt.date(2021, 8, 1)
    flood.save()

    with at(16):
        seen = bar(client_for(staff))

    assert (seen.day, seen.nth, seen.badge, seen.clock) == (dt.date(2021, 8, 1), 13, "已结束", None)


def test_real_campaigns_under_way_come_before_drills(staff, drill, flood):
    with at(16):
        seen = bar(client_for(staff))

    assert seen.code == "flood-2021"
    assert [option.badge for option in seen.options] == ["防汛Ⅰ级响应", "演练"]


def test_what_is_under_way_comes_before_what_is_over(staff, drill):
    CampaignFactory(
        code="a-closed", state=CampaignState.CLOSED, starts_on=DAY, ends_on=dt.date(2021, 8, 31)
    )

    with at(16):
        assert bar(client_for(staff)).code == "drill"


def test_a_campaign_once_chosen_stays_chosen(staff, flood, drill):
    client = client_for(staff)
    with at(16):
        assert bar(client, "/campaigns/?campaign=drill").code == "drill"
        assert bar(client).code == "drill"
        assert bar(client, "/campaigns/?campaign=nonsense").code == "drill"
        assert bar(client, "/campaigns/?campaign=flood-2021").code == "flood-2021"


def test_campaign_list_statements_do_not_grow(staff, flood):
    client = client_for(staff)
    one = statements(client, "/campaigns/")
    CampaignFactory.create_batch(2)

    assert statements(client, "/campaigns/") == one


def test_campaign_record_tells_hours_ladder_milestones_and_units(staff, flood, unit):
    LadderStepFactory(campaign=flood)
    MilestoneFactory(
        campaign=flood, reached_at=moment_on(flood.starts_on, dt.time(20)), limit_hours=72
    )
    UnitActivationFactory(campaign=flood, unit=unit)
    client, url = client_for(staff), "/campaigns/flood-2021/"

    hours = [row[:2] for row in cells(client.get(url))]
    assert ["17:00", "截报"] in hours
    assert hours == sorted(hours, key=lambda row: row[0])
    assert cells(client.get(f"{url}?tab=ladder"))[0][:3] == [
        "提示",
        "截报前30分钟",
        "单位值班室、联络员、联络服务小组",
    ]
    assert "如期实现" in cells(client.get(f"{url}?tab=milestones"))[0]
    assert cells(client.get(f"{url}?tab=units"))[0][0] == "示例甲"


def test_a_unit_sees_itself_alone_among_those_taking_part(reporter, flood, unit, foreign_unit):
    UnitActivationFactory(campaign=flood, unit=unit)
    UnitActivationFactory(campaign=flood, unit=foreign_unit)

    rows = cells(client_for(reporter).get("/campaigns/flood-2021/?tab=units"))

    assert [row[0] for row in rows] == ["示例甲"]


def hours_form(**changed):
    form = {str(hour): f"{at:%H:%M}" for hour, at in DEFAULT_HOURS.items()}
    return {**form, **changed}


def test_hours_form_changes_the_hours(staff, flood):
    form = hours_form(filing="18:00", lock="20:00")

    assert client_for(staff).post("/campaigns/flood-2021/hours/", form).status_code == 302

    rows = dict(PolicyHour.objects.filter(campaign=flood).values_list("hour", "at"))
    assert (rows["filing"], rows["lock"]) == (dt.time(18), dt.time(20))


def test_a_lock_before_the_filing_hour_is_refused(staff, flood):
    form = hours_form(lock="16:00")

    response = client_for(staff).post("/campaigns/flood-2021/hours/", form)

    assert response.status_code == 422
    assert "数据锁定时间应晚于截报时间" in response.content.decode()
    assert not PolicyHour.objects.exists()


def test_level_is_recorded_with_its_source(staff, flood):
    client, url = client_for(staff), "/campaigns/flood-2021/level/"

    assert client.post(url, {"level": "防汛Ⅱ级响应"}).status_code == 422
    form = {"level": "防汛Ⅱ级响应", "source": "省防指通知", "at": "2021-08-05T08:00"}
    assert client.post(url, form).status_code == 302

    flood.refresh_from_db()
    assert (flood.level, flood.level_source) == ("防汛Ⅱ级响应", "省防指通知")


def test_mode_and_state_change_through_their_forms(staff, flood):
    client = client_for(staff)

    client.post("/campaigns/flood-2021/mode/", {"to": "ordinary"})
    client.post("/campaigns/flood-2021/state/", {"to": "closed"})

    flood.refresh_from_db()
    assert (flood.mode, flood.state) == (CampaignMode.ORDINARY, CampaignState.CLOSED)


@pytest.mark.parametrize(
    ("page", "first", "second", "told", "stored"),
    [
        ("hours", hours_form(lock="20:00"), hours_form(lock="21:00"), ("21:00", "20:00"),
         lambda flood: f"{flood.hours.get(hour='lock').at:%H}"),
        ("level", {"level": "甲", "source": "通知", "at": "2021-08-05T08:00"}, {"level": ""},
         ("（空）", "甲"), lambda flood: flood.level),
        ("mode", {"to": "ordinary"}, {"to": "emergency"}, ("应急", "常态"),
         lambda flood: flood.mode),
    ],
)  # fmt: skip
def test_who_is_second_sees_both_values_and_may_mean_it(
    staff, flood, page, first, second, told, stored
):
    url = f"/campaigns/flood-2021/{page}/"
    drawn = {"drawn": client_for(staff).get(url).context["form"]["drawn"].value()}
    assert client_for(staff).post(url, {**first, **drawn}).status_code == 302
    flood.refresh_from_db()
    before = stored(flood)

    answer = client_for(staff).post(url, {**second, **drawn})

    assert answer.status_code == 409
    assert told in [(one.mine or "（空）", one.theirs) for one in answer.context["differences"]]
    flood.refresh_from_db()
    assert stored(flood) == before
    again = {"drawn": answer.context["form"]["drawn"].value()}
    assert client_for(staff).post(url, {**second, **again}).status_code == 302
    flood.refresh_from_db()
    assert stored(flood) != before


def test_a_state_the_campaign_cannot_reach_is_not_offered(staff, flood):
    response = client_for(staff).post("/campaigns/flood-2021/state/", {"to": "planned"})

    assert response.status_code == 422
    assert Campaign.objects.get().state == CampaignState.ACTIVE


def test_a_rung_of_the_ladder_stands_within_a_day_of_the_hour(staff, flood):
    step = LadderStepFactory(campaign=flood, rung="due", offset_minutes=0)

    def said(minutes):
        page = client_for(staff).post(f"/campaigns/ladder/{step.pk}/", {"offset_minutes": minutes})
        return page.context["form"].errors["offset_minutes"]

    assert said("40000") == said("99999999999999999999") == ["不能大于 1440，请核对。"]
    assert said("-1441") == ["不能小于 -1440，请核对。"]
    step.refresh_from_db()
    assert step.offset_minutes == 0


def test_opening_a_campaign_brings_its_hours_ladder_and_units(staff, unit):
    form = {
        "template": "flood",
        "name": "2026年防汛救灾",
        "code": "flood-2026",
        "starts_on": "2026-07-20",
    }

    response = client_for(staff).post("/campaigns/new/", form)

    assert response.status_code == 302
    opened = Campaign.objects.get(code="flood-2026")
    assert opened.activations.get().unit == unit
    assert opened.ladder.count() == 4
    assert opened.hours.filter(hour=Hour.FILING).get().at == dt.time(17)


def test_opening_with_an_event_says_who_told_of_it_and_when_it_was(staff):
    form = {"template": "flood", "name": "乙", "code": "b", "starts_on": "2026-07-20"}
    client = client_for(staff)

    bare = client.post("/campaigns/new/", form | {"event_at": "2026-07-20T12:00"})
    far = {"event_at": "2126-07-20T12:00", "event_source": "据省防指通知"}
    ahead = client.post("/campaigns/new/", form | far)
    client.post("/campaigns/new/", form | far | {"event_at": "2026-07-20T12:00"})

    assert bare.context["form"].errors == {"event_source": ["请填写起算依据，如：据省防指通知。"]}
    assert ahead.context["form"].errors == {"event_at": ["起算时间不得晚于现在。"]}
    clocks = Campaign.objects.get().milestones.values_list("started_source", flat=True)
    assert set(clocks) == {"据省防指通知"}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("0202-07-20", "日期在二十年以前，请核对年份。"),
        ("2206-07-20", "日期在一年以后，请核对年份。"),
    ],
)
def test_a_slip_of_the_pen_opens_no_campaign(staff, day, sentence):
    event = {"event_at": "2026-07-20T12:00", "event_source": "据省防指通知"}
    form = {"template": "flood", "name": "乙", "code": "b", "starts_on": day, **event}

    page = client_for(staff).post("/campaigns/new/", form)

    assert page.context["form"].errors == {"starts_on": [sentence]}


def test_a_code_already_used_is_refused_at_its_field(staff, flood):
    form = {"template": "flood", "name": "又一个", "code": "flood-2021", "starts_on": "2026-07-20"}

    response = client_for(staff).post("/campaigns/new/", form)

    assert response.status_code == 422
    assert "该代码已被使用" in response.content.decode()


def test_campaigns_are_managed_by_the_office_alone(liaison, reporter, leader, flood):
    for user in (liaison, reporter, leader):
        client = client_for(user)
        for page in ("hours", "level", "mode", "state"):
            assert client.get(f"/campaigns/flood-2021/{page}/").status_code == 403
        assert client.get("/campaigns/new/").status_code == 403
