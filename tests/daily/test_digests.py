"""The morning digests: each reader in the scope of his own, and silent without need."""

import datetime as dt
import re
from html import unescape

import pytest

from apps.core.dates import moment_on
from apps.daily.enums import Fulfilment, ReportState
from apps.daily.models import DailyReport, DigestSubscription
from apps.daily.services import digests, locking
from apps.figures.enums import CorrectionState, IndicatorKind, Measure, Rollup, Section
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage, OutboxMessage
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    CityTalkFactory,
    CityTalkItemFactory,
    CorrectionFactory,
    DailyReportFactory,
    DailyRoundFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    IndicatorFactory,
    UnitFactory,
)

ON = dt.date(2021, 8, 6)
ABOUT = dt.date(2021, 8, 5)
MORNING = moment_on(ON, dt.time(7, 30))


@pytest.fixture
def campaign(db):
    campaign = CampaignFactory(name="2021年防汛救灾")
    on_post = IndicatorFactory(
        code="F01",
        name="在岗下沉党员",
        measure=Measure.PEOPLE,
        kind=IndicatorKind.STOCK,
        rollup=Rollup.SUM,
        section=Section.FORCE,
    )
    CampaignIndicatorFactory(campaign=campaign, indicator=on_post, is_typed=False)
    return campaign


@pytest.fixture
def locked(campaign, unit, group, reporter):
    """Two units asked on 5 August, one of them filed, 12 people on post, the day locked."""
    DailyReportFactory(campaign=campaign, unit=unit, on=ABOUT, state=ReportState.FILED)
    silent = UnitFactory(short_name="示例丁", group=group)
    DailyReportFactory(campaign=campaign, unit=silent, on=ABOUT)
    deployment = DeploymentFactory(campaign=campaign, unit=unit, starts_on=ABOUT)
    DeploymentDayFactory(deployment=deployment, on=ABOUT, expected=12, present=12)
    round_ = DailyRoundFactory(campaign=campaign, on=ABOUT)
    talk = CityTalkFactory(round=round_)
    CityTalkItemFactory(talk=talk, content="甲社区值守", heads=6, fulfilment=Fulfilment.OPEN)
    CityTalkItemFactory(talk=talk, content="乙社区清淤", fulfilment=Fulfilment.DONE)
    partly = {"heads": 9, "fulfilment": Fulfilment.PARTLY}
    CityTalkItemFactory(talk=talk, content="丙社区 搬运 9 人", **partly)
    locking.lock_day(campaign, on=ABOUT, now=moment_on(ABOUT, dt.time(19)))
    return campaign


def mail(kind):
    return OutboxMessage.objects.get(kind=kind)


def test_leader_digest_tells_the_locked_day_in_the_offices_words(locked, leader):
    assert digests.send_leader_digest([locked], on=ON, now=MORNING) == 1

    sent = mail(MessageKind.DIGEST_LEADER)
    assert sent.subject == "8月5日防汛救灾工作情况（已报1/2家）"
    for line in (
        "一、总体情况",
        "截至8月5日17时，在岗下沉党员12人。（核定数；未报1家未计入。）",
        "无突发情况报告；下沉人员伤病0人。",
        "市直工委提出3项，已落实1项，未落实1项：甲社区值守（6人）。部分落实1项：丙社区搬运9人。",
        "第3组：示例丁",
        "——省直机关工委办公室，07:30，数据时点17:00，内部资料，请勿转发。",
    ):
        assert line in sent.text.splitlines(), sent.text


def test_each_number_of_a_digest_opens_its_rows(locked, leader, liaison, settings):
    digests.send_leader_digest([locked], on=ON, now=MORNING)
    digests.send_group_digests([locked], on=ON, now=MORNING)

    for kind, reader in ((MessageKind.DIGEST_LEADER, leader), (MessageKind.DIGEST_GROUP, liaison)):
        sent = mail(kind)
        links = re.findall(f'href="{settings.SITE_URL}([^"]+)"[^>]*>([^<]*[0-9][^<]*)<', sent.html)
        assert links, kind
        found = {client_for(reader).get(unescape(url)).status_code for url, _ in links}
        assert found == {200}
        assert "\ufdd0" not in sent.text + sent.html


def test_the_subject_counts_what_is_locked_and_apart_what_came_later(locked, leader):
    DailyReport.objects.filter(unit__short_name="示例丁").update(state=ReportState.LATE)

    digests.send_leader_digest([locked], on=ON, now=MORNING)

    subject = mail(MessageKind.DIGEST_LEADER).subject
    assert subject == "8月5日防汛救灾工作情况（已报1/2家，锁定后补报1家）"


def test_leader_digest_warns_of_old_figures_when_nothing_was_drawn(campaign, unit, leader):
    DailyReportFactory(campaign=campaign, unit=unit, on=ABOUT)

    digests.send_leader_digest([campaign], on=ON, now=MORNING)

    text = mail(MessageKind.DIGEST_LEADER).text
    assert "汇总未完成，原因：当日数据尚未汇总，请勿使用旧数。" in text


def test_leader_digest_of_a_day_without_reports_says_that_the_query_worked(campaign, leader):
    digests.send_leader_digest([campaign], on=ON, now=MORNING)

    assert "昨日无新增，查询正常。" in mail(MessageKind.DIGEST_LEADER).text


def test_what_came_in_after_the_lock_is_told_by_unit(locked, leader, unit, staff):
    figure = locked.snapshots.get().figures.get(scope="unit", indicator__code="F01", unit=unit)
    CorrectionFactory(
        figure=figure,
        old=figure.value,
        new=13,
        reason="漏计夜班",
        state=CorrectionState.ACCEPTED,
        reviewed_by=staff,
        reviewed_at=moment_on(ABOUT, dt.time(21)),
    )

    digests.send_leader_digest([locked], on=ON, now=MORNING)

    text = mail(MessageKind.DIGEST_LEADER).text
    assert "8月5日示例甲在岗下沉党员12人更正为13人，原因：漏计夜班。" in text


def test_digests_go_once(locked, leader, liaison, unit):
    first = digests.send_leader_digest([locked], on=ON, now=MORNING)
    again = digests.send_leader_digest([locked], on=ON, now=MORNING)

    assert (first, again) == (1, 0)
    assert InboxMessage.objects.filter(user=leader).count() == 1


def test_who_turned_the_digest_off_gets_none(locked, leader):
    DigestSubscription.objects.create(user=leader, digest="leader", is_enabled=False)

    assert digests.send_leader_digest([locked], on=ON, now=MORNING) == 0


def test_group_digest_speaks_of_its_own_units_only(locked, liaison, foreign_unit):
    DailyReportFactory(campaign=locked, unit=foreign_unit, on=ABOUT)

    digests.send_group_digests([locked], on=ON, now=MORNING)

    text = mail(MessageKind.DIGEST_GROUP).text
    assert (
        f"/?campaign={locked.code}&amp;day={ABOUT}#visit-units"
        in mail(MessageKind.DIGEST_GROUP).html
    )
    assert "第3组：应报2，已报1；在岗12人；今日请办：催报1家、审核日报1份、到岗抽查1处。" in text
    assert f"/daily/missing/?campaign={locked.code}&day={ABOUT}&group=" in text
    assert OutboxMessage.objects.filter(kind=MessageKind.DIGEST_GROUP).count() == 1
    assert foreign_unit.short_name not in text


def test_unit_digest_only_for_units_with_something_to_do(locked, reporter):
    assert digests.send_unit_digests([locked], on=ON, now=MORNING) == 1

    sent = mail(MessageKind.DIGEST_UNIT)
    assert sent.subject == "示例丁今日待办1项"
    assert "示例丁今日待办1项：8月5日日报待补报1。" in sent.text
    assert "打开我的待办" in sent.text


def test_group_digest_leads_to_what_is_to_be_done_where_nobody_owes(locked, liaison):
    DailyReport.objects.filter(on=ABOUT).exclude(state="exempt").update(state="filed")

    digests.send_group_digests([locked], on=ON, now=MORNING)

    assert "打开我的待办" in mail(MessageKind.DIGEST_GROUP).text


def test_a_digest_run_at_night_waits_for_the_morning(locked, leader):
    digests.send_leader_digest([locked], on=ON, now=moment_on(ON, dt.time(3)))

    assert mail(MessageKind.DIGEST_LEADER).not_before == moment_on(ON, dt.time(6, 30))


def test_catch_up_names_the_days_once(locked, staff):
    missed = {locked: [dt.date(2021, 8, 3), dt.date(2021, 8, 4)]}

    digests.send_catch_up(missed, on=ON, now=MORNING)

    assert "2021年防汛救灾：8月3日、8月4日的提醒和摘要未按时发出" in mail(MessageKind.CATCH_UP).text


def test_no_digest_names_a_person_or_a_phone(locked, leader, liaison, reporter):
    digests.send_leader_digest([locked], on=ON, now=MORNING)
    digests.send_group_digests([locked], on=ON, now=MORNING)
    digests.send_unit_digests([locked], on=ON, now=MORNING)

    for sent in OutboxMessage.objects.all():
        for secret in (leader.name, liaison.name, reporter.name, "0371-6550"):
            assert secret not in sent.text + sent.html + sent.subject
