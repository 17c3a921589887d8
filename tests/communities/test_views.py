import datetime as dt

import pytest
from django.utils import timezone

from apps.communities.models import AreaStatus
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AreaStatusFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    EstateFactory,
    MeasureFactory,
    NeedFactory,
)

pytestmark = pytest.mark.django_db
NOW = "2021-08-05T18:00"


def names(response):
    return [row[0] for row in cells(response)]


def status_form(**changed):
    form = {
        "street": "",
        "community": "",
        "estate": "",
        "starts_at": NOW,
        "basis": "通告2021年31号",
    }
    return {**form, **changed}


def test_community_list_shows_measures_of_street_and_estate_too(staff):
    plain, own, around = CommunityFactory.create_batch(3)
    estate = EstateFactory()
    AreaStatusFactory(community=own, measure__name="封控管理")
    AreaStatusFactory(community=None, street=around.street, measure__name="中风险", measure__kind=1)
    AreaStatusFactory(community=None, estate=estate, measure__name="封闭管理")

    rows = cells(client_for(staff).get("/communities/"))

    assert [(row[0], row[-1]) for row in rows] == [
        (plain.name, ""),
        (own.name, "封控管理"),
        (around.name, "中风险"),
        (estate.community.name, "封闭管理"),
    ]


def test_a_measure_lifted_is_no_longer_shown(staff):
    AreaStatusFactory(
        starts_at=timezone.now() - dt.timedelta(days=2),
        ends_at=timezone.now(),
        measure__name="封控",
    )

    [row] = cells(client_for(staff).get("/communities/"))

    assert row[-1] == ""


def test_community_list_filters_by_name_district_and_measure(staff):
    one, two = CommunityFactory(name="城东路社区"), CommunityFactory(name="经八路社区")
    status = AreaStatusFactory(community=two)
    client = client_for(staff)

    assert names(client.get("/communities/?q=城东")) == ["城东路社区"]
    assert names(client.get(f"/communities/?district={one.street.district_id}")) == ["城东路社区"]
    assert names(client.get(f"/communities/?measure={status.measure_id}")) == ["经八路社区"]


def test_community_list_takes_as_many_statements_for_three_as_for_one(staff):
    client = client_for(staff)
    AreaStatusFactory()
    one = statements(client, "/communities/")
    AreaStatusFactory.create_batch(2)

    assert statements(client, "/communities/") == one


def test_community_record_has_its_people_of_the_day_and_its_needs(staff, unit):
    campaign, community = CampaignFactory(), CommunityFactory()
    deployment = DeploymentFactory(campaign=campaign, unit=unit, community=community)
    DeploymentDayFactory(deployment=deployment, expected=10, present=9)
    NeedFactory(campaign=campaign, community=community, heads=12)
    client, url = client_for(staff), f"/communities/{community.pk}/"

    assert cells(client.get(f"{url}?tab=deployments"))[0][0] == "示例甲"
    assert cells(client.get(f"{url}?tab=needs"))[0][2:5] == ["12", "0", "12"]


def test_the_units_of_others_are_not_shown_at_a_community(reporter, foreign_unit):
    campaign = CampaignFactory()
    deployment = DeploymentFactory(campaign=campaign, unit=foreign_unit)
    url = f"/communities/{deployment.community_id}/?tab=deployments"

    assert cells(client_for(reporter).get(url)) == []


def test_area_status_is_laid_with_its_notice(staff):
    community, measure = CommunityFactory(), MeasureFactory()
    form = status_form(community=community.pk, measure=measure.pk)

    assert client_for(staff).post("/communities/statuses/new/", form).status_code == 302

    row = AreaStatus.objects.get()
    assert (row.community, row.kind, row.basis) == (community, measure.kind, "通告2021年31号")


@pytest.mark.parametrize("is_drill", [True, False])
def test_a_closure_laid_during_a_drill_is_of_the_drill(staff, is_drill):
    CampaignFactory(is_drill=is_drill)
    community = CommunityFactory()

    answer = client_for(staff).get(f"/communities/statuses/new/?community={community.pk}")

    form = answer.context["form"]
    assert (form["is_drill"].value(), form["community"].value()) == (is_drill, str(community.pk))


def test_area_status_names_exactly_one_place(staff):
    form = status_form(measure=MeasureFactory().pk)

    response = client_for(staff).post("/communities/statuses/new/", form)

    assert response.status_code == 422
    assert "请在街道、社区、小区、自定范围中只选一项" in response.content.decode()


def test_a_second_measure_of_the_kind_on_the_place_is_refused_in_a_sentence(staff):
    first = AreaStatusFactory(starts_at=dt.datetime(2021, 8, 1, tzinfo=dt.UTC))
    form = status_form(community=first.community_id, measure=MeasureFactory(kind=first.kind).pk)

    response = client_for(staff).post("/communities/statuses/new/", form)

    assert response.status_code == 422
    assert "请先填写这一条的解除时间" in response.content.decode()
    assert AreaStatus.objects.count() == 1


def test_lifting_a_measure_records_when(staff):
    row = AreaStatusFactory(starts_at=dt.datetime(2021, 8, 1, tzinfo=dt.UTC))

    client_for(staff).post(
        f"/communities/statuses/{row.pk}/end/", {"ends_at": NOW, "basis": "通告2021年40号"}
    )

    row.refresh_from_db()
    assert (row.ends_at, row.basis) == (
        dt.datetime(2021, 8, 5, 10, tzinfo=dt.UTC),
        "通告2021年40号",
    )


def test_measures_are_laid_by_the_office_alone(liaison, reporter, city):
    for user in (liaison, reporter, city):
        assert client_for(user).get("/communities/statuses/new/").status_code == 403


def test_area_status_list_statements_do_not_grow(staff):
    client = client_for(staff)
    AreaStatusFactory()
    AreaStatusFactory(community=None, estate=EstateFactory())
    few = statements(client, "/communities/statuses/")
    AreaStatusFactory.create_batch(2)

    assert statements(client, "/communities/statuses/") == few


@pytest.mark.parametrize("field", ["community", "street", "estate", "measure"])
@pytest.mark.parametrize("wrong", [999_999, "0", "-1", "九"])
def test_an_id_of_nothing_in_any_field_of_a_status_is_refused(staff, field, wrong):
    form = status_form(community=CommunityFactory().pk, measure=MeasureFactory().pk)
    if field in ("street", "estate"):
        form["community"] = ""

    answer = client_for(staff).post("/communities/statuses/new/", {**form, field: wrong})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not AreaStatus.objects.exists()


def test_a_status_laid_twice_by_a_double_click_is_laid_once(staff):
    form = status_form(community=CommunityFactory().pk, measure=MeasureFactory().pk)
    client = client_for(staff)
    assert client.post("/communities/statuses/new/", form).status_code == 302

    again = client.post("/communities/statuses/new/", form)

    assert (again.status_code, "请先填写这一条" in again.content.decode()) == (422, True)
    assert AreaStatus.objects.count() == 1


def test_a_status_lifted_twice_by_a_double_click_stays_lifted(staff):
    row = AreaStatusFactory(starts_at=dt.datetime(2021, 8, 1, tzinfo=dt.UTC))
    client, url = client_for(staff), f"/communities/statuses/{row.pk}/end/"
    form = {"ends_at": NOW, "basis": "通告2021年40号"}
    assert client.post(url, form).status_code == 302
    row.refresh_from_db()

    client.post(url, form)

    before = row.ends_at
    row.refresh_from_db()
    assert (row.ends_at, row.basis) == (before, "通告2021年40号")


def test_a_status_list_takes_as_many_statements_for_three_as_for_one(staff):
    client = client_for(staff)
    AreaStatusFactory()
    one = statements(client, "/communities/statuses/")
    AreaStatusFactory.create_batch(2)

    assert statements(client, "/communities/statuses/") == one


def test_a_status_without_a_measure_is_refused_at_its_field(staff):
    form = status_form(community=CommunityFactory().pk, measure="")

    answer = client_for(staff).post("/communities/statuses/new/", form)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["measure"])


def test_an_end_before_the_start_is_refused_at_the_field(staff):
    place = CommunityFactory()
    laid = AreaStatusFactory(measure__is_sealed=True)
    client = client_for(staff)

    new = status_form(community=place.pk, measure=MeasureFactory().pk, ends_at="2021-08-05T17:00")
    answer = client.post("/communities/statuses/new/", new)
    assert answer.status_code == 422
    assert "解除时间应晚于起始时间" in answer.context["form"].errors["ends_at"][0]
    end = {"ends_at": "2020-01-01T08:00", "basis": "通告33号"}
    answer = client.post(f"/communities/statuses/{laid.pk}/end/", end)
    assert answer.status_code == 422
    assert "解除时间应晚于起始时间" in answer.context["form"].errors["ends_at"][0]
