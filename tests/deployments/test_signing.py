"""社区确认 at the desk: sheets made and printed, both numbers side by side, differences settled."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.enums import CampaignState, Hour
from apps.core.dates import business_day, moment_on
from apps.deployments.enums import DeploymentState
from apps.deployments.models import DeploymentDay, SigningLine, SigningSheet
from apps.deployments.needs import with_chain
from apps.deployments.services import record_day
from apps.deployments.services import signing as services
from apps.deployments.signing_enums import Side
from apps.deployments.signing_links import link_of, read_token
from apps.jobs.models import Occurrence
from apps.jobs.services import run_due
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    CampaignFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    NeedFactory,
    PolicyHourFactory,
    SigningLineFactory,
    UnitFactory,
)

from .signing_desk import signed_day, word

pytestmark = pytest.mark.django_db
TODAY = business_day()
DAY = dt.timedelta(days=1)
LIST = "/deployments/signing/"
NAMES = ("community", "district", "units", "claimed", "said", "difference", "standing")


@pytest.fixture
def campaign(db):
    return CampaignFactory(code="flood", starts_on=TODAY - 3 * DAY)


@pytest.fixture
def day(campaign, unit, foreign_unit):
    return signed_day(campaign, unit, foreign_unit)


def confirm(sheet, *answers):
    said = {line.pk: services.Answer(heads) for line, heads in answers}
    return services.confirm_sheet(
        sheet, edition=sheet.edition, answers=said, name="刘主任", title="社区书记", remark="",
        now=timezone.now(),
    )  # fmt: skip


def settle(line, side, by):
    return services.settle_line(line, side=side, reason="已电话核实", by=by, now=timezone.now())


def row(user, query=""):
    """The numbers and the state of the one sheet, as `user` reads them."""
    [found] = cells(client_for(user).get(f"{LIST}{query}"))
    return dict(zip(NAMES, found, strict=False))


def test_a_press_makes_the_sheets_of_the_day_once(staff, campaign, unit, foreign_unit):
    here = DeploymentFactory(campaign=campaign, unit=unit)
    beside = DeploymentFactory(campaign=campaign, unit=foreign_unit, community=here.community)
    elsewhere = DeploymentFactory(campaign=campaign, unit=unit)
    DeploymentFactory(campaign=campaign, unit=unit, state=DeploymentState.WITHDRAWN)
    DeploymentFactory(campaign=campaign, unit=unit, ends_on=TODAY - DAY)
    DeploymentFactory(campaign=CampaignFactory(), unit=unit)
    client = client_for(staff)

    first = client.post(f"{LIST}make/?on={TODAY}", follow=True)
    later = DeploymentFactory(campaign=campaign, unit=foreign_unit, community=elsewhere.community)
    again = client.post(f"{LIST}make/?on={TODAY}", follow=True)

    assert "已生成 2 张确认单。" in first.content.decode()
    assert "当日确认单已齐全，没有新增。" in again.content.decode()
    found = SigningLine.objects.values_list("sheet__community", "deployment")
    assert set(found) == {(one.community_id, one.pk) for one in (here, beside, elsewhere, later)}
    sheet = SigningSheet.objects.first()
    assert sheet.expires_at - sheet.made_at == dt.timedelta(hours=24)


def test_sheets_of_many_communities_are_one_statement(campaign, unit, django_assert_num_queries):
    DeploymentFactory.create_batch(5, campaign=campaign, unit=unit)

    with django_assert_num_queries(3):  # the statement, between the two of its savepoint
        made = services.make_sheets(campaign, on=TODAY, today=TODAY, now=timezone.now())

    assert made == 5


def test_no_sheet_is_made_for_a_day_ahead(staff, campaign):
    answer = client_for(staff).post(f"{LIST}make/?on={TODAY + DAY}")

    assert answer.status_code == 422
    assert "还没到这一天，不能生成确认单。" in answer.content.decode()


def test_what_is_confirmed_gets_no_line_afterwards(campaign, day, foreign_unit):
    sheet, line, other = day
    confirm(sheet, (line, 24), (other, 0))
    DeploymentFactory(campaign=campaign, unit=foreign_unit, community=sheet.community)

    services.make_sheets(campaign, on=TODAY, today=TODAY, now=timezone.now())

    assert sheet.lines.count() == 2


def test_the_clock_makes_the_sheets_at_the_hour_of_arrival(campaign, unit):
    DeploymentFactory(campaign=campaign, unit=unit)
    PolicyHourFactory(campaign=campaign, hour=Hour.ARRIVAL, at=dt.time(9, 30))
    early, due = (moment_on(TODAY, dt.time(9, minute)) for minute in (29, 31))

    for now, sheets in ((early, 0), (due, 1), (due, 1)):
        with time_machine.travel(now, tick=False):
            run_due(now=now, on=TODAY, jobs=["signing_sheets"])
        assert SigningSheet.objects.count() == sheets

    assert Occurrence.objects.get(job="signing_sheets").result == {"sheets": 1}


def test_both_numbers_stand_side_by_side_until_settled(staff, liaison, day):
    sheet, line, other = day
    assert row(staff) | {"district": ""} == {
        "community": "城东路社区", "district": "", "units": "示例甲、示例乙", "claimed": "24",
        "said": "未确认", "difference": "不计", "standing": "待确认",
    }  # fmt: skip

    confirm(sheet, (line, 19), (other, 0))
    before = row(staff)
    settle(line, Side.COMMUNITY, liaison)

    assert [before[name] for name in NAMES[3:]] == ["24", "19", "−5", "有出入"]
    entry = DeploymentDay.objects.get(deployment=line.deployment)
    assert (entry.present, entry.night, entry.hours) == (19, 3, 8)
    assert [row(liaison)[name] for name in NAMES[3:]] == ["19", "19", "持平", "已核定"]
    assert row(staff)["standing"] == "待单位登记"


def test_settling_for_the_unit_leaves_its_entry_and_says_why(liaison, day):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 0))
    url = reverse("deployments:signing_settle", args=[line.pk])
    client = client_for(liaison)

    bare = client.post(url, {"side": "unit", "reason": ""})
    client.post(url, {"side": "unit", "reason": "夜班 5 人 20:00 后到岗"})

    assert bare.context["form"].errors["reason"] == ["请填写。"]
    line.refresh_from_db()
    assert (line.settled_heads, line.settled_by) == (24, liaison)
    assert DeploymentDay.objects.get(deployment=line.deployment).present == 24
    page = client.get(sheet.get_absolute_url()).content.decode()
    assert "按单位登记数 24 人" in page
    assert "夜班 5 人 20:00 后到岗" in page


def test_after_the_end_a_difference_is_settled_without_changing_the_entry(liaison, day, campaign):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 0))
    campaign.state = CampaignState.CLOSED
    campaign.save(update_fields=["state"])
    url = reverse("deployments:signing_settle", args=[line.pk])
    client = client_for(liaison)

    refused = client.post(url, {"side": "community", "reason": "已电话核实"})
    settled = client.post(url, {"side": "unit", "reason": "已电话核实"})

    assert (refused.status_code, settled.status_code) == (422, 302)
    assert "请与数据管理员联系" in refused.context["form"].errors["side"][0]
    assert DeploymentDay.objects.get(deployment=line.deployment).present == 24
    line.refresh_from_db()
    assert line.settled_heads == 24


@pytest.mark.usefixtures("roster")
def test_a_settled_number_that_is_changed_differs_again(liaison, day):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 0))
    settle(line, Side.COMMUNITY, liaison)
    entry = DeploymentDay.objects.get(deployment=line.deployment)

    record_day(
        line.deployment, day=TODAY, expected=24, present=24, hours=entry.hours,
        seen=entry.recorded_at, on=TODAY,
    )  # fmt: skip

    assert row(liaison)["standing"] == "有出入"


def test_hours_alone_may_differ(staff, day):
    sheet, line, other = day
    said = {line.pk: services.Answer(24, 6), other.pk: services.Answer(0)}
    services.confirm_sheet(
        sheet, edition=1, answers=said, name="刘主任", title="书记", remark="", now=timezone.now()
    )

    assert row(staff)["standing"] == "有出入"


@pytest.mark.usefixtures("roster")
def test_a_difference_waits_for_the_group_and_the_unit_until_it_is_gone(
    liaison, reporter, city, day
):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 0))
    said = f"{TODAY.month}月{TODAY.day}日到岗与社区确认不一致 1 处"

    def waiting(user):
        return said in client_for(user).get("/").content.decode()

    assert [waiting(user) for user in (liaison, reporter, city)] == [True, True, False]
    entry = DeploymentDay.objects.get(deployment=line.deployment)
    record_day(
        line.deployment, day=TODAY, expected=24, present=19, hours=8, seen=entry.recorded_at,
        on=TODAY,
    )  # fmt: skip
    assert [waiting(user) for user in (liaison, reporter)] == [False, False]
    assert row(liaison)["standing"] == "已确认一致"


def test_settling_twice_or_without_need_is_refused(liaison, day):
    sheet, line, other = day
    url = reverse("deployments:signing_settle", args=[line.pk])
    client = client_for(liaison)
    form = {"side": "community", "reason": "已核实"}

    early = client.post(url, form)
    confirm(sheet, (line, 19), (other, 0))
    answers = [client.post(url, form).status_code for _ in range(2)]

    assert (early.status_code, answers) == (409, [302, 409])
    assert "两方数字已一致或已由他人核定" in early.content.decode()


def test_everybody_sees_their_side_alone(request, day, unit):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 6))
    seen = {
        name: [row(request.getfixturevalue(name))[key] for key in ("units", "claimed", "said")]
        for name in ("staff", "liaison", "reporter", "city")
    }

    assert seen == {
        "staff": ["示例甲、示例乙", "24", "25"],
        "liaison": ["示例甲", "24", "19"],
        "reporter": ["示例甲", "24", "19"],
        # Of who has not entered the day the city hears nothing.
        "city": ["示例甲", "24", "19"],
    }
    pages = {
        name: client_for(request.getfixturevalue(name)).get(sheet.get_absolute_url())
        for name in ("liaison", "reporter", "city")
    }
    assert {"示例乙" in page.content.decode() for page in pages.values()} == {False}
    assert SigningSheet.objects.visible_to(request.getfixturevalue("outsider")).count() == 0


def test_who_may_settle_print_and_renew(request, day, foreign_unit):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 6))
    DeploymentDayFactory(deployment=other.deployment, present=8)
    settle_mine, settle_theirs = (
        reverse("deployments:signing_settle", args=[one.pk]) for one in (line, other)
    )
    urls = {"mine": settle_mine, "theirs": settle_theirs, "paper": f"{LIST}print/"}

    found = {
        name: {key: client_for(request.getfixturevalue(name)).get(url).status_code
               for key, url in urls.items()}
        for name in ("staff", "liaison", "reporter", "city", "leader")
    }  # fmt: skip

    assert found == {
        "staff": {"mine": 200, "theirs": 200, "paper": 200},
        "liaison": {"mine": 200, "theirs": 404, "paper": 200},
        "reporter": {"mine": 403, "theirs": 404, "paper": 403},
        "city": {"mine": 403, "theirs": 403, "paper": 200},
        "leader": {"mine": 403, "theirs": 403, "paper": 403},
    }


def test_all_open_sheets_print_at_once_each_with_its_link(staff, campaign, unit, day):
    sheet, _, _ = day
    done = SigningLineFactory(deployment=DeploymentFactory(campaign=campaign, unit=unit))
    confirm(done.sheet, (done, 3))
    more = SigningLineFactory(deployment=DeploymentFactory(campaign=campaign, unit=unit))

    page = client_for(staff).get(f"{LIST}print/?on={TODAY}").content.decode()

    links = re.findall(r"/q/([^/]+)/", page)
    assert [read_token(one) for one in links] == [(sheet.pk, 1), (more.sheet.pk, 1)]
    assert page.count('<svg viewBox="0 0 ') == 2
    assert "style=" not in page
    narrowed = client_for(staff).get(f"{LIST}print/?community={sheet.community.pk}")
    assert len(re.findall(r"/q/([^/]+)/", narrowed.content.decode())) == 1


def test_the_text_for_the_community_names_no_unit_and_is_not_for_units(staff, reporter, day):
    sheet, _, _ = day
    url = sheet.get_absolute_url()

    message = client_for(staff).get(url).context["message"]

    assert link_of(sheet) in message
    assert "示例" not in message
    assert link_of(sheet) not in client_for(reporter).get(url).content.decode()


def test_a_new_link_is_refused_once_confirmed(liaison, day):
    sheet, line, other = day
    url = reverse("deployments:signing_renew", args=[sheet.pk])
    client = client_for(liaison)

    client.post(url)
    sheet.refresh_from_db()
    assert sheet.edition == 2
    confirm(sheet, (line, 24), (other, 0))
    answer = client.post(url)

    assert answer.status_code == 409
    assert "社区已确认，不需要新的链接。" in answer.content.decode()


def test_the_office_enters_what_came_on_paper_however_old_the_link(staff, liaison, day):
    sheet, line, other = day
    url = reverse("deployments:signing_enter", args=[sheet.pk])
    form = word((line, 19, 8), (other, 6)) | {"manner": "phone"}

    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        refused = client_for(liaison).get(url).status_code
        page = client_for(staff).get(url).content.decode()
        bare = client_for(staff).post(url, {**form, f"heads_{line.pk}": ""})
        client_for(staff).post(url, form)
        again = client_for(staff).post(url, form | word((line, 24), (other, 6)))

    assert refused == 403
    assert "示例甲 实际到岗（人）" in page
    assert list(bare.context["form"].errors) == [f"heads_{line.pk}"]
    assert (again.status_code, "不能再代录" in again.content.decode()) == (409, True)
    sheet.refresh_from_db()
    line.refresh_from_db()
    assert (sheet.confirmed_by, sheet.entered_by, line.heads) == ("刘主任", staff, 19)
    page = client_for(liaison).get(sheet.get_absolute_url()).content.decode()
    assert f"由{staff}按电话代录" in page


def test_a_signature_is_the_last_step_of_a_need(staff, campaign, unit, day):
    sheet, line, other = day
    need = NeedFactory(campaign=campaign, community=sheet.community, heads=24)
    line.deployment.need = need
    line.deployment.save()
    confirm(sheet, (line, 19), (other, 6))

    [found] = with_chain(type(need).objects.filter(pk=need.pk), on=TODAY)

    assert (found.arrived, found.confirmed) == (24, 19)
    record = client_for(staff).get(need.get_absolute_url()).content.decode()
    assert f"{TODAY.month}月{TODAY.day}日社区扫码确认 19 人" in record
    page = client_for(staff).get(line.deployment.get_absolute_url())
    assert cells(page)[0][1:4] == ["24", "24", "19"]


def test_states_filter_the_list(staff, campaign, unit, day):
    sheet, line, other = day
    confirm(sheet, (line, 19), (other, 6))
    waiting = SigningLineFactory(deployment=DeploymentFactory(campaign=campaign, unit=unit))
    client = client_for(staff)

    def shown(state):
        return [found[0] for found in cells(client.get(f"{LIST}?state={state}"))]

    names = {state: shown(state) for state in ("differs", "open", "agreed", "expired")}
    assert names == {
        "differs": ["城东路社区"],
        "open": [str(waiting.sheet.community)],
        "agreed": [],
        "expired": [],
    }


def test_pages_take_the_same_statements_however_many_rows(staff, campaign, unit, day):
    client = client_for(staff)
    pages = (LIST, f"{LIST}print/", day[0].get_absolute_url())
    few = [statements(client, url) for url in pages]

    for number in range(4):
        other = DeploymentFactory(campaign=campaign, unit=UnitFactory(code=f"V{number}"))
        SigningLineFactory(deployment=other)
        SigningLineFactory(
            sheet=day[0], deployment=DeploymentFactory(campaign=campaign, unit=other.unit)
        )

    assert [statements(client, url) for url in pages] == few
