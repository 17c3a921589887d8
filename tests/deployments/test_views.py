import datetime as dt

import pytest
import time_machine

from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day, moment_on
from apps.deployments.enums import DeploymentState, NeedState
from apps.deployments.models import Assignment, Deployment, DeploymentDay, Need, Team
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
    NeedFactory,
    PostingFactory,
    TaskTypeFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day()


@pytest.fixture
def campaign(db):
    return CampaignFactory(code="flood")


@pytest.fixture
def deployment(campaign, unit):
    return DeploymentFactory(campaign=campaign, unit=unit, community__name="城东路社区")


def names(response):
    """The first cell with words in it: before it may be one to tick."""
    return [next(filter(None, row)) for row in cells(response)]


def deployment_form(unit, **changed):
    form = {
        "unit": unit.pk,
        "community": CommunityFactory().pk,
        "task_type": TaskTypeFactory().pk,
        "nature": "sent",
        "starts_on": TODAY.isoformat(),
    }
    return {**form, **changed}


def test_deployments_are_those_of_the_campaign_in_hand(staff, deployment):
    other = CampaignFactory(code="epidemic", is_drill=True)
    DeploymentFactory(campaign=other)
    client = client_for(staff)

    assert names(client.get("/deployments/?campaign=flood")) == ["示例甲"]
    assert len(names(client.get("/deployments/?campaign=epidemic"))) == 1


def test_deployment_list_shows_the_day_asked_for(staff, deployment):
    DeploymentDayFactory(
        deployment=deployment, on=dt.date(2021, 8, 5), expected=10, present=9, night=2
    )
    client = client_for(staff)

    asked, whole = cells(client.get("/deployments/?on=2021-08-05"))
    [today] = cells(client.get("/deployments/"))

    assert asked[-4:-1] == whole[-4:-1] == ["10", "9", "2"]
    assert today[-4:-1] == ["未登记", "未登记", "未登记"]


def test_a_broken_day_in_the_address_is_told_and_breaks_nothing(staff, deployment):
    response = client_for(staff).get("/deployments/?on=2021-13-45")

    assert response.status_code == 200
    assert "filter-error" in response.content.decode()


def test_deployments_in_scope(liaison, reporter, city, deployment, foreign_unit, campaign):
    DeploymentFactory(campaign=campaign, unit=foreign_unit)

    assert names(client_for(liaison).get("/deployments/")) == ["示例甲"]
    assert names(client_for(reporter).get("/deployments/")) == ["示例甲"]
    assert names(client_for(city).get("/deployments/")) == []


def test_the_city_sees_who_was_sent_for_its_needs_without_closed_doors(city, campaign, unit):
    need = NeedFactory(campaign=campaign)
    row = DeploymentFactory(campaign=campaign, unit=unit, need=need)
    DeploymentFactory(campaign=campaign, unit=unit)
    client = client_for(city)

    response = client.get("/deployments/")
    record = client.get(f"/deployments/{row.pk}/").content.decode()

    assert names(response) == ["示例甲"]
    assert f"/units/{unit.pk}/" not in response.content.decode()
    assert f"/units/{unit.pk}/" not in record
    assert f"/deployments/needs/{need.pk}/" in record


def test_foreign_deployment_is_not_found(reporter, foreign_unit, campaign):
    row = DeploymentFactory(campaign=campaign, unit=foreign_unit)
    client = client_for(reporter)

    for page in ("", "edit/", "end/", "day/", "people/"):
        assert client.get(f"/deployments/{row.pk}/{page}").status_code == 404
    assert client.post(f"/deployments/{row.pk}/people/send/").status_code == 404


def test_list_statements_do_not_grow(staff, deployment, campaign):
    client = client_for(staff)
    DeploymentDayFactory(deployment=deployment)
    TeamFactory(campaign=campaign)
    NeedFactory(campaign=campaign)
    pages = ("/deployments/", "/deployments/teams/", "/deployments/needs/")
    one = [statements(client, page) for page in pages]
    DeploymentFactory.create_batch(2, campaign=campaign)
    TeamFactory.create_batch(2, campaign=campaign)
    NeedFactory.create_batch(2, campaign=campaign)

    assert [statements(client, page) for page in pages] == one


def test_a_unit_sends_its_people_out(reporter, unit, campaign):
    response = client_for(reporter).post("/deployments/new/", deployment_form(unit))

    assert response.status_code == 302
    row = Deployment.objects.get()
    assert (row.campaign, row.unit, row.state) == (campaign, unit, DeploymentState.PLANNED)


def test_what_is_entered_in_a_drill_is_of_the_drill(reporter, unit):
    CampaignFactory(is_drill=True)

    client_for(reporter).post("/deployments/new/", deployment_form(unit))

    assert Deployment.objects.get().is_drill is True


def test_nobody_enters_for_another_unit(reporter, liaison, unit, foreign_unit, campaign):
    foreign = client_for(reporter).post("/deployments/new/", deployment_form(foreign_unit))

    assert foreign.status_code == 422
    assert client_for(liaison).get("/deployments/new/").status_code == 403
    assert not Deployment.objects.exists()


def test_a_unit_seen_as_its_group_is_not_one_to_write_for(
    reporter, foreign_unit, foreign_group, campaign
):
    PostingFactory(user=reporter, role=Role.LIAISON, group=foreign_group)

    response = client_for(reporter).post("/deployments/new/", deployment_form(foreign_unit))

    assert response.status_code == 422
    assert "您不能为该单位登记" in response.content.decode()
    assert not Deployment.objects.exists()


def test_a_deployment_seen_as_its_group_is_not_ones_own_to_change(
    reporter, foreign_unit, foreign_group, campaign
):
    PostingFactory(user=reporter, role=Role.LIAISON, group=foreign_group)
    row = DeploymentFactory(campaign=campaign, unit=foreign_unit)
    client = client_for(reporter)

    assert client.get(f"/deployments/{row.pk}/").status_code == 200
    for page in ("edit/", "end/", "people/"):
        assert client.get(f"/deployments/{row.pk}/{page}").status_code == 403
    assert client.post(f"/deployments/{row.pk}/people/send/").status_code == 403


def test_nothing_is_entered_in_a_campaign_that_is_over(reporter, unit, campaign):
    campaign.state = "closed"
    campaign.save()

    response = client_for(reporter).post("/deployments/new/", deployment_form(unit))

    assert response.status_code == 422
    assert "不在进行中" in response.content.decode()
    assert not Deployment.objects.exists()


def test_a_team_or_leader_of_another_unit_is_refused(staff, unit, campaign, foreign_unit):
    form = deployment_form(
        unit,
        team=TeamFactory(campaign=campaign, unit=foreign_unit).pk,
        leader=MemberFactory(unit=foreign_unit).pk,
    )

    response = client_for(staff).post("/deployments/new/", form)

    body = response.content.decode()
    assert response.status_code == 422
    assert "该突击队不属于所选单位" in body
    assert "不属于示例甲" in body


def test_candidates_are_the_units_people_with_where_they_are(reporter, deployment, unit):
    MemberFactory(name="王芳", unit=unit)
    busy = MemberFactory(name="李强", unit=unit)
    MemberFactory(name="赵敏", unit=unit, is_exempt=True)
    AssignmentFactory(member=busy, deployment__unit=unit, deployment__community__name="经八路社区")
    client, url = client_for(reporter), f"/deployments/{deployment.pk}/people/"

    rows = [(row[1], row[4]) for row in cells(client.get(url))]

    assert rows == [("王芳", "未派出"), ("李强", "经八路社区")]
    assert [row[1] for row in cells(client.get(f"{url}?free=yes"))] == ["王芳"]


def test_those_ticked_are_sent(reporter, deployment, unit):
    people = MemberFactory.create_batch(2, unit=unit)

    response = client_for(reporter).post(
        f"/deployments/{deployment.pk}/people/send/", {"pk": [p.pk for p in people]}
    )

    assert response.status_code == 302
    assert set(Assignment.objects.values_list("member", "starts_on")) == {
        (person.pk, TODAY) for person in people
    }


def test_sending_somebody_busy_says_where_they_are(reporter, deployment, unit):
    busy = MemberFactory(name="李强", unit=unit)
    AssignmentFactory(member=busy, deployment__unit=unit, deployment__community__name="经八路社区")

    response = client_for(reporter).post(
        f"/deployments/{deployment.pk}/people/send/", {"pk": [busy.pk]}
    )

    assert response.status_code == 409
    assert "已派往经八路社区" in response.content.decode()


def test_people_of_another_unit_cannot_be_named(reporter, deployment, foreign_unit):
    stranger = MemberFactory(unit=foreign_unit)

    response = client_for(reporter).post(
        f"/deployments/{deployment.pk}/people/send/", {"pk": [stranger.pk]}
    )

    assert response.status_code == 422
    assert not Assignment.objects.exists()


def test_a_person_comes_back_by_the_form(reporter, deployment, unit):
    stay = AssignmentFactory(deployment=deployment, member=MemberFactory(unit=unit))

    client_for(reporter).post(
        f"/deployments/assignments/{stay.pk}/end/", {"last_day": TODAY.isoformat()}
    )

    stay.refresh_from_db()
    assert stay.ends_on == TODAY


def day_form(**changed):
    form = {"day": TODAY.isoformat(), "expected": "１0", "present": "9", "night": "2", "seen": ""}
    return {**form, **changed}


@pytest.mark.usefixtures("roster")
def test_a_day_is_entered_by_the_unit_and_by_its_group(reporter, liaison, deployment):
    url = f"/deployments/{deployment.pk}/day/"

    assert client_for(reporter).post(url, day_form()).status_code == 302
    seen = DeploymentDay.objects.get().recorded_at.isoformat()
    assert client_for(liaison).post(url, day_form(present="8", seen=seen)).status_code == 302

    row = DeploymentDay.objects.get()
    assert (row.expected, row.present, row.night) == (10, 8, 2)


@pytest.mark.usefixtures("roster")
def test_two_who_enter_one_day_see_both_values(reporter, liaison, deployment):
    url = f"/deployments/{deployment.pk}/day/"
    client_for(reporter).post(url, day_form())

    response = client_for(liaison).post(url, day_form(present="7"))

    assert response.status_code == 409
    assert "您填写的内容仍在下面" in response.content.decode()
    assert DeploymentDay.objects.get().present == 9
    meant = day_form(present="7", seen=response.context["form"]["seen"].value())
    assert client_for(liaison).post(url, meant).status_code == 302
    assert DeploymentDay.objects.get().present == 7


@pytest.mark.usefixtures("roster")
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"present": "很多"}, "请填写整数"),
        ({"present": ""}, "请填写"),
        ({"night": "10"}, "夜班人数不能多于实到人数 9 人"),
        ({"day": "2999-01-01"}, "还没到这一天"),
        ({"day": "2021-07-01"}, "请核对日期"),
    ],
)
def test_bad_input_of_a_day_is_refused_in_a_sentence(reporter, deployment, changed, sentence):
    response = client_for(reporter).post(f"/deployments/{deployment.pk}/day/", day_form(**changed))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not DeploymentDay.objects.exists()


BEYOND = [
    ({"expected": "25"}, "expected", "应到不能多于示例甲当日在册的 24 人"),
    ({"expected": "99999", "present": "88888"}, "expected", "应到不能多于示例甲当日在册的 24 人"),
    ({"expected": "3", "present": "5"}, "present", "实到不能多于应到的 3 人"),
]


@pytest.mark.usefixtures("roster")
@pytest.mark.parametrize(("changed", "field", "sentence"), BEYOND)
def test_no_more_are_there_than_can_be(reporter, deployment, unit, changed, field, sentence):
    unit.short_name = "示例甲"
    unit.save(update_fields=["short_name"])

    answer = client_for(reporter).post(f"/deployments/{deployment.pk}/day/", day_form(**changed))

    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert (list(errors), errors[field][0].partition("，")[0]) == ([field], sentence)
    assert not DeploymentDay.objects.exists()


def test_who_was_sent_and_has_left_the_unit_counts_among_those_there(reporter, deployment, unit):
    MemberFactory(unit=unit)
    AssignmentFactory(deployment=deployment)
    url, form = f"/deployments/{deployment.pk}/day/", {"present": "0", "night": "0"}

    answers = [
        client_for(reporter).post(url, day_form(expected=heads, **form)) for heads in ("3", "2")
    ]

    assert [answer.status_code for answer in answers] == [422, 302]
    assert DeploymentDay.objects.get().expected == 2


def test_expected_is_offered_from_the_people_sent(reporter, deployment):
    AssignmentFactory.create_batch(3, deployment=deployment)

    form = client_for(reporter).get(f"/deployments/{deployment.pk}/day/").context["form"]

    assert form.initial["expected"] == 3


def test_team_of_the_same_name_is_refused(reporter, unit, campaign):
    TeamFactory(campaign=campaign, unit=unit, name="第一突击队")
    form = {"unit": unit.pk, "name": "第一突击队", "formed_on": TODAY.isoformat()}

    response = client_for(reporter).post("/deployments/teams/new/", form)

    assert response.status_code == 422
    assert "该单位在本任务中已有同名突击队" in response.content.decode()


def test_team_is_formed_and_shown(reporter, unit, campaign):
    form = {"unit": unit.pk, "name": "第一突击队", "formed_on": TODAY.isoformat()}

    client_for(reporter).post("/deployments/teams/new/", form)

    row = Team.objects.get()
    assert (row.campaign, row.unit) == (campaign, unit)
    assert names(client_for(reporter).get("/deployments/teams/")) == ["第一突击队"]


def test_the_city_raises_a_need_and_sees_its_gap(city, campaign):
    community = CommunityFactory(name="城东路社区")
    form = {
        "community": community.pk,
        "task_type": TaskTypeFactory().pk,
        "heads": "60",
        "starts_on": TODAY.isoformat(),
    }
    client = client_for(city)

    assert client.post("/deployments/needs/new/", form).status_code == 302
    deployment = DeploymentFactory(campaign=campaign, need=Need.objects.get())
    DeploymentDayFactory(deployment=deployment, present=22)

    [row] = cells(client.get("/deployments/needs/"))
    assert (row[0], row[4], row[6], row[8]) == ("城东路社区", "60", "22", "38")


def test_a_need_of_other_days_or_closed_counts_no_gap(city, campaign):
    NeedFactory(campaign=campaign, starts_on=TODAY + dt.timedelta(days=1))
    NeedFactory(campaign=campaign, state=NeedState.CLOSED)

    rows = cells(client_for(city).get("/deployments/needs/"))

    assert [row[8] for row in rows] == ["不计", "不计"]


def test_a_need_is_settled_once(staff, campaign):
    need = NeedFactory(campaign=campaign)
    client = client_for(staff)

    url, why = f"/deployments/needs/{need.pk}/settle", {"reason": "社区已自行解决"}
    assert client.post(f"{url}/met/", why).status_code == 302
    assert client.post(f"{url}/closed/", why).status_code == 409

    need.refresh_from_db()
    assert need.state == NeedState.MET


def test_a_unit_neither_sees_nor_raises_needs(reporter, campaign):
    client = client_for(reporter)

    assert client.get("/deployments/needs/").status_code == 403
    assert client.get("/deployments/needs/new/").status_code == 403


def at(hour, minute=0):
    return time_machine.travel(moment_on(TODAY, dt.time(hour, minute)), tick=False)


@pytest.mark.parametrize("who", ["staff", "liaison", "reporter"])
def test_from_half_past_nine_uncounted_deployments_are_told(deployment, who, request):
    client = client_for(request.getfixturevalue(who))
    counted = DeploymentFactory(campaign=deployment.campaign, unit=deployment.unit)
    DeploymentDayFactory(deployment=counted, on=TODAY)

    def told():
        todos = [todo for todo in client.get("/").context["todos"] if todo.label == "到岗"]
        return [(todo.text, todo.url, todo.when) for todo in todos]

    with at(9, 29):
        assert told() == []
    with at(9, 30):
        [(text, url, when)] = told()
        assert text == "未登记到岗 1 个任务"
        assert when == "09:30到岗确认"
        assert [row.pk for row in listed(client, url)] == [deployment.pk]
        listing = client.get("/deployments/?campaign=flood").content.decode()
        assert "未登记到岗 1 个任务" in listing


def listed(client, url):
    return list(client.get(url).context["table"].lines)


def test_arrival_is_not_asked_of_other_units_nor_once_all_are_counted(deployment, reporter):
    DeploymentFactory(campaign=deployment.campaign)
    DeploymentDayFactory(deployment=deployment, on=TODAY)

    with at(10):
        todos = client_for(reporter).get("/").context["todos"]

    assert [todo for todo in todos if todo.label == "到岗"] == []


def test_deployments_are_found_by_whether_the_day_is_entered(staff, deployment):
    counted = DeploymentFactory(campaign=deployment.campaign, unit=deployment.unit)
    DeploymentDayFactory(deployment=counted, on=TODAY)
    client = client_for(staff)

    def found(query):
        return [row.pk for row in listed(client, f"/deployments/?campaign=flood&{query}")]

    assert found("entry=no") == [deployment.pk]
    assert found("entry=yes") == [counted.pk]
    yesterday = (TODAY - dt.timedelta(days=1)).isoformat()
    assert len(found(f"entry=yes&on={yesterday}")) == 0


@pytest.fixture
def ended(deployment):
    """The deployment has an entry of today, and its campaign is over."""
    entry = DeploymentDayFactory(deployment=deployment, on=TODAY, expected=3, present=3, night=0)
    deployment.campaign.state = CampaignState.CLOSED
    deployment.campaign.save(update_fields=["state"])
    return entry


WAY_OUT = "不在进行中，不能{}。确需更正的，请与数据管理员联系。"


@pytest.mark.usefixtures("roster")
@pytest.mark.parametrize("role", ["staff", "reporter"])
def test_a_day_of_a_campaign_that_is_over_stays_as_it_was(role, deployment, ended, request):
    client = client_for(request.getfixturevalue(role))
    form = day_form(seen=ended.recorded_at.isoformat())

    answer = client.post(f"/deployments/{deployment.pk}/day/", form)

    assert answer.status_code == 422
    [sentence] = answer.context["form"].errors["day"]
    assert sentence == f"“{deployment.campaign}”" + WAY_OUT.format("登记在岗")
    assert DeploymentDay.objects.get().present == 3


@pytest.mark.parametrize("role", ["staff", "reporter"])
@pytest.mark.usefixtures("ended")
def test_a_deployment_of_a_campaign_that_is_over_is_not_changed(role, deployment, request):
    client = client_for(request.getfixturevalue(role))
    form = {
        "community": deployment.community_id,
        "task_type": deployment.task_type_id,
        "nature": "sent",
        "shift": "08:00–20:00",
    }

    answer = client.post(f"/deployments/{deployment.pk}/edit/", form)

    assert answer.status_code == 422
    assert WAY_OUT.format("修改") in answer.content.decode()
    deployment.refresh_from_db()
    assert deployment.shift == ""


@pytest.mark.usefixtures("ended")
def test_a_campaign_that_is_over_takes_nobody_more_and_lets_people_go(reporter, deployment, unit):
    stay = AssignmentFactory(deployment=deployment, member=MemberFactory(unit=unit))
    more = MemberFactory(unit=unit)
    client = client_for(reporter)

    sent = client.post(f"/deployments/{deployment.pk}/people/send/", {"pk": [more.pk]})
    ended = client.post(f"/deployments/{deployment.pk}/end/", {"last_day": TODAY.isoformat()})

    assert (sent.status_code, ended.status_code) == (422, 302)
    assert WAY_OUT.format("增派人员") in sent.content.decode()
    assert list(Assignment.objects.values_list("pk", "ends_on")) == [(stay.pk, TODAY)]


@pytest.mark.usefixtures("ended")
def test_the_page_of_a_deployment_offers_only_what_may_be_done_after_the_end(staff, deployment):
    page = client_for(staff).get(f"/deployments/{deployment.pk}/")

    assert [action.label for action in page.context["actions"]] == ["结束任务"]
    assert f"/deployments/{deployment.pk}/day/" not in page.content.decode()


def test_a_team_of_a_campaign_that_is_over_is_not_changed(staff, campaign, unit):
    team = TeamFactory(campaign=campaign, unit=unit, name="第一突击队")
    campaign.state = CampaignState.CLOSED
    campaign.save(update_fields=["state"])
    form = {"unit": unit.pk, "name": "第二突击队", "formed_on": TODAY.isoformat()}
    client = client_for(staff)

    answer = client.post(f"/deployments/teams/{team.pk}/edit/", form)

    assert answer.status_code == 422
    assert WAY_OUT.format("修改") in answer.content.decode()
    assert Team.objects.get().name == "第一突击队"
    page = client.get(team.get_absolute_url()).content.decode()
    assert f"/deployments/teams/{team.pk}/edit/" not in page


def test_a_campaign_that_is_over_sends_nobody(staff, deployment):
    client = client_for(staff)
    assert "派出力量" in client.get("/deployments/?campaign=flood").content.decode()
    deployment.campaign.state = CampaignState.CLOSED
    deployment.campaign.save()

    assert "派出力量" not in client.get("/deployments/?campaign=flood").content.decode()


def test_a_deployment_that_ends_before_it_starts_is_refused_at_the_field(reporter, unit, campaign):
    form = deployment_form(unit, ends_on=(TODAY - dt.timedelta(days=1)).isoformat())

    answer = client_for(reporter).post("/deployments/new/", form)

    assert answer.context["form"].errors == {"ends_on": ["截止日期不得早于起始日期，请核对。"]}
