"""Named areas: drawn from a notice's list, closed as one, never drawn otherwise afterwards."""

import re

import pytest
from django.utils import timezone

from apps.communities.models import AreaStatus, NamedArea
from apps.core.dates import business_day
from apps.deployments.sealing import plan_of_closures, unnamed_inside
from tests.cast import client_for
from tests.counting import cells
from tests.factories import (
    AreaPartFactory,
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    EstateFactory,
    MeasureFactory,
    MemberFactory,
    NamedAreaFactory,
)
from tests.office.importing import act, applied, checked, counts, exported, problems, workbook

pytestmark = pytest.mark.django_db
NEW = "/communities/areas/new/"
HEAD = ("范围名称", "地点类别", "地点", "范围说明")


@pytest.fixture
def estate(db):
    return EstateFactory(community=CommunityFactory(name="经八路社区"), name="绿城小区")


@pytest.fixture
def area(street, estate):
    area = NamedAreaFactory(name="城东片区", note="东至东明路")
    AreaPartFactory(area=area, community=None, street=street)
    AreaPartFactory(area=area, community=None, estate=estate)
    return area


@pytest.fixture
def sealed(db):
    return MeasureFactory(name="封闭管理", is_sealed=True)


def parts(area):
    return [part.place for part in area.parts.order_by("pk")]


def test_an_area_is_pasted_as_the_notice_lists_it(staff, street, estate):
    given = "城东路街道办事处\n\n 经八路社区 绿城小区 \n"

    answer = client_for(staff).post(NEW, {"name": "城东片区", "places": given}, follow=True)

    area = NamedArea.objects.get()
    assert parts(area) == [street, estate]
    assert answer.redirect_chain[-1][0] == area.get_absolute_url()
    assert [row[1] for row in cells(answer)] == ["街道", "小区"]
    listed = client_for(staff).get("/communities/areas/?q=城东")
    assert [row[:3] for row in cells(listed)] == [["城东片区", "未填写", "2"]]
    assert "城东片区" in client_for(staff).get("/search/?q=城东").content.decode()


def test_each_wrong_line_is_named_and_nothing_typed_is_lost(staff, place, estate):
    CommunityFactory(name="花园社区")
    CommunityFactory(name="花园社区")
    lines = ["城东路街道", "城东路社区", "没有的社区", "花园社区", "绿城小区", "经八路社区绿城小区"]

    answer = client_for(staff).post(NEW, {"name": "城东片区", "places": "\n".join(lines)})

    assert answer.status_code == 422
    assert answer.context["form"].errors["places"] == [
        "第 3 行“没有的社区”：没有这个街道、社区或小区，请核对名称，或先登记该小区。",
        "第 4 行“花园社区”：同名的不止一处，请在前面写上区县、街道和社区。",
        "第 6 行“经八路社区绿城小区”：与第 5 行是同一处，请删去一行。",
        "第 2 行“城东路社区”：已包含在第 1 行“城东路街道”中，请删去。",
    ]
    assert "没有的社区" in answer.context["form"]["places"].value()
    assert not NamedArea.objects.exists()


def test_an_area_but_for_one_of_its_places_is_made_from_it(staff, area, street, estate):
    page = client_for(staff).get(f"{NEW}?like={area.pk}")

    given = page.context["form"]["places"].value().splitlines()
    around = estate.community.street
    whole = f"{around.district}{around}经八路社区绿城小区"
    assert given == ["管城回族区城东路街道", whole]
    form = {"name": "城东片区（除绿城小区）", "places": given[0]}
    client_for(staff).post(NEW, form)
    assert parts(NamedArea.objects.get(name=form["name"])) == [street]


def test_only_the_office_draws_areas(reporter, liaison, area):
    assert client_for(reporter).get(NEW).status_code == 403
    assert (
        client_for(liaison).post(NEW, {"name": "片区", "places": "城东路街道"}).status_code == 403
    )


def test_a_measure_on_an_area_holds_at_all_its_places(staff, reporter, area, place, estate, sealed):
    aside = CommunityFactory(name="旁边社区")
    form = {
        "area": area.pk, "measure": sealed.pk, "basis": "通告2021年31号",
        "starts_at": f"{business_day()}T00:00",
    }  # fmt: skip
    client = client_for(staff)

    assert client.post("/communities/statuses/new/", form).status_code == 302

    laid = AreaStatus.objects.get()
    assert str(laid) == "城东片区 封闭管理"
    shown = {row[0]: row[-1] for row in cells(client.get("/communities/"))}
    assert shown == {place.name: "封闭管理", estate.community.name: "封闭管理", aside.name: ""}
    here = cells(client.get(f"/communities/?measure={sealed.pk}"))
    assert {row[0] for row in here} == {place.name, estate.community.name}
    for one, times in ((place, 1), (estate.community, 1), (aside, 0)):
        tab = cells(client.get(f"/communities/{one.pk}/?tab=statuses"))
        assert [row[0] for row in tab] == ["城东片区"] * times
    row = cells(client.get(f"/communities/statuses/?district={place.street.district_id}"))[0]
    assert row[:2] == ["城东片区", f"管城回族区、{estate.community.street.district}"]
    again = client.post("/communities/statuses/new/", {**form, "basis": "通告32号"})
    assert "已有封闭管理（通告2021年31号）" in again.context["form"].errors["starts_at"][0]


def test_who_lives_in_an_area_serves_within_it(unit, area, place, estate, sealed):
    campaign, aside = CampaignFactory(), CommunityFactory()
    AreaStatusFactory(measure=sealed, community=None, area=area, starts_at=timezone.now())
    tomorrow = business_day() + timezone.timedelta(days=1)

    def stay(home, post):
        member = MemberFactory(unit=unit, **home)
        deployment = DeploymentFactory(unit=unit, campaign=campaign, community=post)
        AssignmentFactory(deployment=deployment, member=member, starts_on=tomorrow)
        return member

    in_estate = {"home_community": estate.community, "home_estate": estate}
    stay({"home_community": place}, place)
    stay(in_estate, place)
    sent_out = stay({"home_community": place}, aside)
    left_estate = stay(in_estate, estate.community)
    from_aside = stay({"home_community": aside}, place)
    unnamed = DeploymentFactory(unit=unit, campaign=campaign, community=place)

    plan = plan_of_closures(is_drill=False, today=business_day())

    assert {(m.member, m.kind, m.to_community, m.to_estate) for m in plan.moves} == {
        (sent_out.pk, "moved", place.pk, None),
        (left_estate.pk, "moved", estate.community_id, estate.pk),
        (from_aside.pk, "withdrawn", None, None),
    }
    # Three of the unit live inside: one head alone is no crossing.
    assert unnamed_inside(is_drill=False, today=business_day()) == []
    assert unnamed.state == "active"


def test_areas_go_out_and_come_in_as_a_table_once(staff, area, place, estate):
    head, rows = exported("areas", staff)
    same = checked(staff, "areas", workbook(head, rows))
    assert counts(same) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}, problems(same)
    more = [
        ("城西片区", "社区", "城东路社区", "通告31号"),
        ("城西片区", None, "经八路社区绿城小区", None),
    ]

    batch = applied(staff, "areas", workbook(HEAD, more), name="二.xlsx")

    made = NamedArea.objects.get(name="城西片区")
    assert (parts(made), made.note) == ([place, estate], "通告31号")
    act(staff, batch, "undo")
    assert list(NamedArea.objects.all()) == [area]


def test_an_area_a_measure_lies_on_stays_as_it_was_drawn(staff, area, place, sealed):
    batch = applied(staff, "areas", workbook(HEAD, [("城西片区", "社区", "城东路社区", None)]))
    made = NamedArea.objects.get(name="城西片区")
    AreaStatusFactory(measure=sealed, community=None, area=made)

    late = checked(
        staff, "areas",
        workbook(HEAD, [
            ("城西片区", "小区", "绿城小区", None), ("城北片区", None, "城东路社区", None),
            ("城北片区", None, "城东路街道", None),
        ]),
    )  # fmt: skip

    found = [(row, column) for row, column, *_ in problems(late)]
    assert found == [(2, "area"), (3, "place")]
    assert "请另起名称登记新的范围" in problems(late)[0][3]
    act(staff, batch, "undo")
    assert parts(made) == [place]


def test_a_place_inside_of_what_the_area_takes_in_already_is_refused(staff, area, place):
    more = workbook(HEAD, [("城东片区", "社区", "城东路社区", None)])

    batch = checked(staff, "areas", more)

    assert [(row, column) for row, column, *_ in problems(batch)] == [(2, "place")]
    assert "已包含在同一范围的另一处内" in problems(batch)[0][3]


def test_the_steward_moves_no_place_from_one_area_to_another(steward, area, street, sealed):
    AreaStatusFactory(measure=sealed, community=None, area=area)
    other, part = NamedAreaFactory(name="城西片区"), area.parts.get(street=street)
    form = {"area": other.pk, "street": street.pk, "community": "", "estate": ""}

    client_for(steward).post(f"/admin/communities/areapart/{part.pk}/change/", form)

    part.refresh_from_db()
    assert part.area == area


def test_the_table_of_measures_names_areas_too(staff, area, sealed):
    head = ("地点类别", "地点", "等级或措施", "起始时间", "依据通告")
    row = ("自定范围", "城东片区", "封闭管理", "2021-08-23 18:00", "通告31号")

    applied(staff, "statuses", workbook(head, [row]))

    assert AreaStatus.objects.get().area == area
    out, rows = exported("statuses", staff)
    assert rows[0][out.index("地点")] == "城东片区"


def test_an_emptied_note_is_cleared_and_rows_must_not_contradict_each_other(staff, area):
    head, rows = exported("areas", staff)
    for row in rows:
        row[head.index("地点类别")] = row[head.index("范围说明")] = None

    batch = applied(staff, "areas", workbook(head, rows))

    area.refresh_from_db()
    assert (batch.changes, area.note) == (2, "")
    rows[0][-1], rows[1][-1] = "东至东明路", "西至城东路"
    torn = problems(checked(staff, "areas", workbook(head, rows)))
    assert [(row, column) for row, column, *_ in torn] == [(2, "note"), (3, "note")]
    added = [area.name, None, CommunityFactory(name="陇海路社区").name, "另起说明"]
    rows[0][-1], rows[1][-1] = None, None
    applied(staff, "areas", workbook(head, [*rows, added]))
    area.refresh_from_db()
    assert area.note == "另起说明"


def test_pages_of_named_areas_stand_under_the_measures_in_the_menu(staff, area):
    client = client_for(staff)

    for address in ("/communities/areas/", NEW, area.get_absolute_url()):
        page = client.get(address).content.decode()
        assert re.findall(r'aria-current="page"><span>([^<]+)<', page) == ["风险与管控"]
