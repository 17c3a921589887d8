"""Clocks: what a claim rests on, what sets one back, who is told before a limit is missed."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.campaigns.enums import CampaignState, MilestoneClock
from apps.campaigns.milestones import clocks_of, proven, standing
from apps.campaigns.models import Milestone, MilestoneReset
from apps.core.audit_context import acting
from apps.core.dates import moment_on
from apps.jobs.services import run_due
from apps.messaging.models import InboxMessage
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import CampaignFactory, MilestoneFactory, MilestoneResetFactory
from tests.office.exporting import ask, column, table

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = moment_on(dt.date(2021, 7, 20), dt.time(12))
LIST = "/campaigns/milestones/"


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def flood(db):
    return CampaignFactory(code="flood-2021", name="2021年防汛救灾", state=CampaignState.ACTIVE)


@pytest.fixture
def power(flood):
    """72 hours from noon of 20 July, the alarm six hours before."""
    return MilestoneFactory(campaign=flood, source="")


@pytest.fixture
def clear(flood):
    """Fourteen days without a new case, from noon of 20 July."""
    return MilestoneFactory(
        campaign=flood,
        name="连续14天无新增",
        clock=MilestoneClock.CLEAR_DAYS,
        limit_hours=336,
        source="",
    )


def reach(user, row, **changed):
    form = {
        "reached_at": "2021-07-23T09:25",
        "source": "据省电力公司通报",
        "source_at": "2021-07-23T10:00",
        "source_number": "",
    }
    return client_for(user).post(f"{LIST}{row.pk}/reach/", form | changed)


# --- what a claim rests on -----------------------------------------------------------------------


def test_the_duty_officer_records_a_notice_and_the_claim_may_be_printed(duty, power):
    with at(START + 71 * HOUR):
        answer = reach(duty, power)

    row = Milestone.objects.get()
    assert answer.url == f"{LIST}{row.pk}/"
    assert (row.recorded_by, row.missing_evidence, row.is_in_time) == (duty, (), True)
    assert standing(row, at=START).word == "如期实现"


def test_a_notice_without_time_or_number_is_shown_and_not_printed(staff, power):
    with at(START + 71 * HOUR):
        reach(staff, power, source_at="")
        [listed] = cells(client_for(staff).get(LIST))
        body = client_for(staff).get(power.get_absolute_url()).content.decode()

    row = Milestone.objects.get()
    assert listed[5:9] == ["证据不全", "证据不全，不引用", "据省电力公司通报", "通报时间或文号"]
    assert "证据不全：通报时间或文号。" in body
    assert (proven([row]), row.reached_at is None) == ([], False)

    with at(START + 72 * HOUR):
        reach(staff, power, source_at="", source_number="豫电〔2021〕7号")

    assert proven(Milestone.objects.all()) == [row]


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({"source": ""}, ("来源",)),
        ({"source_at": None}, ("通报时间或文号",)),
        ({"recorded_by": None}, ("登记人",)),
        ({"source_at": None, "source_number": "7号"}, ()),
    ],
)
def test_each_piece_of_evidence_is_asked_for(flood, changed, lacks):
    row = MilestoneFactory(campaign=flood, reached_at=START + 71 * HOUR, **changed)

    assert row.missing_evidence == lacks


BAD = [
    ({"source": ""}, "source", "请填写来源，如：据省电力公司通报。"),
    ({"reached_at": "2021-07-24T09:00"}, "reached_at", "实现时间不得晚于现在。"),
    ({"reached_at": "2021-07-20T11:00"}, "reached_at", "实现时间不得早于起算时间。"),
    ({"source_at": "2021-07-23T08:00"}, "source_at", "通报时间早于实现时间，请核对。"),
    ({"source_at": "2021-07-25T08:00"}, "source_at", "通报时间不得晚于现在。"),
]


@pytest.mark.parametrize(("changed", "field", "sentence"), BAD)
def test_what_cannot_be_is_refused_at_the_field(staff, power, changed, field, sentence):
    with at(START + 71 * HOUR):
        answer = reach(staff, power, **changed)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [sentence]
    assert Milestone.objects.get().reached_at is None


def test_a_printed_claim_changes_only_by_withdrawing_it_with_a_reason(staff, duty, power):
    url = f"{LIST}{power.pk}/"
    with at(START + 71 * HOUR):
        reach(duty, power)
        again = reach(staff, power, source="据另一部门通报")
        silent = client_for(staff).post(f"{url}withdraw/", {"reason": ""})
        client_for(staff).post(f"{url}withdraw/", {"reason": "部分台区仍停电"})
        twice = client_for(staff).post(f"{url}withdraw/", {"reason": "再次"})
        body = client_for(staff).get(url).content.decode()

    assert "如有变化请先撤回并说明原因" in again.content.decode()
    assert (again.status_code, silent.status_code, twice.status_code) == (409, 422, 409)
    row = Milestone.objects.get()
    assert (row.reached_at, row.source, row.withdrawn_reason) == (None, "", "部分台区仍停电")
    assert "撤回了登记的实现。原因：部分台区仍停电" in body
    assert "来源：据省电力公司通报 → 空" in body
    trail = AuditEntry.objects.filter(table=Milestone._meta.db_table, key=str(row.pk))
    assert trail.latest("id").before["source"] == "据省电力公司通报"


def test_a_limit_does_not_change_under_a_claim(staff, power):
    form = {
        "name": "恢复供电", "clock": "from_event", "started_at": "2021-07-20T12:00",
        "limit_hours": "96", "alarm_hours": "12", "area": "京广路沿线",
        "started_source": "据省防指通知",
    }  # fmt: skip
    with at(START + 71 * HOUR):
        before = client_for(staff).post(f"{LIST}{power.pk}/edit/", form)
        reach(staff, power)
        after = client_for(staff).post(f"{LIST}{power.pk}/edit/", form | {"limit_hours": "24"})

    row = Milestone.objects.get()
    assert (before.status_code, after.status_code) == (302, 409)
    assert (row.limit_hours, str(row)) == (96, "恢复供电（京广路沿线）")


NEW = {
    "name": "恢复供电", "clock": "from_event", "area": "京广路沿线", "started_at": "2021-07-20T12:00",
    "started_source": "据省防指通知", "limit_hours": "72", "alarm_hours": "6",
}  # fmt: skip
NOT_STARTED = [
    ({"started_at": "2021-07-25T12:00"}, "started_at", "起算时间不得晚于现在。"),
    (
        {"started_at": "2021-05-01T12:00"},
        "started_at",
        "起算时间不得早于2021年6月20日（任务开始前30日），请核对。",
    ),
    ({"started_at": "昨天"}, "started_at", "请填写有效的日期和时间，如 2021-08-05 08:30。"),
    ({"limit_hours": "-1"}, "limit_hours", "不能小于 0，请核对。"),
    ({"alarm_hours": "六"}, "alarm_hours", "请填写整数，例如 12。"),
    ({"started_source": ""}, "started_source", "请填写起算依据，如：据省防指通知。"),
    (
        {"area": ""},
        "name",
        "“恢复供电”已有计时，请在该节点修改；确为另一项的，请写明区域或换个名称。",
    ),
]


@pytest.mark.parametrize(("change", "field", "sentence"), NOT_STARTED)
def test_no_clock_starts_in_the_future_twice_or_on_nobodys_word(
    staff, power, change, field, sentence
):
    with at(START + HOUR):
        refused = client_for(staff).post(f"{LIST}new/", NEW | change)
        made = client_for(staff).post(f"{LIST}new/", NEW)

    assert refused.context["form"].errors == {field: [sentence]}
    assert (refused.status_code, made.status_code) == (422, 302)


def test_a_clock_started_by_mistake_is_cancelled_with_a_reason(staff, duty, flood, power):
    url = f"{LIST}{power.pk}/cancel/"
    with at(START + HOUR):
        client = client_for(staff)
        silent = client.post(url, {"reason": ""})
        refused = client_for(duty).post(url, {"reason": "误设"})
        client.post(url, {"reason": "误设"})
        late = reach(duty, power)
        body = client.get(power.get_absolute_url()).content.decode()
        again = client.post(f"{LIST}new/", NEW | {"area": ""})

    row = Milestone.objects.get(pk=power.pk)
    assert silent.context["form"].errors == {"reason": ["请填写。"]}
    assert (refused.status_code, late.status_code, again.status_code) == (403, 409, 302)
    assert (row.cancelled_by, row.cancelled_reason) == (staff, "误设")
    assert "撤销了该节点，不再计时。原因：误设" in body
    counted = [one.milestone.pk for one in clocks_of(flood, at=START + 80 * HOUR)]
    assert power.pk not in counted
    assert not Milestone.objects.limits().filter(pk=power.pk).exists()


def test_a_clock_of_a_campaign_that_is_over_is_not_set_anew(staff, flood, power):
    form = {
        "name": "恢复供水", "clock": "from_event", "started_at": "2021-07-20T12:00",
        "limit_hours": "96", "alarm_hours": "12", "started_source": "据省防指通知",
    }  # fmt: skip
    flood.state = CampaignState.CLOSED
    flood.save(update_fields=["state"])
    with at(START + 71 * HOUR):
        answer = client_for(staff).post(f"{LIST}{power.pk}/edit/", form)
        page = client_for(staff).get(f"{LIST}{power.pk}/").content.decode()
        late = reach(staff, power)

    assert (answer.status_code, late.status_code) == (422, 302)
    assert answer.context["form"].non_field_errors() == [
        "“2021年防汛救灾”不在进行中，不能修改节点。确需更正的，请与数据管理员联系。"
    ]
    assert f"{LIST}{power.pk}/edit/" not in page
    assert Milestone.objects.get().limit_hours == 72


# --- the clock that new cases set back -----------------------------------------------------------


def reset(user, row, day, **changed):
    form = {"at": f"2021-{day}T09:00", "source": "据卫健部门通报", "source_number": ""}
    return client_for(user).post(f"{LIST}{row.pk}/reset/", form | changed)


def test_days_count_from_the_last_new_case_and_are_never_stored(duty, clear):
    now = START + 20 * DAY
    with at(now):
        reset(duty, clear, "07-25")
        reset(duty, clear, "08-01")
        [row] = Milestone.objects.with_resets()
        shown = standing(row, at=now)

    assert row.counted_from == moment_on(dt.date(2021, 8, 1), dt.time(9))
    assert (row.clear_days(until=now), shown.word) == (8, "已连续8天")
    assert standing(row, at=row.due_at).word == "已连续14天，待通报"
    assert not {"days", "clear_days"} & {f.name for f in Milestone._meta.fields}


def test_fourteen_days_are_claimed_only_when_they_are_whole(duty, clear):
    with at(START + 20 * DAY):
        reset(duty, clear, "07-25")
        early = reach(duty, clear, reached_at="2021-08-08T08:59", source_at="2021-08-08T10:00")
        whole = reach(duty, clear, reached_at="2021-08-08T09:00", source_at="2021-08-08T10:00")

    assert early.context["form"].errors["reached_at"] == ["截至该时连续13天无新增，不满14天。"]
    assert whole.status_code == 302
    assert standing(Milestone.objects.get(), at=timezone.now()).word == "已实现"


def test_a_new_case_takes_the_claim_out_of_print_until_it_is_withdrawn(staff, clear):
    with at(START + 20 * DAY):
        reach(staff, clear, reached_at="2021-08-03T12:00", source_at="2021-08-03T13:00")
        assert len(proven(Milestone.objects.with_resets())) == 1
        reset(staff, clear, "08-05")
        [row] = Milestone.objects.with_resets()
        assert row.missing_evidence == ("其后又有新增通报",)

        notice = MilestoneReset.objects.get()
        client_for(staff).post(f"{LIST}resets/{notice.pk}/withdraw/", {"reason": "重复登记"})
        [row] = Milestone.objects.with_resets()

    assert (row.missing_evidence, row.last_reset_at) == ((), None)
    assert MilestoneReset.objects.get().withdrawn_reason == "重复登记"


def test_zero_from_the_outbreak_is_another_clock_and_no_case_sets_it_back(staff, flood):
    zero = MilestoneFactory(campaign=flood, name="疫情清零", limit_hours=336, source="")

    with at(START + 5 * DAY):
        answer = reset(staff, zero, "07-22")

    assert answer.status_code == 422
    assert "自事件起算，不因新增重新起算" in answer.content.decode()
    assert not MilestoneReset.objects.exists()


def test_a_notice_is_counted_once_and_never_ahead(staff, clear):
    with at(START + 5 * DAY):
        reset(staff, clear, "07-22")
        again, ahead = reset(staff, clear, "07-22"), reset(staff, clear, "07-30")

    assert again.context["form"].errors["at"] == ["该时间的新增通报已登记。"]
    assert ahead.context["form"].errors["at"] == ["新增通报时间不得晚于现在。"]
    assert MilestoneReset.objects.count() == 1


def test_after_the_end_only_the_office_takes_back_what_was_reported(staff, duty, flood, clear):
    page = f"{LIST}{clear.pk}/"
    reason = {"reason": "通报更正"}
    with at(START + 20 * DAY):
        reset(duty, clear, "07-21")
        notice = MilestoneReset.objects.get()
        flood.state = CampaignState.CLOSED
        flood.save(update_fields=["state"])
        late = reach(duty, clear, reached_at="2021-08-08T12:00", source_at="2021-08-08T13:00")
        refused = [
            client_for(duty).post(f"{page}withdraw/", reason),
            client_for(duty).post(f"{LIST}resets/{notice.pk}/withdraw/", reason),
            reset(duty, clear, "08-05"),
        ]
        offered = client_for(duty).get(page).content.decode()
        told = [answer.context["form"].non_field_errors()[0] for answer in refused]
        by_office = client_for(staff).post(f"{page}withdraw/", reason)

    assert (late.status_code, by_office.status_code) == (302, 302)
    assert {sentence.partition("，")[0] for sentence in told} == {"“2021年防汛救灾”已结束"}
    assert f"{page}withdraw/" not in offered
    clear.refresh_from_db()
    assert (clear.reached_at, clear.withdrawn_by, clear.withdrawn_reason) == (
        None,
        staff,
        "通报更正",
    )


# --- before a limit is missed --------------------------------------------------------------------


def ring(now):
    with at(now), acting("job:ring"):
        run_due(now=now, on=now.date(), jobs=["milestone_near", "milestone_passed"])


def told():
    return list(InboxMessage.objects.order_by("pk").values_list("user__username", "subject"))


def test_the_office_is_told_once_before_and_once_after(staff, duty, leader, power):
    ring(START + 65 * HOUR)
    assert told() == []

    for minutes in (0, 1, 30):
        ring(START + 66 * HOUR + minutes * HOUR / 60)
    near = told()
    for minutes in (0, 1):
        ring(START + 72 * HOUR + minutes * HOUR / 60)

    assert sorted(near) == [
        ("duty", "重要节点临近时限：恢复供电"),
        ("staff", "重要节点临近时限：恢复供电"),
    ]
    assert sorted(told()[2:]) == [
        ("duty", "重要节点已过时限：恢复供电"),
        ("staff", "重要节点已过时限：恢复供电"),
    ]


def test_nobody_is_told_of_what_was_reached(staff, power):
    with at(START + 65 * HOUR):
        reach(staff, power, reached_at="2021-07-23T04:00", source_at="2021-07-23T04:30")

    ring(START + 67 * HOUR)
    ring(START + 73 * HOUR)

    assert told() == []


def test_home_says_how_many_are_near_and_leads_there(duty, flood, power):
    MilestoneFactory(campaign=flood, name="供水恢复", source="")

    def shown(moment):
        with at(moment):
            found = client_for(duty).get("/").context["todos"]
        return [(one.text, one.tone, one.when) for one in found if one.label == "节点"]

    assert shown(START + 60 * HOUR) == []
    assert shown(START + 66 * HOUR) == [("重要节点临近时限 2", "yellow", "12:00前")]
    assert shown(START + 73 * HOUR) == [("重要节点已过时限 2", "red", "12:00前")]


def test_the_exported_list_quotes_no_moment_without_evidence(staff, flood):
    for name, more in (("恢复供电", {}), ("恢复供水", {"source_at": None})):
        MilestoneFactory(campaign=flood, name=name, reached_at=START + 71 * HOUR, **more)

    rows = table(ask(staff, LIST))

    assert column(rows, "实现时间") == ["2021年7月23日 11:00", "证据不全，不引用"]
    assert column(rows, "缺少") == [None, "通报时间或文号"]


# --- who may, and how much it costs ---------------------------------------------------------------


def test_units_neither_see_nor_record_and_leaders_only_see(leader, liaison, reporter, power):
    def codes(user):
        client = client_for(user)
        pages = (LIST, power.get_absolute_url(), f"{LIST}{power.pk}/reach/", f"{LIST}new/")
        return [client.get(page).status_code for page in pages]

    assert codes(leader) == [200, 200, 403, 403]
    assert codes(liaison) == [200, 200, 403, 403]
    assert codes(reporter) == [403, 403, 403, 403]


def test_the_list_costs_the_same_for_one_clock_and_many(staff, flood, clear):
    MilestoneResetFactory(milestone=clear)
    client = client_for(staff)
    with at(START + DAY):
        one = statements(client, LIST)
        for _ in range(3):
            MilestoneResetFactory(milestone__campaign=flood)

        assert statements(client, LIST) == one
    assert Milestone.objects.count() == 4
