import datetime as dt

import pytest

from apps.communities.models import Community
from apps.core.dates import business_day
from apps.units.models import Membership
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import AssignmentFactory, CommunityFactory, EstateFactory, MemberFactory

pytestmark = pytest.mark.django_db


def names(response):
    return [row[0] for row in cells(response)]


def test_member_list_is_limited_to_the_units_of_today(reporter, staff, unit, foreign_unit):
    MemberFactory(name="王芳", unit=unit)
    gone = MemberFactory(name="李强")
    Membership.objects.create(
        member=gone, unit=unit, starts_on=dt.date(2021, 1, 1), ends_on=dt.date(2021, 6, 30)
    )
    MemberFactory(name="赵敏", unit=foreign_unit)

    assert names(client_for(reporter).get("/units/members/")) == ["王芳"]
    assert names(client_for(staff).get("/units/members/")) == ["王芳", "李强", "赵敏"]


def test_member_list_never_writes_a_phone_in_full(staff, unit):
    MemberFactory(unit=unit, phone="13900001234")

    body = client_for(staff).get("/units/members/").content.decode()

    assert "139****1234" in body
    assert "13900001234" not in body


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("王", ["王芳", "王小芳"]),
        ("王芳", ["王芳"]),
        ("小芳", ["王小芳"]),
        ("芳王", []),
        ("M00009", ["李强"]),
        ("m00009", ["李强"]),
        ("%", []),
    ],
)
def test_member_list_finds_by_part_of_a_name_or_beginning_of_a_number(staff, unit, asked, found):
    MemberFactory(name="王芳", unit=unit, member_no="M00001")
    MemberFactory(name="王小芳", unit=unit, member_no="M00002")
    MemberFactory(name="李强", unit=unit, member_no="M00009")

    assert names(client_for(staff).get("/units/members/", {"q": asked})) == found


def test_member_list_filters_by_unit_and_exemption(staff, unit, foreign_unit):
    MemberFactory(name="王芳", unit=unit, is_exempt=True)
    MemberFactory(name="李强", unit=unit)
    MemberFactory(name="赵敏", unit=foreign_unit)
    client = client_for(staff)

    assert names(client.get(f"/units/members/?unit={unit.pk}")) == ["王芳", "李强"]
    assert names(client.get("/units/members/?exempt=yes")) == ["王芳"]


def test_a_unit_out_of_scope_cannot_be_asked_for(reporter, unit, foreign_unit):
    MemberFactory(name="王芳", unit=unit)
    MemberFactory(name="赵敏", unit=foreign_unit)

    response = client_for(reporter).get(f"/units/members/?unit={foreign_unit.pk}")

    assert "赵敏" not in response.content.decode()


def test_member_list_takes_as_many_statements_for_three_as_for_one(staff, unit):
    client = client_for(staff)
    MemberFactory(unit=unit, home_community=CommunityFactory())
    one = statements(client, "/units/members/")
    MemberFactory.create_batch(2, unit=unit, home_community=Community.objects.get())

    assert statements(client, "/units/members/") == one


def test_pages_do_not_overlap(staff, unit):
    MemberFactory.create_batch(60, unit=unit)
    client = client_for(staff)

    seen = [row[1] for page in (1, 2) for row in cells(client.get(f"/units/members/?page={page}"))]

    assert len(seen) == len(set(seen)) == 60


def test_foreign_member_is_not_found(reporter, foreign_unit):
    person = MemberFactory(unit=foreign_unit)

    assert client_for(reporter).get(f"/units/members/{person.pk}/").status_code == 404


def test_member_record_tells_where_they_were_sent(staff, unit):
    person = MemberFactory(unit=unit, phone="13900001234")
    AssignmentFactory(
        member=person, deployment__unit=unit, deployment__community__name="城东路社区"
    )

    response = client_for(staff).get(f"/units/members/{person.pk}/?tab=assignments")

    assert [row[0] for row in cells(response)] == ["城东路社区"]
    assert "13900001234" not in response.content.decode()


def test_member_edit_replaces_the_phone_and_keeps_it_when_left_empty(staff, unit):
    person = MemberFactory(unit=unit, phone="13900001234")
    client, form = client_for(staff), {"kind": "member", "new_phone": ""}

    assert client.post(f"/units/members/{person.pk}/edit/", form).status_code == 302
    person.refresh_from_db()
    assert person.phone == "13900001234"

    refused = client.post(f"/units/members/{person.pk}/edit/", {**form, "new_phone": "12345"})
    assert list(refused.context["form"].errors) == ["new_phone"]
    client.post(f"/units/members/{person.pk}/edit/", {**form, "new_phone": "139 0000-5678"})
    person.refresh_from_db()
    assert person.phone == "13900005678"


def test_home_estate_lies_in_the_home_community(staff, unit):
    person = MemberFactory(unit=unit)
    form = {
        "kind": "member",
        "home_community": CommunityFactory().pk,
        "home_estate": EstateFactory().pk,
    }

    response = client_for(staff).post(f"/units/members/{person.pk}/edit/", form)

    assert response.status_code == 422
    assert "该小区不在所填的居住社区" in response.content.decode()


def test_transfer_form_ends_one_membership_and_begins_another(staff, unit, foreign_unit):
    person = MemberFactory(unit=unit)
    form = {"unit": foreign_unit.pk, "branch": "", "since": business_day().isoformat()}

    assert client_for(staff).post(f"/units/members/{person.pk}/transfer/", form).status_code == 302

    rows = Membership.objects.filter(member=person).order_by("starts_on")
    assert [row.unit for row in rows] == [unit, foreign_unit]
