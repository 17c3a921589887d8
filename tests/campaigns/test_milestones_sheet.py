"""重要节点 as a table: set up, reached by a notice, out and in again; a claim needs its evidence."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.campaigns.models import Milestone
from apps.core.dates import business_day, moment_on
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    DistrictFactory,
    MilestoneFactory,
    MilestoneResetFactory,
)
from tests.office.importing import act, applied, checked, counts, exported, problems, send, workbook

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
CLOCKS = ("重要节点", "区县", "区域", "计时方式", "起算时间", "时限（小时）", "起算依据")
TOLD = "据省防指通知"
CLAIMS = (
    "重要节点",
    "计时方式",
    "起算时间",
    "时限（小时）",
    "实现时间",
    "来源",
    "通报时间",
    "通报文号",
)


@pytest.fixture
def flood(db):
    return CampaignFactory(starts_on=business_day() - 20 * DAY)


@pytest.fixture
def start(flood):
    return moment_on(flood.starts_on, dt.time(12))


def written(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def test_clocks_are_set_up_and_reached_in_one_table(staff, flood, start):
    district = DistrictFactory(name="金水区")
    rows = [
        ("恢复供电", "金水区", "京广路沿线", "自事件起限时", written(start), "72小时", TOLD),
        ("疫情清零", None, None, "连续无新增天数", written(start), "14天", TOLD),
    ]

    batch = applied(staff, "milestones", workbook(CLOCKS, rows))

    assert batch.state == "applied", problems(batch)
    power, clear = Milestone.objects.order_by("pk")
    assert (power.campaign, power.district, power.area) == (flood, district, "京广路沿线")
    assert (power.started_at, power.limit_hours, power.alarm_hours) == (start, 72, 6)
    assert (clear.district, clear.area, clear.limit_hours) == (None, "", 336)
    act(staff, batch, "undo")
    assert not Milestone.objects.exists()


def test_what_goes_out_comes_back_and_a_claim_stays_unproven_without_its_notice(
    staff, flood, start
):
    power = MilestoneFactory(campaign=flood, source="")
    MilestoneFactory(campaign=flood, name="重要通信干线畅通", reached_at=start + HOUR)
    head, rows = exported("milestones", staff)
    rows = [
        [written(cell) if isinstance(cell, dt.datetime) else cell for cell in row] for row in rows
    ]
    untouched = checked(staff, "milestones", workbook(head, rows))
    assert counts(untouched) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}, problems(untouched)

    edited = next(row for row in rows if row[head.index("重要节点")] == "恢复供电")
    edited[head.index("实现时间")] = written(start + 20 * HOUR)
    edited[head.index("来源")] = "据省电力公司通报"
    batch = applied(staff, "milestones", workbook(head, rows), name="二.xlsx")

    assert (batch.state, batch.changes, batch.same) == ("applied", 1, 1)
    power.refresh_from_db()
    assert (power.reached_at, power.recorded_by) == (start + 20 * HOUR, staff)
    assert power.missing_evidence == ("通报时间或文号",)
    page = client_for(staff).get("/campaigns/milestones/").content.decode()
    assert "证据不全" in page
    assert "/office/imports/new/milestones/" in page

    edited[head.index("通报文号")] = "演示〔2021〕21号"
    applied(staff, "milestones", workbook(head, rows), name="三.xlsx")

    power.refresh_from_db()
    assert power.is_proven


def test_each_claim_that_cannot_be_is_named(staff, flood, start):
    proven = MilestoneFactory(campaign=flood, name="通信畅通", reached_at=start + HOUR)
    MilestoneFactory(campaign=flood, name="恢复供水", source="")
    clear = MilestoneResetFactory(
        milestone__campaign=flood, milestone__started_at=start, at=start + 10 * DAY
    ).milestone
    said, now = "据有关部门通报", timezone.now()

    def row(name, reached, source=said, at=None, number="1号", *, clock="自事件起限时", hours=72):
        moments = [written(one) if one else None for one in (reached, at)]
        return (name, clock, written(start), hours, moments[0], source, moments[1], number)

    batch = checked(
        staff,
        "milestones",
        workbook(
            CLAIMS,
            [
                row("通信畅通", start + 2 * HOUR, "据省通信管理部门通报"),
                row("通信畅通", None, None, None, None),
                row("恢复供水", start + 2 * HOUR, None),
                row("恢复供水", start - HOUR),
                row("恢复供水", now + DAY),
                row("恢复供水", start + 5 * HOUR, at=start + HOUR),
                row("恢复供水", None),
                row(clear.name, start + 9 * DAY, clock="连续无新增天数", hours=336),
                row(clear.name, start + 15 * DAY, clock="连续无新增天数", hours=336),
                row("恢复交通", None, None, None, None, hours=0),
            ],
        ),
    )

    told = {number: (column, reason) for number, column, _, reason in problems(batch)}
    assert {number: column for number, (column, _) in told.items()} == {
        2: "reached_at", 3: "reached_at", 4: "source", 5: "reached_at", 6: "reached_at",
        7: "source_at", 8: "reached_at", 9: "reached_at", 10: "reached_at", 11: "limit_hours",
    }  # fmt: skip
    assert "先在节点页面撤回" in told[2][1]
    assert "其后又有新增通报" in told[9][1]
    assert "天数不满时限" in told[10][1]
    proven.refresh_from_db()
    assert proven.reached_at == start + HOUR


def test_no_clock_of_a_table_starts_outside_the_campaign_or_on_nobodys_word(staff, flood, start):
    early, late = start - 40 * DAY, timezone.now() + DAY
    rows = [
        ("恢复供电", None, None, "自事件起限时", written(late), "72小时", TOLD),
        ("恢复供水", None, None, "自事件起限时", written(early), "72小时", TOLD),
        ("恢复交通", None, None, "自事件起限时", written(start), "72小时", None),
    ]

    batch = checked(staff, "milestones", workbook(CLOCKS, rows))

    assert [(number, reason) for number, _, _, reason in problems(batch)] == [
        (2, "起算时间不得晚于现在。"),
        (3, "起算时间不得早于任务开始前 30 日，请核对。"),
        (4, "请填写起算依据，如：据省防指通知。"),
    ]


def test_the_duty_desk_records_and_the_office_sets_up(duty, liaison, flood, start):
    MilestoneFactory(campaign=flood, name="恢复供水", source="")
    rows = [
        ("恢复供水", "自事件起限时", written(start), 96, None, None, None, None),
        ("恢复交通", "自事件起限时", written(start), 24, None, None, None, None),
        (
            "恢复供水",
            "自事件起限时",
            written(start),
            72,
            written(start + HOUR),
            "据通报",
            None,
            "1号",
        ),
    ]

    batch = checked(duty, "milestones", workbook(CLAIMS, rows))

    assert [(number, reason[:10]) for number, _, _, reason in problems(batch)] == [
        (2, "时限和起算由工委办公"), (3, "新增节点由工委办公室"),
        (3, "请填写起算依据，如："),
    ]  # fmt: skip
    assert send(liaison, "milestones", workbook(CLAIMS, rows)).status_code == 403
