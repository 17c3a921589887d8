import datetime as dt
import io

import openpyxl
import pytest

from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.deployments.models import Assignment, Deployment
from apps.units.models import Membership
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    DistrictFactory,
    MemberFactory,
    StreetFactory,
    TaskTypeFactory,
    TeamFactory,
)
from tests.office.importing import act, applied, checked, counts, exported, problems, workbook

pytestmark = pytest.mark.django_db

HEAD = ("派出单位", "姓名", "区县", "街道", "社区", "任务类型", "起始日期", "截止日期")
SHEET = "assignments"


@pytest.fixture
def day():
    return business_day()


@pytest.fixture
def campaign(day):
    return CampaignFactory(name="示例防汛", starts_on=day - dt.timedelta(days=20), ends_on=None)


@pytest.fixture
def place():
    district = DistrictFactory(name="管城回族区", short_name="管城")
    street = StreetFactory(district=district, name="城东路街道")
    return CommunityFactory(street=street, name="城东路社区")


@pytest.fixture
def task():
    return TaskTypeFactory(name="物资搬运")


@pytest.fixture
def wu(unit, campaign):
    return MemberFactory(name="吴敏", member_no="P1", unit=unit)


@pytest.fixture
def world(campaign, place, task, wu):
    return campaign


def row(start, end="", *, unit="示例甲", name="吴敏", **other):
    values = {
        "派出单位": unit,
        "姓名": name,
        "区县": "管城区",
        "街道": "城东路办事处",
        "社区": "城东路社区居委会（原城东村）",
        "任务类型": "物资搬运",
        "起始日期": start,
        "截止日期": end,
    } | other
    return [values[label] for label in HEAD] + list(other.values())[len(other) :]


def stays():
    return list(
        Assignment.objects.order_by("starts_on").values_list(
            "member__name", "deployment__community__name", "starts_on", "ends_on"
        )
    )


def test_people_are_sent_and_a_deployment_is_made_for_them(world, staff, unit, day):
    MemberFactory(name="林艳", unit=unit)
    start = day - dt.timedelta(days=3)

    batch = applied(
        staff, SHEET, workbook(HEAD, [row(start, "至今"), row(start, day, name="林 艳")])
    )

    deployment = Deployment.objects.get()
    assert counts(batch) == {"new": 2, "changed": 0, "same": 0, "wrong": 0}
    assert stays() == [
        ("吴敏", "城东路社区", start, None),
        ("林艳", "城东路社区", start, day),
    ]
    assert (deployment.campaign, deployment.unit, deployment.state) == (world, unit, "planned")
    assert (deployment.starts_on, deployment.ends_on) == (start, None)


def test_people_join_the_deployment_that_is_there(world, staff, unit, place, task, day):
    there = DeploymentFactory(campaign=world, unit=unit, community=place, task_type=task)

    applied(staff, SHEET, workbook(HEAD, [row(day)]))

    assert Assignment.objects.get().deployment == there


def test_an_export_comes_back_without_a_change(world, staff, unit, place, task, day):
    team = TeamFactory(campaign=world, unit=unit, name="第一突击队")
    sent = DeploymentFactory(
        campaign=world, unit=unit, community=place, task_type=task, team=team, is_local=True
    )
    namesake = MemberFactory(name="吴敏", member_no="P2", unit=unit)
    for member in (Membership.objects.get(member__member_no="P1").member, namesake):
        AssignmentFactory(deployment=sent, member=member, ends_on=day)

    head, rows = exported(SHEET, staff)
    batch = checked(staff, SHEET, workbook(head, rows))

    assert [line[1] for line in rows] == ["吴敏（P1）", "吴敏（P2）"]
    assert counts(batch) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}


def test_a_stay_is_ended_and_the_next_begins_in_one_table(world, staff, unit, wu, day):
    first = day - dt.timedelta(days=9)
    sent = AssignmentFactory(
        deployment=DeploymentFactory(campaign=world, unit=unit), member=wu, starts_on=first
    )
    head, rows = exported(SHEET, staff)
    rows[0][head.index("截止日期")] = day - dt.timedelta(days=1)
    new = dict(zip(HEAD, row(day), strict=True))
    rows.append([new.get(label) for label in head])

    batch = applied(staff, SHEET, workbook(head, rows))

    assert counts(batch) == {"new": 1, "changed": 1, "same": 0, "wrong": 0}
    assert stays() == [
        ("吴敏", sent.deployment.community.name, first, day - dt.timedelta(days=1)),
        ("吴敏", "城东路社区", day, None),
    ]


def test_somebody_moves_to_another_community(world, staff, unit, wu, task, day):
    sent = AssignmentFactory(
        deployment=DeploymentFactory(campaign=world, unit=unit, task_type=task), member=wu
    )

    batch = applied(staff, SHEET, workbook(HEAD, [row(sent.starts_on)]))

    sent.refresh_from_db()
    assert counts(batch)["changed"] == 1
    assert sent.deployment.community.name == "城东路社区"
    assert sent.deployment.starts_on == sent.starts_on


def test_nobody_is_in_two_places_at_once(world, staff, unit, wu, day):
    sent = AssignmentFactory(
        deployment=DeploymentFactory(campaign=world, unit=unit),
        member=wu,
        starts_on=day - dt.timedelta(days=2),
    )
    since = f"{sent.starts_on.month}月{sent.starts_on.day}日"

    batch = checked(staff, SHEET, workbook(HEAD, [row(day)]))

    assert problems(batch) == [
        (
            2,
            "starts_on",
            day.isoformat(),
            f"吴敏自{since}起已派往{sent.deployment.community}，一人不能同时在两处，请先办理离岗，或核对日期。",
        )
    ]


def test_a_file_does_not_send_one_person_twice_at_once(world, staff, day):
    before = day - dt.timedelta(days=1)

    batch = checked(staff, SHEET, workbook(HEAD, [row(before), row(day)]))

    assert problems(batch) == [
        (
            3,
            "starts_on",
            day.isoformat(),
            "与第 2 行同一人的时间重叠，一人不能同时在两处，请核对日期。",
        )
    ]


def test_a_drill_keeps_nobody_from_the_real_thing(world, staff, unit, wu, day):
    drill = CampaignFactory(name="示例演练", is_drill=True, starts_on=world.starts_on)
    AssignmentFactory(deployment=DeploymentFactory(campaign=drill, unit=unit), member=wu)

    assert problems(checked(staff, SHEET, workbook(HEAD, [row(day)]))) == []


def test_each_cell_that_is_wrong_is_told_why(world, staff, unit, foreign_unit, day):
    MemberFactory(name="林艳", unit=unit, is_exempt=True)
    MemberFactory(name="赵静", unit=foreign_unit)
    MemberFactory(name="重名", member_no="P8", unit=unit)
    MemberFactory(name="重名", member_no="P9", unit=unit)
    rows = [
        row(day, name="赵静"),
        row(day, name="林艳"),
        row(day, name="重名"),
        row(day, day - dt.timedelta(days=1)),
        row(world.starts_on - dt.timedelta(days=1)),
        row("7月25日"),
        row(day, 任务类型="道路清障、垃圾清理"),
        row(day, 社区="无此社区"),
        row(day, "2099-01-01"),
    ]

    batch = checked(staff, SHEET, workbook(HEAD, rows))

    assert [(number, column, reason) for number, column, _, reason in problems(batch)] == [
        (2, "person", "该单位名册中没有此人，请核对姓名，或先登记到党员名册。"),
        (3, "person", "已列入免派，不能派出；确需派出的，请先在名册中取消免派。"),
        (4, "person", "该单位同名的不止一人，请写成“姓名（编号）”。"),
        (5, "ends_on", "截止日期不得早于起始日期，请核对。"),
        (6, "starts_on", "不得早于该任务开始的日期，请核对。"),
        (7, "starts_on", "“7月25日”没有年份，请写成 2021年7月25日 或 2021-07-25。"),
        (8, "task", "“道路清障、垃圾清理”不止一项，请只留主要的一项。"),
        (9, "community", "该街道没有这个社区，请核对名称。"),
        (10, "ends_on", "日期在一年以后，请核对年份。"),
    ]
    assert Assignment.objects.count() == 0


def test_somebody_is_sent_by_the_unit_of_that_day(world, staff, unit, foreign_unit, wu, day):
    Membership.objects.filter(member=wu).update(ends_on=day - dt.timedelta(days=5))
    Membership.objects.create(member=wu, unit=foreign_unit, starts_on=day - dt.timedelta(days=4))

    batch = checked(staff, SHEET, workbook(HEAD, [row(day), row(day, unit="示例乙")]))

    assert problems(batch) == [
        (2, "person", "吴敏", "起始日期当天不属于该单位，不能由其派出，请核对单位和日期。")
    ]


def test_a_reporter_sends_the_people_of_the_own_unit(world, reporter, foreign_unit, day):
    MemberFactory(name="赵静", unit=foreign_unit)

    batch = checked(
        reporter, SHEET, workbook(HEAD, [row(day), row(day, unit="示例乙", name="赵静")])
    )

    assert [(number, column) for number, column, _, _ in problems(batch)] == [
        (3, "unit"),
        (3, "person"),
    ]


def test_a_campaign_that_is_over_is_not_written_to(world, staff, day):
    world.state = CampaignState.CLOSED
    world.save(update_fields=["state"])

    batch = checked(staff, SHEET, workbook(HEAD, [row(day)]))

    assert [(column, reason) for _, column, _, reason in problems(batch)] == [
        ("campaign", "没有这个进行中的应急任务，请从下拉选项中选择。")
    ]


def test_two_campaigns_under_way_have_to_be_named(world, staff, day):
    CampaignFactory(name="示例防疫", starts_on=world.starts_on, ends_on=None)

    unnamed = checked(staff, SHEET, workbook(HEAD, [row(day)]))
    named = checked(staff, SHEET, workbook((*HEAD, "应急任务"), [[*row(day), "示例防汛"]]))

    assert counts(unnamed)["wrong"] == 1
    assert counts(named)["new"] == 1


def test_an_import_is_taken_back_whole(world, staff, unit, wu, day):
    sent = AssignmentFactory(
        deployment=DeploymentFactory(campaign=world, unit=unit),
        member=wu,
        starts_on=day - dt.timedelta(days=9),
    )
    MemberFactory(name="林艳", unit=unit)
    before = list(Assignment.objects.values())
    head, rows = exported(SHEET, staff)
    rows[0][head.index("截止日期")] = day
    new = dict(zip(HEAD, row(day, name="林艳"), strict=True))
    rows.append([new.get(label) for label in head])

    batch = act(staff, applied(staff, SHEET, workbook(head, rows)), "undo")

    assert batch.state == "undone"
    assert list(Assignment.objects.values()) == before
    assert list(Deployment.objects.all()) == [sent.deployment]


def test_a_roster_as_an_office_keeps_it(world, staff, unit, day):
    """Titles, the unit and the year above, two storeys, a branch merged down, 至今, a foot."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["示例单位甲党员干部下沉社区花名册"])
    page.append(
        [f"填报单位（盖章）：示例单位甲机关党委     填报日期：{day.year}年{day.month}月{day.day}日"]
    )
    page.append(
        ["序号", "姓名", "党支部", "下沉社区", None, None, "下沉起止时间", None, "主要工作"]
    )
    page.append([None, None, None, "区县", "街道（乡镇）", "社区", "起", "止", None])
    for area in ("A1:I1", "A2:I2", "D3:F3", "G3:H3", "A3:A4", "B3:B4", "C3:C4", "I3:I4"):
        page.merge_cells(area)
    page.append([1, "吴　敏", "办公室党支部", "管城区", "城东路办事处", "城东路社区居委会"])
    page["G5"], page["H5"], page["I5"] = f"{day.month}月{day.day}号", "至今", "物资搬运"
    page.append(["合计", "1人"])
    page.append(["注：“至今”表示仍在岗。"])
    stream = io.BytesIO()
    book.save(stream)

    applied(staff, SHEET, stream.getvalue())

    assert stays() == [("吴敏", "城东路社区", day, None)]


def test_a_stay_that_was_moved_goes_back_where_it_was(world, staff, unit, place, task, day):
    """Undoing takes the deployment away that was made for it."""
    member = Membership.objects.get(member__member_no="P1").member
    sent = DeploymentFactory(campaign=world, unit=unit, community=place, task_type=task)
    AssignmentFactory(deployment=sent, member=member)
    TaskTypeFactory(name="物资分发")
    head, rows = exported(SHEET, staff)
    rows[0][head.index("任务类型")] = "物资分发"

    batch = applied(staff, SHEET, workbook(head, rows))
    moved = Assignment.objects.get().deployment
    act(staff, batch, "undo")

    assert (batch.state, moved != sent) == ("undone", True), batch.message
    assert list(Deployment.objects.all()) == [sent]
    assert Assignment.objects.get().deployment == sent
