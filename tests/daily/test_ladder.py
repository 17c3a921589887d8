"""The reminder ladder: who hears what, once."""

import datetime as dt
import re

import pytest

from apps.campaigns.enums import CampaignKind, Rung
from apps.core.dates import moment_on
from apps.daily.enums import FlashKind, ReportState
from apps.daily.models import DailyRound
from apps.daily.selectors.copytext import copy_texts
from apps.daily.services import ladder
from apps.messaging.enums import MessageKind, MessageState
from apps.messaging.models import InboxMessage, OutboxMessage
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    DailyReportFactory,
    DailyRoundFactory,
    FlashReportFactory,
    LadderStepFactory,
    PostingFactory,
    UnitFactory,
    UserFactory,
)

ON = dt.date(2021, 8, 5)


def at(hour, minute=0):
    return moment_on(ON, dt.time(hour, minute))


@pytest.fixture
def campaign(db):
    campaign = CampaignFactory(name="2021年防汛救灾")
    LadderStepFactory(campaign=campaign, rung=Rung.HINT, offset_minutes=-30)
    LadderStepFactory(campaign=campaign, rung=Rung.DUE, offset_minutes=0, to_office=True)
    LadderStepFactory(
        campaign=campaign, rung=Rung.LATE, offset_minutes=60, to_unit_leader=True, to_office=True
    )
    LadderStepFactory(
        campaign=campaign,
        rung=Rung.LOCKED,
        offset_minutes=120,
        to_duty_desk=False,
        to_unit_leader=True,
        needs_confirmation=True,
    )
    return campaign


@pytest.fixture
def report(campaign, unit):
    return DailyReportFactory(campaign=campaign, unit=unit, on=ON)


def addresses(kind):
    return set(OutboxMessage.objects.filter(kind=kind).values_list("address", flat=True))


def test_send_rung_reaches_the_unit_its_group_and_the_office(
    campaign, report, reporter, liaison, staff, leader
):
    sent = ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))

    assert addresses(MessageKind.REMINDER_UNIT) == {report.unit.duty_email, reporter.email}
    assert addresses(MessageKind.REMINDER_GROUP) == {liaison.email}
    assert addresses(MessageKind.REMINDER_OFFICE) == {staff.email}
    assert (sent.mails, sent.units, sent.left_out) == (4, 1, {})


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("reporter", MessageKind.REMINDER_UNIT),
        ("liaison", MessageKind.REMINDER_GROUP),
        ("staff", MessageKind.REMINDER_OFFICE),
    ],
)
def test_the_link_of_a_reminder_opens_its_own_campaign(campaign, report, who, kind, request):
    """Whichever campaign its reader has in hand."""
    client = client_for(request.getfixturevalue(who))
    other = CampaignFactory(is_drill=True)
    client.get("/", {"campaign": other.code})
    ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))
    mail = OutboxMessage.objects.filter(kind=kind).first()

    page = client.get(re.search(r"/daily/\S+", mail.text).group())

    assert page.context["portal"].campaign.code == campaign.code


def test_send_rung_twice_sends_once(campaign, report, reporter):
    ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))

    again = ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17, 1))

    assert again.mails == 0
    assert OutboxMessage.objects.filter(kind=MessageKind.REMINDER_UNIT).count() == 2
    assert InboxMessage.objects.filter(user=reporter).count() == 1


@pytest.mark.parametrize(
    "state", [ReportState.FILED, ReportState.ACCEPTED, ReportState.LATE, ReportState.EXEMPT]
)
def test_who_has_filed_hears_nothing(campaign, report, reporter, liaison, staff, state):
    report.state = state
    report.save(update_fields=["state"])

    assert ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17)).mails == 0


def test_the_units_of_leaders_are_left_out_but_their_group_sees_them(campaign, report, liaison):
    report.unit.is_leader_contact = True
    report.unit.save(update_fields=["is_leader_contact"])

    sent = ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))

    assert sent.left_out == {"由领导沟通": ["示例甲"]}
    assert addresses(MessageKind.REMINDER_UNIT) == set()
    assert "示例甲" in OutboxMessage.objects.get(kind=MessageKind.REMINDER_GROUP).text


def test_a_unit_without_power_is_left_out(campaign, report, reporter):
    FlashReportFactory(
        campaign=campaign, unit=report.unit, kind=FlashKind.OUTAGE, happened_at=at(9)
    )

    sent = ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))

    assert sent.left_out == {"停电断网": ["示例甲"]}


def test_two_campaigns_share_one_message(campaign, report, reporter):
    other = CampaignFactory(name="2021年疫情防控", kind=CampaignKind.EPIDEMIC)
    LadderStepFactory(campaign=other, rung=Rung.DUE, offset_minutes=0)
    DailyReportFactory(campaign=other, unit=report.unit, on=ON)

    ladder.send_rung([campaign, other], Rung.DUE, on=ON, now=at(17))

    mail = OutboxMessage.objects.get(kind=MessageKind.REMINDER_UNIT, address=reporter.email)
    assert mail.subject == "2021年防汛救灾、2021年疫情防控日报已到截报时间"


def test_a_drill_is_a_message_of_its_own_and_says_so(campaign, report, reporter):
    campaign.is_drill = True
    campaign.save(update_fields=["is_drill"])

    ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))

    mail = OutboxMessage.objects.get(kind=MessageKind.REMINDER_UNIT, address=reporter.email)
    assert (mail.is_drill, mail.subject[:4]) == (True, "【演练】")


def test_the_last_rung_waits_for_a_person(campaign, report, unit_leader, staff):
    ladder.send_rung([campaign], Rung.LOCKED, on=ON, now=at(19))
    mail = OutboxMessage.objects.get(kind=MessageKind.REMINDER_UNIT)
    assert (mail.address, mail.state) == (unit_leader.email, MessageState.HELD)
    assert not InboxMessage.objects.filter(user=unit_leader).exists()

    round_ = DailyRoundFactory(campaign=campaign, on=ON)
    released = ladder.confirm_held(round_, by=staff, now=at(19, 10))

    mail.refresh_from_db()
    assert (released, mail.state) == (1, MessageState.QUEUED)
    assert InboxMessage.objects.filter(user=unit_leader).count() == 1
    assert DailyRound.objects.get(pk=round_.pk).late_confirmed_by == staff


def test_who_filed_before_the_confirmation_is_taken_off(campaign, report, unit_leader, staff):
    ladder.send_rung([campaign], Rung.LOCKED, on=ON, now=at(19))
    report.state = ReportState.LATE
    report.save(update_fields=["state"])

    released = ladder.confirm_held(
        DailyRoundFactory(campaign=campaign, on=ON), by=staff, now=at(19, 10)
    )

    assert released == 0
    assert OutboxMessage.objects.get().state == MessageState.SUPPRESSED


def test_confirming_twice_sends_once(campaign, report, unit_leader, staff):
    ladder.send_rung([campaign], Rung.LOCKED, on=ON, now=at(19))
    round_ = DailyRoundFactory(campaign=campaign, on=ON)
    ladder.confirm_held(round_, by=staff, now=at(19, 10))

    assert ladder.confirm_held(round_, by=staff, now=at(19, 11)) == 0


def test_chase_by_hand_speaks_as_late_as_it_is_and_not_twice(campaign, report, unit_leader):
    sent = ladder.chase(campaign, [report.unit_id], on=ON, now=at(18, 2))
    again = ladder.chase(campaign, [report.unit_id], on=ON, now=at(18, 4))

    assert (sent.units, again.mails) == (1, 0)
    mail = OutboxMessage.objects.get(address=unit_leader.email)
    assert "贵单位8月5日日报逾期1小时2分钟" in mail.text


def test_chase_at_night_waits_for_the_morning(campaign, report, reporter):
    ladder.chase(campaign, [report.unit_id], on=ON, now=at(23, 30))

    mail = OutboxMessage.objects.get(address=reporter.email)
    assert mail.not_before == moment_on(dt.date(2021, 8, 6), dt.time(6, 30))


def test_who_files_before_the_morning_is_not_reminded(campaign, report, reporter):
    other = DailyReportFactory(campaign=campaign, on=ON)
    waiting = UserFactory(email="other@example.org")
    PostingFactory(user=waiting, role=Role.REPORTER, unit=other.unit)
    ladder.chase(campaign, [report.unit_id, other.unit_id], on=ON, now=at(23, 30))

    assert ladder.call_off() == 0
    report.state = ReportState.FILED
    report.save(update_fields=["state"])

    # To the duty desk and to the reporter.
    assert (ladder.call_off(), ladder.call_off()) == (2, 0)
    states = dict(OutboxMessage.objects.values_list("address", "state"))
    assert states[reporter.email] == MessageState.SUPPRESSED
    assert states[waiting.email] == MessageState.QUEUED


def test_after_a_lock_by_button_the_late_rung_speaks_of_a_locked_day(campaign, report, unit_leader):
    report.frozen_at = at(17, 50)
    report.save(update_fields=["frozen_at"])

    ladder.send_rung([campaign], Rung.LATE, on=ON, now=at(18))

    text = OutboxMessage.objects.get(address=unit_leader.email).text
    assert "汇总将于" not in text
    assert "补报数据列入更正" in text


def test_consecutive_days_are_counted_back_to_the_last_report(campaign, unit, liaison):
    for days, state in ((3, ReportState.FILED), (2, ReportState.MISSING), (1, ReportState.MISSING)):
        DailyReportFactory(
            campaign=campaign, unit=unit, on=ON - dt.timedelta(days=days), state=state
        )
    DailyReportFactory(campaign=campaign, unit=unit, on=ON)

    ladder.send_rung([campaign], Rung.LATE, on=ON, now=at(18))

    mail = OutboxMessage.objects.get(kind=MessageKind.REMINDER_GROUP)
    assert "其中示例甲连续3日未报" in mail.text


def test_queries_do_not_grow_with_the_units(
    campaign, report, group, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40) as few:
        ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))
    for _ in range(3):
        DailyReportFactory(campaign=campaign, unit=UnitFactory(group=group), on=ON)
    OutboxMessage.objects.all().delete()

    with django_assert_num_queries(len(few.captured_queries)):
        ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))


def test_no_mail_names_a_person_or_a_phone(campaign, report, reporter, liaison, staff):
    ladder.send_rung([campaign], Rung.DUE, on=ON, now=at(17))

    for mail in OutboxMessage.objects.all():
        for secret in (reporter.name, liaison.name, report.unit.duty_phone):
            assert secret not in mail.text + mail.html + mail.subject


def test_copy_texts_hold_totals_and_unit_names(campaign, report, group):
    DailyReportFactory(
        campaign=campaign, unit=UnitFactory(group=group), on=ON, state=ReportState.FILED
    )

    texts = copy_texts(campaign, on=ON)

    assert [label for label, _ in texts] == ["全部", "第3组"]
    assert texts[1][1] == (
        "【2021年防汛救灾】8月5日日报（数据截至17:00）：第3组应报2家，已报1家，未报1家：示例甲。"
        "请未报单位抓紧报送，19:00锁定；今日无下沉的，请作零报告；"
        "停电断网的，可电话报送，由联络服务小组代录。谢谢支持。——省直机关工委办公室"
    )
