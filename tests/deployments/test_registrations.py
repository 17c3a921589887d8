"""双报到: units and members, one and all at once, with receipts and what is missing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.core.dates import business_day
from apps.deployments.enums import NeedState
from apps.deployments.models import MemberRegistration, UnitRegistration
from apps.deployments.services.registrations import register_unit_members
from apps.units.enums import MemberKind
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AllocationSheetFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    MemberFactory,
    MemberRegistrationFactory,
    NeedFactory,
    UnitRegistrationFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
UNITS = "/deployments/registrations/units/"
MEMBERS = "/deployments/registrations/members/"
COVERAGE = "/deployments/registrations/"
MISSING = "/deployments/registrations/missing/"
BULK = "/deployments/registrations/bulk/"


@pytest.fixture
def place(db):
    return CommunityFactory(name="城东路社区")


def unit_form(whose, where, **changed):
    form = {
        "unit": whose.pk,
        "community": where.pk,
        "starts_on": business_day().isoformat(),
        "ends_on": "",
        "contact": "联络人甲",
        "contact_phone": "0371-65500002",
        "services": "政策宣传",
        "received_on": "",
        "received_by": "",
        "note": "",
    }
    return {**form, **changed}


def member_form(member, community, **changed):
    form = {
        "member": member.pk,
        "community": community.pk,
        "starts_on": business_day().isoformat(),
        "ends_on": "",
        "received_on": "",
        "received_by": "",
        "note": "",
    }
    return {**form, **changed}


def errors(answer):
    assert answer.status_code == 422
    return {name: found[0] for name, found in answer.context["form"].errors.items()}


def test_a_unit_registers_and_its_receipt_comes_back(reporter, unit, place):
    client = client_for(reporter)

    client.post(f"{UNITS}new/", unit_form(unit, place))
    row = UnitRegistration.objects.get()
    client.post(
        f"{UNITS}{row.pk}/edit/",
        unit_form(unit, place, received_on=business_day().isoformat(), received_by="经办人乙"),
    )

    row.refresh_from_db()
    assert (row.unit, row.community, row.received_by, row.recorded_by) == (
        unit, place, "经办人乙", reporter,
    )  # fmt: skip
    assert AuditEntry.objects.filter(table="deployments_unitregistration").exists()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "已收到" in page


def test_the_form_of_a_unit_knows_its_office(reporter, unit, place):
    unit.office_community = place
    unit.save()

    form = client_for(reporter).get(f"{UNITS}new/").context["form"]

    assert (form.initial["unit"], form.initial["community"]) == (unit.pk, place.pk)


def test_a_slip_is_kept_and_served_in_scope(reporter, unit, place, foreign_unit, liaison):
    from tests.publicity.desk import photo

    client = client_for(reporter)
    client.post(f"{UNITS}new/", {**unit_form(unit, place), "slips": [photo()]})
    row = UnitRegistration.objects.get()
    url = reverse("deployments:registration_slip_photo", args=[row.pk])

    answer = client.get(url)
    assert answer["Content-Type"].startswith("image/")
    assert b"".join(answer.streaming_content)
    foreign = UnitRegistrationFactory(unit=foreign_unit, slip=row.slip)
    url = reverse("deployments:registration_slip_photo", args=[foreign.pk])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"ends_on": "2020-01-01"}, "ends_on", "截止日期不得早于报到日期"),
        ({"received_on": "2999-01-01", "received_by": "甲"}, "received_on", "还没到这一天"),
        ({"received_on": "2020-01-01", "received_by": "甲"}, "received_on", "不得早于报到日期"),
        ({"received_by": "甲"}, "received_on", "请填写回执日期"),
        ({"community": "999999"}, "community", "选择"),
        ({"starts_on": "不知道"}, "starts_on", "日期"),
        ({"starts_on": "2999-01-01"}, "starts_on", "还没到这一天，请填写今天或以前的日期。"),
        ({"starts_on": "1921-07-23"}, "starts_on", "日期在二十年以前，请核对年份。"),
        ({"ends_on": "2999-01-01"}, "ends_on", "日期在一年以后，请核对年份。"),
        ({"contact_phone": "xyz"}, "contact_phone", "不是电话号码，请填 11 位手机号"),
    ],
)
def test_wrong_input_of_a_unit_is_refused_at_the_field(reporter, unit, place, changed, field, said):
    answer = client_for(reporter).post(f"{UNITS}new/", unit_form(unit, place, **changed))

    assert said in errors(answer)[field]
    assert not UnitRegistration.objects.exists()


def test_nobody_registers_a_foreign_unit_or_its_people(reporter, unit, foreign_unit, place):
    client = client_for(reporter)
    stranger = MemberFactory(unit=foreign_unit)

    assert "unit" in errors(client.post(f"{UNITS}new/", unit_form(foreign_unit, place)))
    assert "member" in errors(client.post(f"{MEMBERS}new/", member_form(stranger, place)))
    assert "unit" in errors(client.post(BULK, {"unit": foreign_unit.pk, "on": business_day()}))
    theirs = MemberRegistrationFactory(member=stranger)
    assert client.get(f"{MEMBERS}{theirs.pk}/edit/").status_code == 404
    row = UnitRegistrationFactory(unit=foreign_unit)
    assert client.get(row.get_absolute_url()).status_code == 404


def test_two_registrations_at_a_time_are_refused_with_the_way_out(reporter, unit, place):
    member = MemberFactory(unit=unit)
    ours = UnitRegistrationFactory(unit=unit)
    theirs = MemberRegistrationFactory(member=member)
    client = client_for(reporter)

    said = errors(client.post(f"{UNITS}new/", unit_form(unit, place)))
    assert said.keys() == {"starts_on"}
    assert f"起已向{ours.community}报到，请先填写那一段的截止日期。" in said["starts_on"]
    said = errors(client.post(f"{MEMBERS}new/", member_form(member, place)))
    assert said.keys() == {"starts_on"}
    assert f"起已向{theirs.community}报到，请先填写那一段的截止日期。" in said["starts_on"]


def test_no_registration_is_moved_to_a_day_to_come(reporter, unit, place):
    ours = UnitRegistrationFactory(unit=unit)
    theirs = MemberRegistrationFactory(member=MemberFactory(unit=unit))
    ahead = {"starts_on": "2999-01-01"}
    client = client_for(reporter)

    answers = [
        client.post(f"{UNITS}{ours.pk}/edit/", unit_form(unit, place, **ahead)),
        client.post(f"{MEMBERS}{theirs.pk}/edit/", member_form(theirs.member, place, **ahead)),
    ]

    for answer in answers:
        assert errors(answer) == {"starts_on": "还没到这一天，请填写今天或以前的日期。"}


def test_retired_members_do_not_register(staff, unit, place):
    retired = MemberFactory(unit=unit, kind=MemberKind.RETIRED)

    said = errors(client_for(staff).post(f"{MEMBERS}new/", member_form(retired, place)))

    assert "双报到只登记在职党员" in said["member"]


def test_a_whole_unit_registers_where_its_people_live(reporter, unit, place, foreign_unit):
    at_home = [MemberFactory(unit=unit, home_community=place) for _ in range(3)]
    nowhere = MemberFactory(unit=unit)
    MemberFactory(unit=unit, home_community=place, kind=MemberKind.CITIZEN)
    MemberFactory(unit=foreign_unit, home_community=place)
    done = MemberRegistrationFactory(member=at_home[0], starts_on=business_day() - DAY)

    answer = client_for(reporter).post(
        BULK, {"unit": unit.pk, "on": business_day().isoformat()}, follow=True
    )

    assert "已登记 2 人；另有 1 人居住社区不详" in answer.content.decode()
    rows = MemberRegistration.objects.exclude(pk=done.pk)
    assert {(r.member, r.community, r.recorded_by) for r in rows} == {
        (member, place, reporter) for member in at_home[1:]
    }
    again = register_unit_members(unit, on=business_day(), by=reporter, now=timezone.now())
    assert again == 0
    assert not MemberRegistration.objects.filter(member=nowhere).exists()


def test_a_whole_unit_is_one_statement(reporter, unit, place, django_assert_num_queries):
    MemberFactory.create_batch(4, unit=unit, home_community=place)

    with django_assert_num_queries(1):
        register_unit_members(unit, on=business_day(), by=reporter, now=timezone.now())


@pytest.mark.parametrize("day", ["2999-01-01", "1921-07-23", "", "昨天"])
def test_bulk_registration_refuses_a_wrong_day(reporter, unit, day):
    MemberFactory(unit=unit)

    assert "on" in errors(client_for(reporter).post(BULK, {"unit": unit.pk, "on": day}))


def test_a_unit_without_people_is_told_so(staff, unit):
    said = errors(client_for(staff).post(BULK, {"unit": unit.pk, "on": business_day()}))

    assert "请先建立名册" in said["unit"]


def test_coverage_counts_by_unit_and_names_who_is_missing(staff, unit, foreign_unit, place, group):
    registered, missing = MemberFactory.create_batch(2, unit=unit, home_community=place)
    MemberRegistrationFactory(member=registered, community=place)
    MemberFactory(unit=foreign_unit)
    UnitRegistrationFactory(unit=unit, community=place)
    client = client_for(staff)

    rows = {row[0]: row[1:] for row in cells(client.get(COVERAGE))}

    assert rows["示例甲"] == ["第3组", "城东路社区", "未收到", "2", "1", "1", "0", "50.0%"]
    assert rows["示例乙"][1:] == ["未报到", "未收到", "1", "0", "1", "1", "0.0%"]
    assert [row[0] for row in cells(client.get(f"{COVERAGE}?group={group.pk}"))] == ["示例甲"]
    assert [row[0] for row in cells(client.get(f"{COVERAGE}?unit_done=no"))] == ["示例乙"]
    names = [row[0] for row in cells(client.get(f"{MISSING}?unit={unit.pk}"))]
    assert names == [missing.name]


def test_lists_show_what_is_in_scope(reporter, liaison, leader, city, unit, foreign_unit):
    ours, theirs = MemberFactory(unit=unit), MemberFactory(unit=foreign_unit)
    for member in (ours, theirs):
        MemberRegistrationFactory(member=member)
    MemberFactory(unit=foreign_unit, name="别家人")
    UnitRegistrationFactory(unit=unit)
    UnitRegistrationFactory(unit=foreign_unit)

    for user, units in ((reporter, 1), (liaison, 1), (leader, 2)):
        client = client_for(user)
        assert len(cells(client.get(UNITS))) == units
        assert len(cells(client.get(MEMBERS))) == units
        assert len(cells(client.get(COVERAGE))) == units
        assert ("别家人" in client.get(MISSING).content.decode()) == (units == 2)
    for url in (UNITS, MEMBERS, COVERAGE, MISSING, BULK):
        assert client_for(city).get(url).status_code == 403
    assert client_for(leader).get(BULK).status_code == 403
    assert client_for(liaison).get(f"{UNITS}new/").status_code == 403


def test_sheets_print_in_scope(reporter, city, unit, foreign_unit, place):
    member = MemberFactory(unit=unit, home_community=place, name="王某某")
    MemberRegistrationFactory(member=member, community=place)
    AssignmentFactory(deployment=DeploymentFactory(unit=unit, community=place), member=member)
    row = UnitRegistrationFactory(unit=unit, community=place, services="政策宣传")
    NeedFactory(community=place, heads=12)
    client = client_for(reporter)

    slip = client.get(reverse("deployments:registration_slip", args=[row.pk])).content.decode()
    assert "示例单位甲向社区报到单" in slip
    assert "报到回执" in slip
    needs = client.get(reverse("deployments:registration_needs", args=[row.pk])).content.decode()
    assert "政策宣传" in needs
    card = client.get(reverse("deployments:registration_card", args=[member.pk])).content.decode()
    assert "王某某" in card
    assert "城东路社区" in card
    theirs = MemberFactory(unit=foreign_unit)
    for name, pk in (
        ("registration_card", theirs.pk),
        ("registration_slip", UnitRegistrationFactory(unit=foreign_unit).pk),
    ):
        assert client.get(reverse(f"deployments:{name}", args=[pk])).status_code == 404


def test_papers_are_marked_by_what_they_are_of_not_by_the_campaign_in_hand(staff, unit, place):
    drill, real = CampaignFactory(code="drill", is_drill=True), CampaignFactory(code="real")
    row = UnitRegistrationFactory(unit=unit, community=place)
    slip = reverse("deployments:registration_slip", args=[row.pk])
    sheets = [
        reverse("deployments:allocation_print", args=[AllocationSheetFactory(campaign=of).pk])
        for of in (drill, real)
    ]
    client = client_for(staff)

    for in_hand in ("drill", "real"):
        client.get("/", {"campaign": in_hand})
        pages = [client.get(url).content.decode() for url in (slip, *sheets)]
        assert ['class="watermark"' in page for page in pages] == [False, True, False]


def test_a_unit_reads_what_its_community_asks_for_before_it_is_sent(reporter, unit, place):
    row = UnitRegistrationFactory(unit=unit, community=place)
    open_ = NeedFactory(community=place)
    NeedFactory(community=place, state=NeedState.MET)
    NeedFactory()

    page = client_for(reporter).get(reverse("deployments:registration_needs", args=[row.pk]))

    assert page.context["needs"] == [open_]
    assert str(open_.task_type) in page.content.decode()


def test_records_show_registrations(staff, unit, place):
    member = MemberFactory(unit=unit, name="王某某")
    MemberRegistrationFactory(member=member, community=place)
    UnitRegistrationFactory(unit=unit, community=place)
    client = client_for(staff)

    for url, said in (
        (f"{unit.get_absolute_url()}?tab=registrations", "城东路社区"),
        (f"{member.get_absolute_url()}?tab=registrations", "城东路社区"),
        (f"{place.get_absolute_url()}?tab=reg_units", "示例甲"),
        (f"{place.get_absolute_url()}?tab=reg_people", "王某某"),
    ):
        assert said in client.get(url).content.decode(), url


def test_home_of_a_unit_says_what_is_missing(reporter, unit):
    MemberFactory(unit=unit)

    page = client_for(reporter).get("/").content.decode()

    assert "单位尚未向驻地社区报到" in page
    assert "尚未向居住社区报到 1 人" in page


@pytest.mark.parametrize("url", [UNITS, MEMBERS, COVERAGE, MISSING])
def test_lists_take_as_many_statements_for_three_as_for_one(staff, unit, url):
    client = client_for(staff)

    def grow():
        MemberFactory(unit=unit)
        MemberRegistrationFactory(member=MemberFactory(unit=unit))
        UnitRegistrationFactory()

    grow()
    few = statements(client, url)
    grow()
    grow()

    assert statements(client, url) == few


def test_a_unit_is_found_by_the_search_box(staff, unit, place):
    UnitRegistrationFactory(unit=unit, community=place)

    assert "单位报到" in client_for(staff).get("/search/?q=示例甲").content.decode()
