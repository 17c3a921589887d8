"""The boards through the front door: who sees what, the same numbers as the rows, a way back."""

import datetime as dt
from decimal import Decimal
from html import unescape
from io import BytesIO
from re import findall, search, sub

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from apps.campaigns.enums import CampaignKind, CampaignState
from apps.communities.models import District
from apps.core.dates import moment_on
from apps.core.scope import scope_of
from apps.core.statements import fetched
from apps.daily.enums import ActState, ContactMethod, FlashKind, ReportState
from apps.daily.models import DailyReport, RoundAct
from apps.daily.selectors.links import figure_url
from apps.daily.services.locking import lock_day
from apps.deployments.enums import NeedState
from apps.figures.enums import Measure
from apps.figures.models import Figure
from apps.figures.selectors.scope_sql import VISIBLE, seen_by
from apps.figures.services import corrections
from apps.units.enums import Role
from apps.units.models import LiaisonGroup, Member
from tests.cast import client_for, posted
from tests.counting import statements
from tests.daily.days import FIRST, SECOND, World
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    ContactNoteFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    DistrictFactory,
    FlashReportFactory,
    MemberFactory,
    MilestoneFactory,
    NeedFactory,
    StreetFactory,
)

pytestmark = pytest.mark.django_db

CAMPAIGN = "/boards/campaign/?campaign=flood-2021"
GROUPS = "/boards/groups/?campaign=flood-2021"
WALL = "/wall/?campaign=flood-2021"


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(moment_on(SECOND, dt.time(20)), tick=False):
        yield


@pytest.fixture
def world():
    """Four units on two days: all file on the first, which is locked; two on the second."""
    world = World()
    for day, values in ((FIRST, (3, 4, 5, 6)), (SECOND, (10, 20, None, None))):
        world.open(day)
        for unit, value in zip(world.units, values, strict=True):
            if value is not None:
                world.file(unit, day, value)
                DailyReport.objects.filter(unit=unit, on=day).update(
                    state=ReportState.FILED, first_filed_at=moment_on(day, dt.time(16))
                )
    lock_day(world.campaign, on=FIRST, now=moment_on(FIRST, dt.time(19)))
    return world


def page(user, address):
    return client_for(user).get(address)


def text(user, address):
    return page(user, address).content.decode()


def liaison_of(world):
    return posted(Role.LIAISON, group=world.groups[0])


def present(world, unit, day, heads, **fields):
    """`heads` of the unit on post on `day`, at a community of their own."""
    row = DeploymentFactory(campaign=world.campaign, unit=unit, **fields)
    DeploymentDayFactory(deployment=row, on=day, expected=heads, present=heads, night=0)
    return row


ADDRESSES = [CAMPAIGN, GROUPS, "/boards/compare/", "/boards/calendar/", WALL]
OPEN = {
    "leader": {200},
    "staff": {200},
    "duty": {200},
    "liaison": {200, 403},
    "city": {403},
    "reporter": {403},
    "steward": {200, 403},
    "outsider": {403},
}


@pytest.mark.parametrize("name", OPEN)
def test_boards_open_to_whom_they_are_for(world, request, name):
    user = request.getfixturevalue(name)

    answers = {address: page(user, address).status_code for address in ADDRESSES}

    assert set(answers.values()) == OPEN[name]
    if name == "liaison":
        assert [a for a, code in answers.items() if code == 200] == [CAMPAIGN, GROUPS]
    if name == "steward":
        assert [a for a, code in answers.items() if code == 200] == ["/boards/calendar/"]


def test_number_of_the_board_is_that_of_its_rows(world, leader):
    shown = text(leader, f"{CAMPAIGN}&day={FIRST}")

    address = f"/daily/figures/flood-2021/{FIRST}/F07/"
    assert f'<a class="rows" href="{address}">道路清障</a>' in shown
    assert '<span class="num">18</span>' in shown
    assert '<span class="num">18</span>' in text(leader, address)
    assert "4/4 家已报" in shown
    assert "核定数" in shown


@pytest.mark.parametrize(
    "address",
    [
        f"{CAMPAIGN}&day={FIRST}",
        f"{CAMPAIGN}&day={SECOND}",
        f"{GROUPS}&day={FIRST}&group=",
        "/boards/calendar/?campaign=flood-2021",
        f"/?campaign=flood-2021&day={FIRST}",
        f"/daily/rounds/flood-2021/{FIRST}/",
    ],
)
def test_no_number_of_a_board_stands_without_its_rows(world, leader, address):
    whose = str(world.groups[0].pk) if address.endswith("group=") else ""

    shown = sub(r"(?s)<a\b.*?</a>", "", text(leader, f"{address}{whose}"))

    cells = findall(r'(?s)<td class="r[ "][^>]*>(.*?)</td>', shown)
    notes = findall(
        r'(?s)<(?:div class="kpi-notes|p class="strip-note)[^>]*>(.*?)</(?:div|p)>', shown
    )
    bare = [
        part
        for part in (*cells, *notes)
        if search(r"\d", sub(r"<[^>]*>|数据时点 [\d:]+", "", part))
    ]
    assert bare == []


def test_missing_units_stand_by_name_in_their_group(world, leader):
    shown = text(leader, f"{CAMPAIGN}&day={SECOND}")

    missing = findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown)
    assert [group for group, _ in missing] == ["第1组", "第2组"]
    assert [
        str(unit) in names for unit, (_, names) in zip(world.units[2:], missing, strict=True)
    ] == [
        True,
        True,
    ]


def test_group_sees_its_own_missing_units_alone(world):
    shown = text(liaison_of(world), f"{CAMPAIGN}&day={SECOND}")

    assert str(world.units[2]) in shown
    assert str(world.units[3]) not in shown


def test_group_board_of_another_group_is_not_there(world):
    user = liaison_of(world)
    mine, other = world.groups

    assert page(user, f"/boards/groups/{mine.pk}/").status_code == 200
    assert page(user, f"/boards/groups/{other.pk}/").status_code == 404
    assert page(user, f"/boards/sheets/units/?group={other.pk}").status_code == 404


def test_group_board_says_who_is_late_and_whom_it_spoke_to(world, leader):
    unit = world.units[2]
    report = DailyReport.objects.get(unit=unit, on=SECOND)
    ContactNoteFactory(
        report=report,
        at=moment_on(SECOND, dt.time(18)),
        method=ContactMethod.VISIT,
        note="到机关当面提醒",
    )
    group = world.groups[0]

    answer = page(leader, f"/boards/groups/{group.pk}/?campaign=flood-2021&day={SECOND}")
    shown = answer.content.decode()

    assert "逾期3小时" in shown
    assert "到机关当面提醒" in shown
    assert "未报 1 家" in shown
    # One visit in the strip of the group's own work.
    assert '<span class="num">1</span><small class="unit">次</small>' in shown


def test_number_on_a_board_opens_as_many_rows(world, leader):
    """Of the board's own days and states: what was late afterwards, or is exempt, is not there."""
    late, draft, exempt, _ = world.units
    reports = DailyReport.objects.filter(campaign=world.campaign)
    reports.filter(unit=late).update(first_filed_at=moment_on(SECOND, dt.time(19, 30)))
    reports.filter(unit=draft, on=SECOND).update(state=ReportState.DRAFT)
    reports.filter(unit=exempt, on=SECOND).update(state=ReportState.EXEMPT)
    for first, last in ((FIRST, SECOND), (SECOND, SECOND)):
        place = CommunityFactory(name="长乐社区")
        NeedFactory(
            campaign=world.campaign, community=place, heads=1, starts_on=first, ends_on=last
        )
    opened = [
        f"/boards/groups/{world.groups[0].pk}/?campaign=flood-2021&day=",
        f"{CAMPAIGN}&day=",
    ]

    found = set()
    for address in (f"{board}{day}" for board in opened for day in (FIRST, SECOND)):
        shown = text(leader, address)
        for url, part, whole in findall(ROWS, shown):
            if "wanted=" in url:
                continue  # people, not rows: the test below adds them up
            found.add((url.partition("?")[0], "late=true" in url, part != "0"))
            rows = page(leader, url.replace("&amp;", "&")).context_data["page"]
            assert rows.paginator.count == int(whole or part), (address, url)
    assert ("/daily/reports/", True, True) in found
    assert ("/deployments/needs/", False, True) in found


ROWS = (
    r'<a class="rows" href="(/(?:daily/reports|deployments/needs)/[^"]*)">'
    r'(?:<span class="num">)?(\d+)(?:/(\d+))?[<]'
)


def test_people_of_a_board_are_the_sum_of_the_rows_they_open(world, leader):
    place = CommunityFactory(name="长乐社区")
    for heads in (3, 4):
        need = NeedFactory(campaign=world.campaign, community=place, heads=heads, starts_on=FIRST)
    NeedFactory(campaign=world.campaign, community=place, heads=9, state="closed", starts_on=FIRST)
    post = DeploymentFactory(
        campaign=world.campaign, community=place, need=need, starts_on=FIRST, state="active"
    )
    DeploymentDayFactory(deployment=post, on=SECOND, expected=3, present=2, night=1)

    shown = text(leader, f"{CAMPAIGN}&day={SECOND}")
    asked, there = findall(
        r'href="([^"]*wanted=[^"]*community=[^"]*)"><span class="num">(\d+)<', shown
    )

    assert (asked[1], there[1]) == ("7", "2")
    assert foot(leader, asked[0].replace("&amp;", "&")) == ["7", "0", "2", "未确认", "5"]
    posts = "/deployments/?campaign=flood-2021"
    assert foot(leader, f"{posts}&on={SECOND}&community={place.pk}") == ["3", "2", "1"]
    assert foot(leader, f"{posts}&community={place.pk}") == []


def foot(user, address):
    """The sums under a list."""
    found = findall(r"<tfoot>(.*?)</tfoot>", text(user, address))
    return findall(r'class="(?:num|blank)">([^<]+)<', found[0]) if found else []


def test_talks_of_one_unit_are_opened_by_its_number(world, leader):
    mine, other = world.units[:2]
    for unit, note in ((mine, "本单位的联系"), (other, "别家的联系")):
        report = DailyReport.objects.get(unit=unit, on=SECOND)
        ContactNoteFactory(report=report, at=moment_on(SECOND, dt.time(18)), note=note)

    shown = text(leader, f"/boards/groups/{world.groups[0].pk}/?campaign=flood-2021&day={SECOND}")
    url = next(
        one
        for one in findall(r'href="([^"]*)"', shown)
        if f"unit={mine.pk}" in one and "tab=contacts" in one
    )
    listed = text(leader, url.replace("&amp;", "&"))

    assert "本单位的联系" in listed
    assert "别家的联系" not in listed
    assert f"只列{mine}的联系记录" in listed


@pytest.mark.parametrize("day", ["2021-07-19", "2021-08-06", "2021-13-01", "gestern"])
def test_day_outside_the_campaign_is_not_there(world, leader, day):
    refused = page(leader, f"{CAMPAIGN}&day={day}")

    assert refused.status_code == 404
    assert "请另选日期。" in refused.text or f"网址中的日期“{day}”无法识别" in refused.text


def test_correction_stands_beside_the_published_figure_wherever_the_day_is_shown(
    world, leader, staff, duty
):
    leaf = Figure.objects.leaves().get(
        unit=world.units[0], indicator=world.clearing, snapshot__on=FIRST
    )
    total = Figure.objects.get(snapshot=leaf.snapshot, indicator=world.clearing, scope="total")
    change = corrections.propose(
        leaf, new=Decimal(8), reason="漏计一处", by=duty, now=moment_on(SECOND, dt.time(9))
    )
    corrections.accept(change, by=staff, now=moment_on(SECOND, dt.time(10)))

    shown = text(leader, f"{CAMPAIGN}&day={FIRST}&figure=F07")

    for words in ("<s>3处</s>", "<b>8处</b>", "漏计一处", f"{duty}提出，{staff}审核"):
        assert words in shown
    # The course has the locked 18, and beside it what it became.
    assert ", 18]," in shown
    day = f"campaign={world.campaign.code}&amp;day={FIRST}&amp;indicator=F07&amp;state=accepted"
    after = f'<a class="rows" href="/figures/corrections/?{day}">更正后 23 处</a>'
    assert shown.count(after) == 2
    rows = text(leader, figure_url(world.campaign, FIRST, "F07"))
    assert after in rows
    assert "更正后 8 处" in rows
    assert "更正后" in text(leader, reverse("daily:figure_detail", args=[leaf.pk]))
    group = f"{day}&amp;group={leaf.group_id}"
    shown = text(leader, f"{GROUPS}&group={leaf.group_id}&day={FIRST}&figure=F07")
    assert f'{group}">更正后' in shown
    sheet = page(leader, f"/boards/sheets/trend/?campaign=flood-2021&day={FIRST}&figure=F07")
    values = load_workbook(BytesIO(sheet.content)).active.iter_rows(values_only=True)
    assert list(values)[-2][:3] == ("8/4", 18, "更正后 23 处")
    answer = client_for(leader).post(f"/daily/rounds/flood-2021/{FIRST}/sheet/unit/")
    paper = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    said = "".join(str(row[0]) for row in paper.iter_rows(values_only=True))
    assert "其中道路清障更正后 23 处" in said
    total.refresh_from_db()
    leaf.refresh_from_db()
    assert (total.value, leaf.value) == (18, 3)


def test_course_ends_with_the_day_as_it_stands(world, leader):
    shown = text(leader, f"{CAMPAIGN}&day={SECOND}&figure=F07")

    assert ", 18, 30]," in shown
    assert "8月5日为实时，尚未锁定，随报送变动。" in shown


def test_largest_gaps_come_first_and_tiles_by_official_order(world, leader):
    last, first = (
        DistrictFactory(name=name, sort_order=n) for name, n in (("乙区", 2), ("甲区", 1))
    )
    for district, heads in ((last, 30), (first, 5)):
        community = CommunityFactory(street=StreetFactory(district=district))
        need = NeedFactory(
            campaign=world.campaign, community=community, heads=heads, starts_on=SECOND
        )
        present(world, world.units[0], SECOND, 4, community=community, need=need)

    listed = page(leader, f"{CAMPAIGN}&day={SECOND}").content.decode()
    tiles = page(leader, f"{CAMPAIGN}&day={SECOND}&places=tiles").content.decode()

    assert "2 个社区缺 27 人" in listed
    assert listed.index("乙区") < listed.index("甲区")
    assert findall(r'<section class="tile-district" aria-label="(.*?)">', tiles) == ["甲区", "乙区"]
    assert "缺口 26 人" in tiles
    assert District.objects.count() == 2


def test_milestones_tell_their_clock_and_source(world, leader):
    MilestoneFactory(
        campaign=world.campaign,
        name="恢复供电",
        started_at=moment_on(FIRST, dt.time(8)),
        limit_hours=72,
        reached_at=moment_on(SECOND, dt.time(9)),
        source="据省电力公司通报",
    )
    MilestoneFactory(
        campaign=world.campaign,
        name="道路通行",
        started_at=moment_on(FIRST, dt.time(8)),
        limit_hours=24,
        reached_at=None,
    )

    shown = text(leader, f"{CAMPAIGN}&day={SECOND}")

    assert "72小时内 如期实现" in shown
    assert "据省电力公司通报" in shown
    assert "24小时内 已过时限" in shown


@pytest.fixture
def pair(world):
    """The flood and an epidemic that begins a day later; one of three people is in both."""
    other = CampaignFactory(
        code="epidemic-2021",
        kind=CampaignKind.EPIDEMIC,
        starts_on=SECOND,
        state=CampaignState.ACTIVE,
    )
    both, flood, epidemic = (MemberFactory(unit=world.units[0]) for _ in range(3))
    community = CommunityFactory()
    one = present(world, world.units[0], FIRST, 2, community=community)
    one.ends_on = FIRST
    one.save()
    two = DeploymentFactory(campaign=other, unit=world.units[0], community=community)
    DeploymentDayFactory(deployment=two, on=SECOND, present=2)
    for member in (both, flood):
        AssignmentFactory(deployment=one, member=member, ends_on=FIRST)
    for member in (both, epidemic):
        AssignmentFactory(deployment=two, member=member)
    return world.campaign, other


def test_people_in_both_campaigns_count_once_as_people_and_twice_as_turns(pair, leader):
    answer = page(leader, "/boards/compare/?a=flood-2021&b=epidemic-2021")
    shown = answer.content.decode()

    assert "3 人、4 人次</a>。" in shown
    rows = findall(
        r'data-label="[^"]*"><a class="rows" href="[^"]*"><span class="num">(\d+)', shown
    )
    assert rows[:4] == ["2", "2", "1", "3"]


def test_days_of_two_campaigns_stand_beside_each_other_by_number(pair, leader):
    shown = text(leader, "/boards/compare/?a=flood-2021&b=epidemic-2021")

    assert findall(r'<th scope="row">(第\d+天)</th>', shown)[0] == "第1天"
    assert f"/daily/figures/epidemic-2021/{SECOND}/E01/" in shown


def test_reports_of_a_compared_campaign_are_counted_as_they_open(pair, world, leader):
    late = DailyReport.objects.filter(unit=world.units[0], on=FIRST)
    late.update(first_filed_at=moment_on(FIRST, dt.time(18, 40)))
    shown = text(leader, "/boards/compare/?a=flood-2021&b=epidemic-2021")

    cells = findall(
        r'href="(/daily/reports/[^"]*)">[\d.]+%</a><div class="[^"]*"><a[^>]*>(\d+)/(\d+) 家次',
        shown,
    )
    opened = [
        page(leader, url.replace("&amp;", "&")).context_data["page"].paginator.count
        for url, _, _ in cells
    ]
    (_, filed, asked), (_, in_time, _) = cells
    assert (filed, in_time, asked) == ("6", "5", "8")
    assert opened == [8, 5]


def test_days_of_a_flow_are_added_up_under_its_course(pair, world, leader):
    course = f"{CAMPAIGN}&day={SECOND}"

    assert findall(r"各日相加.*?>(\d+)<", text(leader, f"{course}&figure=F07")) == ["48"]
    assert "各日相加" not in text(leader, f"{course}&figure=F01")


def test_drill_is_never_compared(pair, leader):
    CampaignFactory(code="drill", is_drill=True, starts_on=FIRST)

    assert page(leader, "/boards/compare/?a=flood-2021&b=drill").status_code == 404
    assert 'value="drill"' not in text(leader, "/boards/compare/").split("<main")[1]


def test_rows_behind_shared_people_stand_by_unit(pair, world, leader):
    shown = text(leader, "/boards/compare/?a=flood-2021&b=epidemic-2021&by=unit")

    cells = findall(rf"{world.units[0]}</a></td>(.*?)</tr>", shown)[0]
    assert findall(r">(\d+)<", cells) == ["2", "2", "1", "3"]


@pytest.mark.parametrize("by", ["unit", "district"])
def test_number_of_what_campaigns_share_opens_exactly_its_rows(pair, world, leader, by):
    former = Member.objects.order_by("pk").first()
    former.memberships.update(unit=world.units[1])
    idle = DeploymentFactory(campaign=pair[1], unit=world.units[2], starts_on=SECOND)
    AssignmentFactory(deployment=idle, member=MemberFactory(unit=world.units[2]))
    shown = text(leader, f"/boards/compare/?a=flood-2021&b=epidemic-2021&by={by}")

    cells = findall(r'href="([^"]*served=[^"]*)"><?[^>]*?>?(\d+)<', shown)
    opened = [page(leader, unescape(url)).context_data["page"].paginator.count for url, _ in cells]

    assert len(cells) == 8
    assert opened == [int(number) for _, number in cells]


def test_comparison_bears_no_mark_of_the_drill_in_hand(pair, leader):
    CampaignFactory(code="drill", is_drill=True, starts_on=FIRST)
    client = client_for(leader)

    assert "watermark" in client.get("/boards/calendar/?campaign=drill").content.decode()
    assert "watermark" not in client.get("/boards/compare/").content.decode()


def test_rows_behind_shared_communities_stand_by_district(pair, world, leader):
    shown = text(leader, "/boards/compare/?a=flood-2021&b=epidemic-2021")
    lines = text(leader, "/boards/compare/?a=flood-2021&b=epidemic-2021&by=district")

    assert "/boards/compare/?a=flood-2021&amp;b=epidemic-2021&amp;by=district#shares" in shown
    rows = findall(
        r'title"><a class="rows" href="/communities/[^>]+>[^<]+</a></td>(.*?)</tr>', lines
    )
    cells = [list(map(int, findall(r">(\d+)<", row))) for row in rows]
    whole = findall(r"(?s)累计覆盖社区</td>(.*?)</tr>", lines)[0]
    assert [sum(column) for column in zip(*cells, strict=True)] == [
        int(number) for number in findall(r'"num">(\d+)<', whole)
    ]


def test_calendar_opens_the_round_of_each_day(world, leader):
    acts = RoundAct.objects.filter(round__on=FIRST)
    acts.update(state=ActState.DONE, done_at=moment_on(FIRST, dt.time(20)))

    answer = page(leader, "/boards/calendar/?campaign=flood-2021")
    cells = findall(r'<a class="heat heat-(\w+)" href="(.*?)"', answer.content.decode())

    assert cells == [
        ("whole", f"/daily/rounds/flood-2021/{FIRST}/"),
        ("open", f"/daily/rounds/flood-2021/{SECOND}/"),
    ]
    acts.filter(kind="judgment").update(state=ActState.PENDING, done_at=None)
    assert "heat-part" in text(leader, "/boards/calendar/?campaign=flood-2021")


def test_each_number_of_the_calendar_lists_its_rounds(world, leader):
    acts = RoundAct.objects.filter(round__on=FIRST)
    found = {}
    for name, states in (
        ("whole", [ActState.DONE] * 4),
        ("late", [ActState.DONE, ActState.DONE, ActState.WAIVED, ActState.DONE_LATE]),
        ("lacking", [ActState.PENDING, *[ActState.DONE] * 3]),
    ):
        for act, state in zip(acts.order_by("pk"), states, strict=True):
            is_done = state in (ActState.DONE, ActState.DONE_LATE)
            at = moment_on(FIRST, dt.time(20)) if is_done else None
            acts.filter(pk=act.pk).update(state=state, done_at=at, waive_reason="当日无事项")
        shown = text(leader, "/boards/calendar/?campaign=flood-2021")
        links = findall(r'href="(/daily/rounds/\?[^"]*acts=(\w+)[^"]*)">(?:<b[^>]*>)?(\d+)', shown)
        for url, which, count in links:
            rows = text(leader, url.replace("&amp;", "&"))
            assert rows.count(f"/daily/rounds/flood-2021/{FIRST}/") == int(count)
            found[name, which] = int(count)

    assert [key for key, count in found.items() if count] == [
        ("whole", "whole"), ("late", "late"), ("lacking", "lacking"),
    ]  # fmt: skip


def test_wall_shows_the_day_and_no_person(world, leader):
    group = world.groups[0]
    group.leader = posted(Role.LIAISON, group=group)
    group.leader.name = "不上墙者"
    group.leader.save()
    group.save()
    FlashReportFactory(
        campaign=world.campaign,
        unit=world.units[0],
        kind=FlashKind.INCIDENT,
        at=moment_on(SECOND, dt.time(12)),
    )

    shown = text(leader, WALL).split("<main")[1]

    assert "突发情况 1 起" in shown
    assert "2/4 家" in shown
    assert "不上墙者" not in shown
    assert str(world.units[2]) not in shown


def test_wall_does_not_say_who_signed(world, leader):
    RoundAct.objects.filter(round__on=FIRST, kind="judgment").update(
        state=ActState.DONE,
        done_at=moment_on(FIRST, dt.time(20)),
        evidence={"signed_by": "吕示例"},
    )

    shown = text(leader, f"{WALL}&day={FIRST}")

    assert "20:00 已阅签<" in shown
    assert "吕示例" not in shown
    assert "20:00 已阅签 · 吕示例" in text(leader, f"/daily/rounds/flood-2021/{FIRST}/")


def test_wall_says_how_many_came_after_the_lock(world, leader):
    lock_day(world.campaign, on=SECOND, now=moment_on(SECOND, dt.time(19)))
    DailyReport.objects.filter(unit=world.units[2], on=SECOND).update(state=ReportState.LATE)

    shown = text(leader, WALL)

    assert "已锁定 · 2/4 家" in shown
    assert "3/4 家，含补报 1</span>" in shown


def test_wall_renews_its_parts_without_the_page(world, leader):
    answer = client_for(leader).get(WALL, headers={"HX-Request": "true", "HX-Target": "wall"})
    part = answer.content.decode()

    assert "<html" not in part
    assert "联络组报送进度" in part
    assert "HX-Target" in answer["Vary"]


def test_wall_counts_down_to_filing_and_lock(world, leader):
    with time_machine.travel(moment_on(SECOND, dt.time(16)), tick=False):
        assert "距截报 <b data-countdown-text>01:00</b>" in text(leader, WALL)
    with time_machine.travel(moment_on(SECOND, dt.time(17, 30)), tick=False):
        assert "距数据锁定 <b data-countdown-text>01:30</b>" in text(leader, WALL)


@pytest.mark.parametrize(
    "address",
    [f"{CAMPAIGN}&day={FIRST}", f"{CAMPAIGN}&places=tiles", GROUPS, WALL, "/boards/compare/"],
)
def test_statements_do_not_grow_with_the_rows(pair, world, leader, address):
    client = client_for(leader)
    before = statements(client, address, kept=False)
    for _ in range(3):
        need = NeedFactory(campaign=world.campaign, starts_on=FIRST)
        present(world, world.units[1], SECOND, 3, need=need)
        MilestoneFactory(campaign=world.campaign)
        report = DailyReport.objects.get(unit=world.units[2], on=SECOND)
        ContactNoteFactory(report=report)
        FlashReportFactory(campaign=world.campaign, unit=world.units[1])

    assert statements(client, address, kept=False) == before


def test_board_is_kept_until_something_is_written(world, leader, staff):
    address = f"{CAMPAIGN}&day={SECOND}"
    client = client_for(leader)
    client.get(address)
    # What another test writes beside this one, into a database of its own, may cost one view.
    kept = min(statements(client, address) for _ in range(4))
    fresh = statements(client, address, kept=False)
    assert kept < fresh - 8

    DailyReport.objects.filter(unit=world.units[2], on=SECOND).update(state=ReportState.FILED)

    assert f">{world.units[2]}</a>" not in client.get(address).content.decode()


def test_statements_keep_the_scope_of_figures(world, leader, reporter):
    statement = f"SELECT f.id FROM figures_figure f WHERE {VISIBLE}"
    for user in (
        leader,
        liaison_of(world),
        reporter,
        posted(Role.UNIT_LEADER, unit=world.units[3]),
    ):
        rows = fetched(statement, **seen_by(scope_of(user)))

        assert {pk for (pk,) in rows} == {row.pk for row in Figure.objects.visible_to(user)}


def test_kept_board_is_not_shown_to_another_scope(world, leader):
    address = f"{CAMPAIGN}&day={SECOND}"

    for user in (leader, liaison_of(world), leader):
        shown = text(user, address)
        assert (str(world.units[3]) in shown) == (user == leader)


def test_table_of_a_chart_leaves_as_excel(world, leader):
    answer = page(leader, f"/boards/sheets/trend/?campaign=flood-2021&day={FIRST}&figure=F07")

    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]
    assert ("日期", "道路清障（处）") in [row[:2] for row in rows]
    assert [row[:2] for row in rows[-3:]] == [("8/3", None), ("8/4", 18), ("各日相加", 18)]


def test_numbers_of_a_moment_are_not_added_over_days_in_excel_either(world, leader):
    address = f"/boards/sheets/trend/?campaign=flood-2021&day={FIRST}&figure=F01"

    sheet = load_workbook(BytesIO(page(leader, address).content)).active

    assert next(sheet.iter_rows(min_row=sheet.max_row, values_only=True))[0] == "8/4"


def test_sheet_of_gaps_is_that_of_the_board(world, leader):
    need = NeedFactory(campaign=world.campaign, heads=30, starts_on=SECOND)
    community = need.community

    answer = page(leader, f"/boards/sheets/places/?campaign=flood-2021&day={SECOND}")

    sheet = load_workbook(BytesIO(answer.content)).active
    assert list(sheet.iter_rows(values_only=True))[-1][:6] == (
        community.street.district.name,
        community.street.name,
        community.name,
        30,
        0,
        30,
    )


def test_unknown_sheet_is_not_there(world, leader):
    assert page(leader, "/boards/sheets/nothing/?campaign=flood-2021").status_code == 404
    assert page(leader, "/boards/sheets/trend/?campaign=flood-2021&figure=X").status_code == 404


def test_group_reads_no_restricted_course(world):
    world.clearing.is_restricted = True
    world.clearing.save()

    shown = text(liaison_of(world), f"{CAMPAIGN}&day={FIRST}&figure=F07")

    assert '"data": [' in shown
    assert "全程走势 · 道路清障" not in shown
    assert LiaisonGroup.objects.count() == 2


def test_boards_without_a_campaign_say_so(leader):
    for address in ("/boards/campaign/", "/boards/calendar/", "/wall/"):
        assert "还没有应急任务" in text(leader, address)
    assert "至少有两项应急任务" in text(leader, "/boards/compare/")


def test_blank_of_the_ledger_says_that_nobody_entered_the_day(world, leader):
    DeploymentFactory(campaign=world.campaign, unit=world.units[0], starts_on=SECOND)
    rows = f"/daily/figures/flood-2021/{SECOND}/F01/"
    board = f"/boards/groups/{world.groups[0].pk}/?campaign=flood-2021"

    for address in (CAMPAIGN, board, rows):
        shown = text(leader, address)
        assert '<span class="blank">未登记</span>' in shown
    assert '<span class="blank">未报</span>' not in text(leader, rows)


def test_number_of_needs_opens_the_needs_it_is_counted_from(world, leader):
    codes = ("F13", "F20", "F21")
    for code in codes:
        world.ask(code, code, is_typed=False, source="ledger", measure=Measure.PEOPLE)
    raised = moment_on(SECOND, dt.time(10))
    short, met, _old = (
        NeedFactory(campaign=world.campaign, heads=heads, starts_on=day, raised_at=at)
        for heads, day, at in (
            (9, SECOND, raised),
            (4, SECOND, raised),
            (7, FIRST, moment_on(FIRST, dt.time(10))),
        )
    )
    for need in (met, _old):
        present(world, world.units[0], SECOND, need.heads, need=need, community=need.community)
    NeedFactory(campaign=world.campaign, state=NeedState.CLOSED, settled_at=raised)
    client = client_for(leader)

    opened = {}
    for code in codes:
        rows = client.get(f"/daily/figures/flood-2021/{SECOND}/{code}/").content.decode()
        url = search(r'href="([^"]+)">查看当日需求</a>', rows)[1]
        opened[code] = len(client.get(unescape(url)).context_data["table"].rows)

    assert opened == {"F13": 1, "F20": 3, "F21": 1}
    assert short.get_absolute_url() in text(
        leader, f"/deployments/needs/?campaign=flood-2021&unmet={SECOND}"
    )
