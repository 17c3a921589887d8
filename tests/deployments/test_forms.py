"""What the forms of the ledger refuse, whatever is sent, and what a second press does."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.models import Assignment, Deployment, Need, Team
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    AreaPartFactory,
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    EstateFactory,
    MemberFactory,
    NamedAreaFactory,
    NeedFactory,
    PublicityItemFactory,
    TaskTypeFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day()
DAY = dt.timedelta(days=1)
NOBODY = 999_999


@pytest.fixture
def campaign(db):
    return CampaignFactory(code="flood")


@pytest.fixture
def deployment(campaign, unit):
    return DeploymentFactory(campaign=campaign, unit=unit)


def refused_at(answer):
    """The fields the form blames; every refusal is one Chinese sentence at its field."""
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert all("。" in said for messages in errors.values() for said in messages)
    return list(errors)


# --- foreign ids --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["unit", "captain"])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_foreign_id_in_any_field_of_a_team_is_refused(
    reporter, unit, foreign_unit, campaign, field, is_new
):
    team = None if is_new else TeamFactory(campaign=campaign, unit=unit)
    before = list(Team.objects.values())
    foreign = {"unit": foreign_unit.pk, "captain": MemberFactory(unit=foreign_unit).pk}
    form = {"unit": unit.pk, "name": "先锋突击队", "formed_on": TODAY.isoformat()}

    url = "/deployments/teams/new/" if team is None else f"/deployments/teams/{team.pk}/edit/"
    answer = client_for(reporter).post(url, {**form, field: foreign[field]})

    assert refused_at(answer) == [field]
    assert list(Team.objects.values()) == before


def test_a_foreign_team_is_not_found(reporter, foreign_unit, campaign):
    team = TeamFactory(campaign=campaign, unit=foreign_unit)
    client = client_for(reporter)

    assert client.get(f"/deployments/teams/{team.pk}/").status_code == 404
    assert client.post(f"/deployments/teams/{team.pk}/edit/", {"name": "改名"}).status_code == 404


@pytest.mark.parametrize("field", ["community", "task_type"])
@pytest.mark.parametrize("wrong", [NOBODY, "0", "-1", "1 OR 1=1", "九"])
def test_an_id_of_nothing_in_any_field_of_a_need_is_refused(city, campaign, field, wrong):
    form = {
        "community": CommunityFactory().pk,
        "task_type": TaskTypeFactory().pk,
        "heads": "10",
        "starts_on": TODAY.isoformat(),
    }

    answer = client_for(city).post("/deployments/needs/new/", {**form, field: wrong})

    assert field in refused_at(answer)
    assert not Need.objects.exists()


@pytest.mark.parametrize("who", ["reporter", "unit_leader", "liaison"])
def test_those_who_raise_no_needs_change_and_settle_none(request, campaign, who):
    need = NeedFactory(campaign=campaign)
    client = client_for(request.getfixturevalue(who))

    for page in ("edit/", "settle/met/"):
        assert client.post(f"/deployments/needs/{need.pk}/{page}").status_code in (403, 404)
    need.refresh_from_db()
    assert need.state == "open"


@pytest.mark.parametrize("sent", ["stranger", "nobody", "nonsense"])
def test_only_people_of_the_sending_unit_are_sent(staff, deployment, foreign_unit, sent):
    """The office sees everybody; the deployment takes its own unit's people alone."""
    keys = {"stranger": MemberFactory(unit=foreign_unit).pk, "nobody": NOBODY, "nonsense": "九"}

    answer = client_for(staff).post(
        f"/deployments/{deployment.pk}/people/send/", {"pk": [keys[sent]]}
    )

    assert answer.status_code == 422
    assert not Assignment.objects.exists()


def test_a_stranger_among_many_keeps_them_all(staff, deployment, unit, foreign_unit):
    people = [MemberFactory(unit=unit).pk, MemberFactory(unit=foreign_unit, name="赵敏").pk]

    answer = client_for(staff).post(f"/deployments/{deployment.pk}/people/send/", {"pk": people})

    assert answer.status_code == 422
    assert "赵敏" in answer.content.decode()
    assert not Assignment.objects.exists()


def test_a_foreign_stay_is_not_ended(reporter, campaign, foreign_unit):
    stay = AssignmentFactory(deployment=DeploymentFactory(campaign=campaign, unit=foreign_unit))

    answer = client_for(reporter).post(
        f"/deployments/assignments/{stay.pk}/end/", {"last_day": TODAY.isoformat()}
    )

    stay.refresh_from_db()
    assert (answer.status_code, stay.ends_on) == (404, None)


# --- pressed twice ------------------------------------------------------------------------------


def test_sending_twice_by_a_double_click_sends_once_and_says_where(staff, deployment, unit):
    person = MemberFactory(unit=unit)
    client, url = client_for(staff), f"/deployments/{deployment.pk}/people/send/"
    assert client.post(url, {"pk": person.pk}).status_code == 302

    again = client.post(url, {"pk": person.pk})

    assert again.status_code == 409
    assert "已派往" in again.content.decode()
    assert Assignment.objects.filter(member=person).count() == 1


@pytest.mark.parametrize("state", ["met", "closed"])
def test_settling_a_need_twice_is_harmless_and_told_to_the_second(staff, duty, campaign, state):
    need = NeedFactory(campaign=campaign)
    url = f"/deployments/needs/{need.pk}/settle/{state}/"
    client = client_for(staff)

    why = {"reason": "社区已自行解决"}

    first, again = client.post(url, why), client.post(url, why)
    second = client_for(duty).post(url, why)

    need.refresh_from_db()
    assert (first.status_code, again.status_code, second.status_code) == (302, 302, 409)
    assert (need.state, need.settled_by) == (state, staff)
    assert "不能再改" in second.content.decode()


def test_bringing_somebody_back_twice_keeps_the_first_day(staff, deployment, unit):
    stay = AssignmentFactory(deployment=deployment, member=MemberFactory(unit=unit))
    client, url = client_for(staff), f"/deployments/assignments/{stay.pk}/end/"
    first, later = TODAY, TODAY + dt.timedelta(days=3)
    assert client.post(url, {"last_day": first.isoformat()}).status_code == 302

    assert client.post(url, {"last_day": first.isoformat()}).status_code == 302
    again = client.post(url, {"last_day": later.isoformat()})

    stay.refresh_from_db()
    assert (again.status_code, stay.ends_on) == (422, first)


def test_forming_a_team_twice_by_a_double_click_forms_one(reporter, unit, campaign):
    form = {"unit": unit.pk, "name": "先锋突击队", "formed_on": TODAY.isoformat()}
    client = client_for(reporter)
    assert client.post("/deployments/teams/new/", form).status_code == 302

    again = client.post("/deployments/teams/new/", form)

    assert again.status_code == 422
    assert "已有同名突击队" in again.content.decode()
    assert Team.objects.count() == 1


# --- statements ---------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", ["days", "people", "publicity"])
def test_statements_of_a_deployments_tabs_do_not_grow(staff, deployment, unit, tab):
    client, url = client_for(staff), f"/deployments/{deployment.pk}/?tab={tab}"

    def more(back):
        DeploymentDayFactory(deployment=deployment, on=TODAY - dt.timedelta(days=back))
        AssignmentFactory(deployment=deployment, member__unit=unit)
        item = PublicityItemFactory(campaign=deployment.campaign, unit=unit)
        item.deployments.add(deployment)

    more(1)
    one = statements(client, url)
    more(2)
    more(3)

    assert statements(client, url) == one


@pytest.mark.parametrize("tab", ["deployments", "people"])
def test_statements_of_a_teams_tabs_do_not_grow(staff, campaign, unit, tab):
    team = TeamFactory(campaign=campaign, unit=unit)
    client, url = client_for(staff), f"/deployments/teams/{team.pk}/?tab={tab}"

    def more():
        row = DeploymentFactory(campaign=campaign, unit=unit, team=team)
        AssignmentFactory(deployment=row, member__unit=unit)
        DeploymentDayFactory(deployment=row)

    more()
    one = statements(client, url)
    more()
    more()

    assert statements(client, url) == one


def test_statements_of_a_need_do_not_grow(staff, campaign, unit):
    need = NeedFactory(campaign=campaign)
    client, url = client_for(staff), f"/deployments/needs/{need.pk}/"
    DeploymentFactory(campaign=campaign, unit=unit, need=need)
    one = statements(client, url)
    DeploymentFactory.create_batch(2, campaign=campaign, unit=unit, need=need)

    assert statements(client, url) == one


# --- sealed communities -------------------------------------------------------------------------


def sent_to(community, unit, **changed):
    form = {
        "unit": unit.pk,
        "community": community.pk,
        "task_type": TaskTypeFactory().pk,
        "nature": "sent",
        "starts_on": TODAY.isoformat(),
    }
    return {**form, **changed}


@pytest.fixture
def sealed(campaign):
    place = CommunityFactory(name="城东路社区")
    AreaStatusFactory(measure__is_sealed=True, community=place)
    return place


@pytest.mark.parametrize("days", [(0, None), (-3, None), (-3, 0), (5, 9)])
def test_a_unit_with_nobody_inside_sends_nobody_into_a_sealed_community(
    reporter, unit, foreign_unit, sealed, days
):
    first, last = (None if n is None else (TODAY + n * DAY).isoformat() for n in days)
    MemberFactory(unit=unit)
    MemberFactory(unit=unit, home_community=sealed, is_exempt=True)
    MemberFactory(unit=foreign_unit, home_community=sealed)
    form = sent_to(sealed, unit, starts_on=first, ends_on=last or "", is_local="on")

    answer = client_for(reporter).post("/deployments/new/", form)

    assert refused_at(answer) == ["community"]
    assert answer.context["form"].errors["community"][0] == (
        f"城东路社区已封闭，{unit}没有可派人员住在封闭范围内，不能派入；"
        "请改派范围内有人的单位，或待解除后再派。"
    )
    assert not Deployment.objects.exists()


def test_a_unit_with_people_inside_serves_on_the_spot(reporter, unit, sealed):
    AssignmentFactory(member=MemberFactory(unit=unit, home_community=sealed), starts_on=TODAY)
    before = Deployment.objects.count()
    form = sent_to(sealed, unit, is_local="on")

    assert client_for(reporter).post("/deployments/new/", form).status_code == 302

    assert Deployment.objects.count() == before + 1


def test_who_is_shut_in_an_estate_does_not_serve_the_sealed_community(reporter, unit, sealed):
    estate = EstateFactory(community=sealed)
    AreaStatusFactory(measure__is_sealed=True, community=None, estate=estate)
    MemberFactory(unit=unit, home_community=sealed, home_estate=estate)

    answer = client_for(reporter).post("/deployments/new/", sent_to(sealed, unit))

    assert refused_at(answer) == ["community"]


def test_a_sealed_street_is_served_by_its_residents(reporter, unit, campaign):
    place = CommunityFactory()
    AreaStatusFactory(measure__is_sealed=True, community=None, street=place.street)
    client = client_for(reporter)

    assert refused_at(client.post("/deployments/new/", sent_to(place, unit))) == ["community"]
    MemberFactory(unit=unit, home_community=CommunityFactory(street=place.street))
    assert client.post("/deployments/new/", sent_to(place, unit)).status_code == 302


def test_a_closure_of_a_drill_or_one_lifted_keeps_nobody_out(reporter, unit, campaign):
    place, free = CommunityFactory(), CommunityFactory()
    past = {"starts_at": timezone.now() - 9 * DAY, "ends_at": timezone.now() - 2 * DAY}
    AreaStatusFactory(measure__is_sealed=True, community=place, is_drill=True)
    AreaStatusFactory(measure__is_sealed=True, community=free, **past)
    client = client_for(reporter)

    for one in (place, free):
        assert client.post("/deployments/new/", sent_to(one, unit)).status_code == 302


def test_a_deployment_without_people_is_not_moved_into_a_sealed_community(
    reporter, deployment, sealed
):
    form = {"community": sealed.pk, "task_type": deployment.task_type_id, "nature": "sent"}

    answer = client_for(reporter).post(f"/deployments/{deployment.pk}/edit/", form)

    assert refused_at(answer) == ["community"]


@pytest.mark.parametrize("by_area", [False, True])
def test_heads_without_names_do_not_cross_a_boundary(reporter, deployment, unit, by_area):
    MemberFactory.create_batch(3, unit=unit)
    place = home = deployment.community
    closed = {"measure__is_sealed": True, "community": place}
    if by_area:  # who lives in another community of the area is inside as well
        area, home = NamedAreaFactory(), CommunityFactory()
        for one in (place, home):
            AreaPartFactory(area=area, community=one)
        closed |= {"community": None, "area": area}
    MemberFactory(unit=unit, home_community=home)
    AreaStatusFactory(**closed, starts_at=timezone.now() - DAY)
    day = {"day": TODAY.isoformat(), "expected": "4", "night": "0"}
    client, url = client_for(reporter), f"/deployments/{deployment.pk}/day/"

    crossing = client.post(url, day | {"present": "2"})
    inside = client.post(url, day | {"present": "1"})

    assert refused_at(crossing) == ["present"]
    assert crossing.context["form"].errors["present"][0] == (
        f"{deployment.community}当日封闭，{unit}在封闭范围内可到岗的有 1 人，"
        "住在范围外的不能进入，实到请按范围内人数登记。"
    )
    assert inside.status_code == 302


def test_the_same_deployment_once_more_is_asked_about(reporter, unit, campaign):
    form = sent_to(CommunityFactory(), unit)
    client = client_for(reporter)
    client.post("/deployments/new/", form)
    first = Deployment.objects.get()

    asked = client.post("/deployments/new/", form)
    again = client.post("/deployments/new/", form | {"again": "on"})

    assert refused_at(asked) == ["again"]
    assert f'href="{first.get_absolute_url()}"' in asked.content.decode()
    assert (again.status_code, Deployment.objects.count()) == (302, 2)
