"""临时报数: asked of chosen units, answered or entered for them, reminded, ended."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from apps.daily.enums import CallState, ReplyState, ReportSource
from apps.daily.models import DataCall, DataCallReply, DataCallValue
from apps.daily.services import calls as services
from apps.figures.enums import IndicatorKind, IndicatorSource, Measure, Rollup
from apps.jobs.services import run_due
from apps.messaging.enums import MessageState
from apps.messaging.models import InboxMessage, OutboxMessage
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    DataCallFactory,
    DataCallItemFactory,
    DataCallReplyFactory,
    DataCallValueFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    IndicatorFactory,
    PostingFactory,
    UnitFactory,
    UserFactory,
)

DAY = dt.date(2021, 8, 5)
NOW = moment_on(DAY, dt.time(10))
DUE = "2021-08-05T14:00"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def campaign(db):
    return CampaignFactory(name="2021年防汛救灾", starts_on=dt.date(2021, 7, 20))


@pytest.fixture
def on_post(campaign):
    indicator = IndicatorFactory(
        code="F01",
        name="在岗下沉党员",
        measure=Measure.PEOPLE,
        kind=IndicatorKind.STOCK,
        rollup=Rollup.SUM,
        campaign_kind=campaign.kind,
    )
    CampaignIndicatorFactory(campaign=campaign, indicator=indicator, is_typed=False)
    return indicator


def request_of(*items, **given):
    """The form of 发起 as a browser posts it."""
    form = {
        "title": "今晚可增派人数",
        "purpose": "报省委办公厅值班室",
        "due_at": DUE,
        "scope": "all",
        "submission": str(uuid.uuid4()),
        "items-TOTAL_FORMS": "5",
        "items-INITIAL_FORMS": "0",
        **given,
    }
    for number, item in enumerate(items):
        form |= {f"items-{number}-{key}": value for key, value in item.items()}
    return form


HEADS = {"name": "可增派人数", "measure": "people", "definition": "含夜班"}
BOATS = {"name": "冲锋舟", "measure": "count"}


def opened(client, *items, **given):
    return client.post(reverse("daily:call_create"), request_of(*items, **given))


def answer(reply, **given):
    return {
        "version": reply.version,
        "submission": str(uuid.uuid4()),
        "opened_at": "2021-08-05T10:00",
        "note": "",
        **given,
    }


# --- asking -------------------------------------------------------------------------------------


def test_staff_ask_all_units_and_tell_them(campaign, staff, unit, foreign_unit, reporter):
    response = opened(client_for(staff), HEADS, BOATS)

    call = DataCall.objects.get()
    assert response.url == call.get_absolute_url()
    assert [str(item) for item in call.items.order_by("position")] == [
        "可增派人数（人）",
        "冲锋舟（个）",
    ]
    assert set(call.replies.values_list("unit", "group")) == {
        (unit.pk, unit.group_memberships.get().group_id),
        (foreign_unit.pk, foreign_unit.group_memberships.get().group_id),
    }
    note = InboxMessage.objects.get(user=reporter)
    assert note.subject == "请报送今晚可增派人数（8月5日14:00前）"
    assert note.text == (
        "示例甲：请于8月5日14:00前报送“今晚可增派人数”，共2项：可增派人数（人）、冲锋舟（个）。"
        "用途：报省委办公厅值班室。台账已有的数已预填，请核对后报送；没有的填0，未掌握的留空。"
    )


def test_the_same_form_twice_asks_once(campaign, staff, unit):
    form = request_of(HEADS)
    client = client_for(staff)

    first = client.post(reverse("daily:call_create"), form)
    second = client.post(reverse("daily:call_create"), form)

    assert first.url == second.url
    assert DataCall.objects.count() == 1
    assert DataCallReply.objects.count() == 1


@pytest.mark.parametrize(
    ("scope", "chosen"),
    [("groups", "group"), ("units", "unit")],
)
def test_a_call_may_ask_some_units_only(
    campaign, staff, unit, foreign_unit, request, scope, chosen
):
    opened(client_for(staff), HEADS, scope=scope, **{scope: request.getfixturevalue(chosen).pk})

    assert [reply.unit for reply in DataCallReply.objects.all()] == [unit]


@pytest.mark.parametrize(
    ("items", "given", "sentence"),
    [
        ((), {}, "请至少填写一项要报的数据。"),
        ((HEADS,), {"due_at": "2021-08-05T10:10"}, "截止时间离现在不足 30 分钟，请往后调整。"),
        ((HEADS,), {"scope": "units"}, "请至少选择一个单位。"),
        ((HEADS,), {"scope": "groups", "groups": "99999"}, "所选的不在可选范围内"),
        (({"name": "冲锋舟"},), {}, "请选择计量单位。"),
        (({"measure": "count"},), {}, "请填写数据项名称。"),
        ((HEADS,), {"title": ""}, "请填写。"),
    ],
)
def test_a_wrong_request_is_refused_in_a_sentence(campaign, staff, unit, items, given, sentence):
    response = opened(client_for(staff), *items, **given)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not DataCall.objects.exists()


def test_what_units_report_already_is_asked_only_by_decision(campaign, staff, unit, on_post):
    again = {"name": "在岗党员", "measure": "people"}
    client = client_for(staff)

    warned = opened(client, again)
    decided = opened(client, again, is_needed="on")

    assert warned.status_code == 422
    assert "与指标“F01 在岗下沉党员（人）”相近，本任务日报已报" in warned.content.decode()
    assert decided.status_code == 302


def test_a_closed_campaign_asks_nobody(campaign, staff, unit):
    campaign.state = CampaignState.CLOSED
    campaign.save()

    response = opened(client_for(staff), HEADS)

    assert response.status_code == 422
    assert not DataCall.objects.exists()


# --- answering ----------------------------------------------------------------------------------


@pytest.fixture
def call(campaign):
    call = DataCallFactory(campaign=campaign, made_at=NOW - dt.timedelta(hours=1))
    DataCallItemFactory(call=call, name="可增派人数", measure=Measure.PEOPLE)
    return call


@pytest.fixture
def item(call):
    return call.items.get()


@pytest.fixture
def reply(call, unit, group):
    return DataCallReplyFactory(call=call, unit=unit, group=group)


def test_a_unit_answers_in_the_offices_notation(reply, item, reporter):
    client = client_for(reporter)

    response = client.post(reply.get_absolute_url(), answer(reply, **{f"v-{item.pk}": "约１２人"}))

    assert response.status_code == 302
    reply.refresh_from_db()
    value = reply.values.get()
    assert (reply.state, reply.filed_by, reply.source) == (
        ReplyState.FILED,
        reporter,
        ReportSource.UNIT,
    )
    assert (value.value, value.qualifier) == (Decimal(12), "about")


def test_an_empty_cell_is_missing_and_zero_is_zero(call, reply, item, reporter):
    boats = DataCallItemFactory(call=call, name="冲锋舟", measure=Measure.COUNT)
    client = client_for(reporter)

    client.post(
        reply.get_absolute_url(),
        answer(reply, **{f"v-{item.pk}": "无", f"v-{boats.pk}": ""}),
    )

    assert dict(reply.values.values_list("item", "value")) == {item.pk: 0, boats.pk: None}


def test_text_in_a_number_cell_keeps_what_was_typed(reply, item, reporter):
    response = client_for(reporter).post(
        reply.get_absolute_url(), answer(reply, **{f"v-{item.pk}": "很多", "note": "待核"})
    )

    assert response.status_code == 422
    assert "“很多”不是数字" in response.content.decode()
    assert 'value="很多"' in response.content.decode()
    assert not DataCallValue.objects.exists()


def test_two_who_answer_at_once_see_both_numbers(reply, item, reporter, unit_leader):
    mine = answer(reply, **{f"v-{item.pk}": "12"})
    theirs = answer(reply, **{f"v-{item.pk}": "15"})
    client_for(unit_leader).post(reply.get_absolute_url(), theirs)

    response = client_for(reporter).post(reply.get_absolute_url(), mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert ">12<" in page
    assert ">15<" in page
    assert reply.values.get().value == 15


def test_the_same_answer_twice_is_one(reply, item, reporter):
    given = answer(reply, **{f"v-{item.pk}": "12"})
    client = client_for(reporter)

    first = client.post(reply.get_absolute_url(), given)
    second = client.post(reply.get_absolute_url(), given)

    reply.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 302)
    assert reply.version == 1


def test_the_group_enters_for_its_unit_and_says_from_whom(reply, item, liaison):
    client = client_for(liaison)
    given = answer(reply, **{f"v-{item.pk}": "8"})

    refused = client.post(reply.get_absolute_url(), given)
    taken = client.post(
        reply.get_absolute_url(), {**given, "source": "phone", "source_name": "办公室王处长"}
    )

    reply.refresh_from_db()
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert (reply.source, reply.source_name) == (ReportSource.PHONE, "办公室王处长")


def test_what_the_ledger_knows_is_offered(campaign, call, unit, reporter, on_post, group):
    known = DataCallItemFactory(
        call=call, name="在岗下沉党员", measure=Measure.PEOPLE, indicator=on_post
    )
    reply = DataCallReplyFactory(call=call, unit=unit, group=group)
    deployment = DeploymentFactory(campaign=campaign, unit=unit, starts_on=DAY)
    DeploymentDayFactory(deployment=deployment, on=DAY, expected=9, present=7)

    form = client_for(reporter).get(reply.get_absolute_url()).context_data["form"]

    assert form[f"v-{known.pk}"].initial == "7"
    assert "台账 7" in form.fields[f"v-{known.pk}"].help_text


@pytest.mark.parametrize("name", ["outsider", "city", "editor"])
def test_strangers_may_neither_see_nor_answer(reply, name, request):
    client = client_for(request.getfixturevalue(name))

    for address in (reply.get_absolute_url(), reply.call.get_absolute_url()):
        assert client.get(address).status_code in (403, 404)


def test_another_units_reply_is_not_found(call, foreign_unit, reporter, liaison):
    foreign = DataCallReplyFactory(call=call, unit=foreign_unit)

    for user in (reporter, liaison):
        assert client_for(user).get(foreign.get_absolute_url()).status_code == 404


def test_an_ended_call_takes_nothing(call, reply, item, reporter, staff):
    client_for(staff).post(reverse("daily:call_end", args=[call.pk]))

    response = client_for(reporter).post(
        reply.get_absolute_url(), answer(reply, **{f"v-{item.pk}": "12"})
    )

    assert response.status_code == 422
    assert "“今晚可增派人数”已结束，不再接收。" in response.content.decode()


# --- the table ----------------------------------------------------------------------------------


def test_the_table_adds_what_is_there_and_says_of_how_many(call, item, reply, foreign_unit, staff):
    DataCallReplyFactory(call=call, unit=foreign_unit)
    reply.state, reply.filed_at = ReplyState.FILED, NOW
    reply.save()
    DataCallValueFactory(reply=reply, item=item, value=12)

    page = client_for(staff).get(call.get_absolute_url())

    total = page.context_data["table"].foot.totals[item.pk]
    assert (total.value, total.reported, total.asked) == (12, 1, 2)
    assert [row.name for row in page.context_data["table"].rows] == ["示例甲", "示例乙"]
    assert page.context_data["filed"] == 1


def test_the_page_of_a_call_leads_a_unit_to_its_answer(call, reply, item, reporter, liaison):
    page = client_for(reporter).get(f"/daily/calls/{call.pk}/")

    (fill,) = [action for action in page.context_data["actions"] if action.primary]
    assert (fill.label, fill.url) == ("填报", f"/daily/calls/replies/{reply.pk}/")
    told = client_for(liaison).get(f"/daily/calls/{call.pk}/").context_data["actions"]
    assert "填报" not in [action.label for action in told]


def test_a_group_sees_its_own_lines_only(call, item, reply, foreign_unit, liaison, reporter):
    DataCallReplyFactory(call=call, unit=foreign_unit)

    for user in (liaison, reporter):
        page = client_for(user).get(call.get_absolute_url())
        assert [row.name for row in page.context_data["table"].rows] == ["示例甲"]


def test_distinct_indicators_are_never_added_up(campaign, staff, unit, foreign_unit, on_post):
    on_post.rollup, on_post.source = Rollup.DISTINCT, IndicatorSource.LEDGER
    on_post.save()

    opened(client_for(staff), {"indicator": on_post.pk})

    call = DataCall.objects.get()
    assert call.items.get().is_summed is False
    page = client_for(staff).get(call.get_absolute_url())
    assert "不合计" in page.content.decode()


def test_the_copied_text_names_units_and_totals_only(call, reply, unit, staff):
    unit.duty_phone = "0371-65900001"
    unit.save()

    text = client_for(staff).get(reverse("daily:call_copy", args=[call.pk])).content.decode()

    assert "应报1家，已报0家，未报：示例甲。" in text
    assert "0371" not in text


def test_pages_take_as_many_statements_for_three_units_as_for_one(call, item, reply, staff):
    client = client_for(staff)
    addresses = [call.get_absolute_url(), reverse("daily:call_list")]
    one = [statements(client, address) for address in addresses]

    for number in range(2):
        more = DataCallReplyFactory(call=call, unit=UnitFactory(short_name=f"示例{number}"))
        DataCallValueFactory(reply=more, item=item)
        DataCallFactory(campaign=call.campaign, title=f"另一项{number}")

    assert [statements(client, address) for address in addresses] == one


# --- hours --------------------------------------------------------------------------------------


def ring(hour, minute=0):
    now = moment_on(DAY, dt.time(hour, minute))
    with time_machine.travel(now, tick=False):
        jobs = [f"call_{rung}" for rung in ("hint", "due", "late")]
        return [
            (o.job, o.result.get("units")) for o in run_due(now=now, on=DAY, jobs=jobs).outcomes
        ]


def test_the_ladder_follows_the_calls_own_hour(
    call, reply, foreign_unit, reporter, liaison, unit_leader
):
    call.due_at = moment_on(DAY, dt.time(14))
    call.save()
    spoken_to = UnitFactory(short_name="示例丙", is_leader_contact=True)
    DataCallReplyFactory(call=call, unit=spoken_to)

    assert ring(13, 29) == []
    assert ring(13, 30) == [("call_hint", 1)]
    assert ring(14, 0) == [("call_due", 1)]
    assert ring(15, 0) == [("call_late", 1)]
    assert ring(15, 1) == []

    told = OutboxMessage.objects.order_by("id").values_list("subject", flat=True)
    assert list(dict.fromkeys(told)) == [
        "请报送今晚可增派人数",
        "今晚可增派人数已到截止时间",
        "第3组“今晚可增派人数”还有1家未报",
        "请尽快补报今晚可增派人数",
    ]
    late = OutboxMessage.objects.filter(slot=f"call-{call.pk}-late")
    assert set(late.values_list("address", flat=True)) >= {unit_leader.email}


def test_who_has_answered_hears_nothing(call, reply, reporter):
    call.due_at = moment_on(DAY, dt.time(14))
    call.save()
    reply.state, reply.filed_at = ReplyState.FILED, NOW
    reply.save()

    assert ring(13, 30) == [("call_hint", 0)]
    assert not OutboxMessage.objects.exists()


def test_more_time_moves_the_ladder(call, reply, reporter, staff):
    call.due_at = moment_on(DAY, dt.time(14))
    call.save()
    client = client_for(staff)
    extend = reverse("daily:call_extend", args=[call.pk])

    earlier = client.post(extend, {"due_at": "2021-08-05T13:00"})
    later = client.post(extend, {"due_at": "2021-08-05T16:00"})

    assert (earlier.status_code, later.status_code) == (422, 302)
    assert "新的截止时间应晚于原截止时间和现在。" in earlier.content.decode()
    assert ring(14) == []
    assert ring(15, 30) == [("call_hint", 1)]


def test_a_withdrawn_call_tells_its_units_why_and_stays_silent(call, reply, reporter, staff):
    client_for(staff).post(
        reverse("daily:call_withdraw", args=[call.pk]), {"reason": "日报已有该数"}
    )

    call.refresh_from_db()
    assert call.state == CallState.WITHDRAWN
    assert InboxMessage.objects.get(user=reporter).text == (
        "示例甲：“今晚可增派人数”已撤销，不再报送。原因：日报已有该数。"
    )
    assert ring(14) == []


def test_chasing_by_hand_shows_the_names_first(call, reply, reporter, liaison):
    client = client_for(liaison)
    address = reverse("daily:call_chase", args=[call.pk])

    shown = client.get(address).content.decode()
    client.post(address)
    client.post(address)

    assert "示例甲" in shown
    assert OutboxMessage.objects.filter(address=reporter.email).count() == 1


def test_at_night_every_press_says_when_its_mails_leave(call, reply, reporter, staff):
    address = reverse("daily:call_chase", args=[call.pk])
    call.due_at = moment_on(DAY + dt.timedelta(days=1), dt.time(10))
    call.save()

    with time_machine.travel(moment_on(DAY, dt.time(23, 30)), tick=False):
        client = client_for(staff)
        chased = client.post(address, follow=True).content.decode()
        withdraw = reverse("daily:call_withdraw", args=[call.pk])
        withdrawn = client.post(withdraw, {"reason": "不需要了"}, follow=True).content.decode()
        due = f"{DAY + dt.timedelta(days=1)}T10:00"
        asked = opened(client, HEADS, due_at=due)
        made = client.get(asked["Location"]).content.decode()

    waits = "（现为免打扰时段，邮件8月6日 06:30发出"
    assert f"封邮件{waits}，其间已报的不再发）。" in chased
    assert f"已撤销，已通知各单位{waits}）。" in withdrawn
    assert f"已发起，已通知各单位{waits}）。" in made


def test_who_answers_before_the_morning_is_not_reminded(call, reply, reporter):
    other = DataCallReplyFactory(call=call)
    waiting = UserFactory(email="other@example.org")
    PostingFactory(user=waiting, role=Role.REPORTER, unit=other.unit)
    night = moment_on(DAY, dt.time(23, 30))
    services.chase_call(call, {reply.pk, other.pk}, now=night)

    assert services.call_off() == 0
    reply.state, reply.filed_at = ReplyState.FILED, night
    reply.save()
    services.call_off()

    states = dict(OutboxMessage.objects.values_list("address", "state"))
    assert states[reporter.email] == MessageState.SUPPRESSED
    assert states[waiting.email] == MessageState.QUEUED
    assert services.call_off() == 0


def test_the_todo_goes_when_the_number_is_in(call, reply, item, reporter):
    client = client_for(reporter)

    before = client.get("/").content.decode()
    client.post(reply.get_absolute_url(), answer(reply, **{f"v-{item.pk}": "0"}))
    after = client.get("/").content.decode()

    assert "今晚可增派人数待报" in before
    assert "今晚可增派人数待报" not in after
