import datetime as dt
import re

import pytest

from apps.core.dates import business_day
from apps.units.models import GroupMembership
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    CampaignFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
    PartyBranchFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db


def names(response):
    return [row[0] for row in cells(response)]


def test_unit_list_shows_each_role_its_units(staff, liaison, reporter, unit, foreign_unit):
    assert names(client_for(staff).get("/units/")) == ["示例甲", "示例乙"]
    assert names(client_for(liaison).get("/units/")) == ["示例甲"]
    assert names(client_for(reporter).get("/units/")) == ["示例甲"]


def test_unit_list_is_closed_to_who_has_no_business_there(city, outsider):
    assert client_for(city).get("/units/").status_code == 403
    assert client_for(outsider).get("/units/").status_code == 403


def test_a_unit_links_its_group_for_whoever_may_open_it(unit, group, staff, caseworker):
    def linked(user):
        return (
            f'href="{group.get_absolute_url()}"' in client_for(user).get(f"/units/{unit.pk}/").text
        )

    assert linked(staff)
    assert not linked(caseworker)


def test_unit_list_row_tells_group_people_and_who_is_on_duty(staff, unit):
    MemberFactory.create_batch(2, unit=unit)
    deployment = DeploymentFactory(unit=unit, campaign=CampaignFactory())
    DeploymentDayFactory(deployment=deployment, present=7)

    [row] = cells(client_for(staff).get("/units/"))

    assert row[:7] == ["示例甲", "省直机关", "第3组", "—", unit.duty_phone, "2", "7"]


def test_unit_without_an_entry_of_the_day_is_not_shown_as_zero(staff, unit):
    campaign = CampaignFactory()
    client = client_for(staff)

    [row] = cells(client.get("/units/"))
    assert row[6] == "无派出"

    DeploymentFactory(unit=unit, campaign=campaign)
    [row] = cells(client.get("/units/"))
    assert row[6] == "未登记"


def test_unit_list_filters_by_two_characters_group_and_line(staff, unit, foreign_unit):
    unit.function_lines = ["water"]
    unit.save()
    client = client_for(staff)

    assert names(client.get("/units/?q=例乙")) == ["示例乙"]
    assert names(client.get("/units/?line=water")) == ["示例甲"]
    group = GroupMembership.objects.get(unit=foreign_unit).group_id
    assert names(client.get(f"/units/?group={group}")) == ["示例乙"]


def test_unit_list_takes_as_many_statements_for_three_as_for_one(staff, unit, group):
    client = client_for(staff)
    CampaignFactory()
    one = statements(client, "/units/")
    for other in UnitFactory.create_batch(2, group=group):
        MemberFactory(unit=other)

    assert statements(client, "/units/") == one


def test_foreign_unit_is_not_found(liaison, foreign_unit):
    assert client_for(liaison).get(f"/units/{foreign_unit.pk}/").status_code == 404


def test_unit_record_shows_its_groups_and_branches(staff, unit, foreign_group):
    PartyBranchFactory(unit=unit, name="机关第一党支部")

    body = client_for(staff).get(f"/units/{unit.pk}/?tab=branches").content.decode()

    assert "机关第一党支部" in body
    assert "联络组沿革" in body
    assert "第3组" in body


def test_group_change_form_moves_the_unit_from_a_day(staff, unit, foreign_group):
    since = business_day() + dt.timedelta(days=3)

    response = client_for(staff).post(
        f"/units/{unit.pk}/group/", {"group": foreign_group.pk, "since": since.isoformat()}
    )

    assert response.status_code == 302
    rows = GroupMembership.objects.filter(unit=unit).order_by("starts_on")
    assert [(r.group.number, r.starts_on) for r in rows][1:] == [(4, since)]


def test_group_change_of_a_past_day_is_refused_at_its_field(staff, unit, foreign_group):
    response = client_for(staff).post(
        f"/units/{unit.pk}/group/", {"group": foreign_group.pk, "since": "2021-08-01"}
    )

    assert response.status_code == 422
    assert "以前各日的归属保持不变" in response.content.decode()
    assert GroupMembership.objects.filter(unit=unit).count() == 1


def test_units_and_groups_are_changed_by_the_office_alone(liaison, reporter, unit):
    for user in (liaison, reporter):
        client = client_for(user)
        assert client.get(f"/units/{unit.pk}/edit/").status_code == 403
        assert client.get(f"/units/{unit.pk}/group/").status_code == 403


def test_unit_edit_saves_its_duty_phone(staff, unit):
    response = client_for(staff).post(
        f"/units/{unit.pk}/edit/",
        {"duty_phone": "0371-00000001", "duty_email": "", "function_lines": ["water"]},
    )

    assert response.status_code == 302
    unit.refresh_from_db()
    assert (unit.duty_phone, unit.function_lines) == ("0371-00000001", ["water"])


def test_a_duty_phone_is_one_that_can_be_dialled(staff, unit):
    url, before = f"/units/{unit.pk}/edit/", unit.duty_phone

    for typed in ("没有", "138****0001", "12"):
        answer = client_for(staff).post(url, {"duty_phone": typed, "duty_email": ""})
        assert answer.context["form"].errors["duty_phone"] == [
            "不是电话号码，请填 11 位手机号，或带区号的固定电话，例如 0371-65901234。"
        ]

    unit.refresh_from_db()
    assert unit.duty_phone == before


def test_group_list_shows_own_group_only(liaison, unit, foreign_unit):
    [row] = cells(client_for(liaison).get("/units/groups/"))

    assert row[:4] == ["第3组", "未指定", "1", "1"]


def test_units_of_a_group_open_from_their_number(staff, unit, foreign_unit, group):
    page = client_for(staff).get("/units/groups/").content.decode()

    (address,) = re.findall(rf'href="(/units/\?group={group.pk})"', page)
    assert [row["pk"] for row in client_for(staff).get(address).context_data["table"].rows] == [
        unit.pk
    ]


def test_foreign_group_is_not_found(liaison, foreign_group):
    assert client_for(liaison).get(f"/units/groups/{foreign_group.pk}/").status_code == 404


def test_group_leader_is_one_of_its_people(staff, liaison, leader, group):
    client = client_for(staff)

    assert client.post(f"/units/groups/{group.pk}/edit/", {"leader": leader.pk}).status_code == 422
    assert client.post(f"/units/groups/{group.pk}/edit/", {"leader": liaison.pk}).status_code == 302

    group.refresh_from_db()
    assert group.leader == liaison


def test_group_list_statements_do_not_grow(staff, group, foreign_group):
    client = client_for(staff)
    one = statements(client, "/units/groups/")
    UnitFactory.create_batch(3, group=group)

    assert statements(client, "/units/groups/") == one


def test_unit_lookup_offers_own_units_only(reporter, unit, foreign_unit):
    found = client_for(reporter).get("/units/lookup/?q=示例").json()

    assert found == {"results": [{"id": unit.pk, "text": "示例甲"}]}
