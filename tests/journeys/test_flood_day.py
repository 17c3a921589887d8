"""A flood day in a real browser: filed on a phone, locked at a desk, drawn at night, read at dawn."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from apps.campaigns.models import Campaign
from apps.core.dates import business_day, moment_on
from apps.daily.enums import ReportState
from apps.daily.models import DailyReport
from tests.browser.chromium import DESK, PHONE


@pytest.fixture
def drill(small_world):
    return Campaign.objects.get(is_drill=True)


def unfiled_unit(drill, on):
    """The number of a demo unit that has not touched today's report."""
    report = (
        DailyReport.objects.filter(campaign=drill, on=on, state=ReportState.MISSING)
        .exclude(unit__is_leader_contact=True)
        .select_related("unit")
        .first()
    )
    user = report.unit.postings.filter(role="reporter").first().user
    return report, user.username, user.username.replace("unit", "unitleader")


def test_a_report_is_filed_locked_drawn_and_read(visit, drill):
    today = business_day()
    report, reporter, reviewer = unfiled_unit(drill, today)

    with time_machine.travel(moment_on(today, dt.time(16, 40)), tick=True):
        phone = visit(reporter, "/", PHONE)
        phone.assert_well()
        phone.page.get_by_role("link", name="填报日报").click()
        phone.page.get_by_role("button", name="今日无下沉").click()
        phone.page.get_by_label("当日下沉", exact=True).fill("１２")
        phone.page.get_by_role("button", name="无突发情况").click()
        phone.assert_well()
        phone.page.get_by_role("button", name="提交").click()
        phone.page.wait_for_url("**/receipts/**")
        assert "编号" in phone.page.inner_text("main")
        phone.assert_well()

        leader = visit(reviewer, report.get_absolute_url(), PHONE)
        leader.page.get_by_role("button", name="审核并报出").click()
        leader.page.wait_for_load_state()
        leader.assert_well()
    report.refresh_from_db()
    assert (report.state, report.current.values.get(indicator__code="F03").value) == (
        ReportState.FILED,
        12,
    )

    with time_machine.travel(moment_on(today, dt.time(19, 5)), tick=True):
        desk = visit("staff", "/daily/rounds/today/", DESK)
        desk.page.get_by_role("button", name="锁定当日数据").click()
        desk.page.locator("dialog[open] [data-confirm-yes]").click()
        desk.page.get_by_text("核定数").first.wait_for()
        desk.assert_well()
    assert drill.snapshots.locked().filter(on=today).exists()

    with time_machine.travel(moment_on(today, dt.time(22, 1)), tick=True):
        call_command("nightly", stdout=StringIO(), stderr=StringIO())
    tomorrow = today + dt.timedelta(days=1)
    with time_machine.travel(moment_on(tomorrow, dt.time(7, 41)), tick=True):
        call_command("nightly", stdout=StringIO(), stderr=StringIO())

        boss = visit("leader", "/messages/", PHONE)
        boss.page.get_by_role("link", name="工作情况").first.click()
        boss.page.wait_for_load_state()
        assert f"{today.month}月{today.day}日防汛救灾工作情况" in boss.page.inner_text("main")
        boss.assert_well()
