"""Dated changes through their forms: foreign ids, and what a second press does."""

import pytest

from apps.accounts.models import AuditEntry
from apps.core.dates import business_day
from apps.units.models import GroupMembership, Membership
from tests.cast import client_for
from tests.factories import MemberFactory, PartyBranchFactory

pytestmark = pytest.mark.django_db
TODAY = business_day()
NOBODY = 999_999


def refused_at(answer):
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert all("。" in said for messages in errors.values() for said in messages)
    return list(errors)


@pytest.mark.parametrize("wrong", [NOBODY, "0", "-1", "三", ""])
def test_a_group_that_is_none_is_refused_at_its_field(staff, unit, wrong):
    before = list(GroupMembership.objects.values())

    answer = client_for(staff).post(
        f"/units/{unit.pk}/group/", {"group": wrong, "since": TODAY.isoformat()}
    )

    assert refused_at(answer) == ["group"]
    assert list(GroupMembership.objects.values()) == before


@pytest.mark.parametrize(("field", "wrong"), [("unit", NOBODY), ("branch", NOBODY), ("unit", "三")])
def test_a_foreign_id_in_any_field_of_a_transfer_is_refused(
    staff, unit, foreign_unit, field, wrong
):
    member = MemberFactory(unit=unit)
    form = {"unit": foreign_unit.pk, "branch": "", "since": TODAY.isoformat(), field: wrong}

    answer = client_for(staff).post(f"/units/members/{member.pk}/transfer/", form)

    assert refused_at(answer) == [field]
    assert Membership.objects.get(member=member).unit == unit


def test_a_branch_of_another_unit_is_refused_at_its_field(staff, unit, foreign_unit):
    member, branch = MemberFactory(unit=unit), PartyBranchFactory(unit=unit)
    form = {"unit": foreign_unit.pk, "branch": branch.pk, "since": TODAY.isoformat()}

    answer = client_for(staff).post(f"/units/members/{member.pk}/transfer/", form)

    assert refused_at(answer) == ["branch"]
    assert Membership.objects.get(member=member).unit == unit


def test_nobody_but_the_office_transfers(reporter, liaison, unit, foreign_unit):
    member = MemberFactory(unit=unit)
    form = {"unit": foreign_unit.pk, "since": TODAY.isoformat()}

    for user in (reporter, liaison):
        answer = client_for(user).post(f"/units/members/{member.pk}/transfer/", form)
        assert answer.status_code == 403
    assert Membership.objects.get(member=member).unit == unit


@pytest.mark.parametrize("field", ["home_community", "home_estate"])
def test_a_place_that_is_none_is_refused_at_its_field(staff, unit, field):
    member = MemberFactory(unit=unit)

    answer = client_for(staff).post(
        f"/units/members/{member.pk}/edit/", {"kind": "member", field: NOBODY}
    )

    assert refused_at(answer) == [field]


def test_a_group_change_sent_twice_is_said_and_done_once(staff, unit, foreign_group):
    form = {"group": foreign_group.pk, "since": TODAY.isoformat()}
    client, url = client_for(staff), f"/units/{unit.pk}/group/"
    assert client.post(url, form).status_code == 302
    after = list(GroupMembership.objects.values())

    again = client.post(url, form)

    assert (again.status_code, "与现在的归属相同" in again.content.decode()) == (422, True)
    assert list(GroupMembership.objects.values()) == after


def test_a_transfer_sent_twice_is_said_and_done_once(staff, unit, foreign_unit):
    member = MemberFactory(unit=unit)
    form = {"unit": foreign_unit.pk, "branch": "", "since": TODAY.isoformat()}
    client, url = client_for(staff), f"/units/members/{member.pk}/transfer/"
    assert client.post(url, form).status_code == 302
    after = list(Membership.objects.values())

    again = client.post(url, form)

    assert (again.status_code, "与现在的归属相同" in again.content.decode()) == (422, True)
    assert list(Membership.objects.values()) == after


def test_a_phone_revealed_twice_is_recorded_twice_and_changes_nothing(staff, unit):
    member = MemberFactory(unit=unit, phone="13900001234")
    client, url = client_for(staff), f"/units/members/{member.pk}/reveal/phone/"
    before = AuditEntry.objects.count()

    answers = [client.post(url, {"reason": "联系夜班轮换"}) for _ in range(2)]

    assert all("13900001234" in answer.content.decode() for answer in answers)
    member.refresh_from_db()
    assert member.phone == "13900001234"
    assert AuditEntry.objects.count() in (before, before + 2)
