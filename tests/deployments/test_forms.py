"""What the forms of the ledger refuse, whatever is sent, and what a second press does."""

import datetime as dt

import pytest

from apps.core.dates import business_day
from apps.deployments.models import Assignment, Need, Team
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
    NeedFactory,
    PublicityItemFactory,
    TaskTypeFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day()
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

    first, again = client.post(url), client.post(url)
    second = client_for(duty).post(url)

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
