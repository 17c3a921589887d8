"""One's own digests: each role its own, and a switch that stops the mail."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from apps.campaigns.enums import Hour
from apps.core.dates import moment_on
from apps.daily.models import DigestSubscription
from apps.daily.services import digests
from apps.messaging.models import InboxMessage, OutboxMessage
from tests.cast import client_for
from tests.factories import CampaignFactory, DailyReportFactory, PolicyHourFactory

ON = dt.date(2021, 8, 6)
ABOUT = dt.date(2021, 8, 5)
MORNING = moment_on(ON, dt.time(8))
URL = "/daily/subscriptions/"


@pytest.fixture
def campaign(db):
    return CampaignFactory(name="2021年防汛救灾")


@pytest.fixture
def owed(campaign, unit):
    """The unit owes yesterday's report, so that leader, group and unit all have a digest."""
    return DailyReportFactory(campaign=campaign, unit=unit, on=ABOUT)


def offered(user):
    page = client_for(user).get(URL)
    assert page.status_code == 200
    return list(page.context["form"].fields)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("leader", ["leader"]),
        ("liaison", ["group"]),
        ("reporter", ["unit"]),
        ("unit_leader", []),
        ("staff", []),
        ("outsider", []),
    ],
)
def test_each_role_is_offered_its_own_digests(campaign, request, person, expected):
    assert offered(request.getfixturevalue(person)) == expected


def test_who_gets_no_digest_is_told_so(campaign, staff):
    page = client_for(staff).get(URL).content.decode()

    assert "您的角色没有每日摘要。" in page
    assert 'type="submit" class="btn btn-primary"' not in page


def test_strangers_are_sent_to_the_door(client, db):
    assert client.get(URL).url == f"{reverse('login')}?next={URL}"


def test_page_tells_contents_and_the_hour_of_the_campaign(campaign, leader):
    PolicyHourFactory(campaign=campaign, hour=Hour.LEADER_DIGEST, at=dt.time(6, 50))

    page = client_for(leader).get(URL).content.decode()

    assert "每日 06:50：前一日总体情况" in page
    assert "时间按2021年防汛救灾的安排" in page


def test_own_account_leads_to_the_page(campaign, leader):
    assert f'href="{URL}"' in client_for(leader).get(reverse("accounts:account")).content.decode()


SENDERS = {
    "leader": digests.send_leader_digest,
    "liaison": digests.send_group_digests,
    "reporter": digests.send_unit_digests,
}


@pytest.mark.parametrize("person", SENDERS)
def test_switching_off_stops_mail_and_inbox_and_on_brings_them_back(
    campaign, owed, request, person
):
    user = request.getfixturevalue(person)
    browser = client_for(user)
    (name,) = offered(user)
    send = SENDERS[person]

    assert browser.post(URL, {}).url == URL
    send([campaign], on=ON, now=MORNING)
    silent = OutboxMessage.objects.filter(address=user.email).count()
    silent_inbox = InboxMessage.objects.filter(user=user).count()
    browser.post(URL, {name: "on"})
    send([campaign], on=ON, now=MORNING)

    assert (silent, silent_inbox) == (0, 0)
    assert OutboxMessage.objects.filter(address=user.email).count() == 1
    assert InboxMessage.objects.filter(user=user).count() == 1


def test_duty_desk_hears_although_the_reporter_does_not(campaign, owed, unit, reporter):
    unit.duty_email = "desk@example.org"
    unit.save()
    client_for(reporter).post(URL, {})

    digests.send_unit_digests([campaign], on=ON, now=MORNING)

    assert list(OutboxMessage.objects.values_list("address", flat=True)) == ["desk@example.org"]


def test_another_roles_digest_cannot_be_chosen(campaign, reporter):
    client_for(reporter).post(URL, {"unit": "on", "leader": "on"})

    stored = DigestSubscription.objects.values_list("user", "digest", "is_enabled")
    assert list(stored) == [(reporter.pk, "unit", True)]


def test_who_has_no_address_is_told_so(campaign, leader):
    leader.email = ""
    leader.save()

    assert "您还没有登记电子邮箱" in client_for(leader).get(URL).content.decode()


def test_choosing_twice_keeps_one_row(campaign, leader):
    browser = client_for(leader)
    browser.post(URL, {})
    browser.post(URL, {"leader": "on"})

    assert DigestSubscription.objects.get(user=leader).is_enabled


@pytest.mark.parametrize(
    ("person", "digest", "sentence"),
    [
        ("leader", "leader", "汇总未完成，原因：当日数据尚未汇总，请勿使用旧数。"),
        ("liaison", "group", "第3组：应报1，已报0"),
        ("reporter", "unit", "示例甲今日待办1项：8月5日日报待补报1。"),
    ],
)
def test_the_next_digest_can_be_seen_before_it_leaves(owed, request, person, digest, sentence):
    client = client_for(request.getfixturevalue(person))
    with time_machine.travel(moment_on(ABOUT, dt.time(21)), tick=False):
        page = client.get(f"{URL}{digest}/")
        mail = client.get(f"{URL}{digest}/mail/")

    assert f"{URL}{digest}/mail/" in page.content.decode()
    assert sentence in re.sub("<[^>]+>", "", mail.content.decode())
    assert "sandbox" in mail["Content-Security-Policy"]
    assert not OutboxMessage.objects.exists()


def test_another_roles_digest_cannot_be_previewed(owed, reporter):
    assert client_for(reporter).get(f"{URL}leader/").status_code == 404
    assert client_for(reporter).get(f"{URL}leader/mail/").status_code == 404


def test_a_unit_with_nothing_to_do_previews_nothing(campaign, reporter):
    page = client_for(reporter).get(f"{URL}unit/").content.decode()

    assert "明早没有要发给您的摘要" in page
