import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.campaigns.enums import CampaignState, Hour
from apps.daily.enums import ActKind, ActState, Fulfilment
from apps.daily.models import (
    CityTalk,
    CityTalkItem,
    DailyReport,
    DailyRound,
    DispatchNote,
    Judgment,
    RoundAct,
    UpwardReturn,
)
from apps.daily.services import lock_day
from apps.daily.services.opinions import write_dispatch, write_judgment
from apps.figures.enums import ScopeKind
from apps.figures.models import Snapshot
from tests.cast import client_for
from tests.counting import cells
from tests.factories import (
    AllocationSheetFactory,
    CityTalkFactory,
    CityTalkItemFactory,
    CorrectionFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
    NeedFactory,
    PolicyHourFactory,
    UnitActivationFactory,
    UnitFactory,
)

from .days import FIRST, SECOND, World, at, figure

pytestmark = pytest.mark.django_db
ROUND = "/daily/rounds/flood-2021/2021-08-05/"


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(at(SECOND, 20), tick=False) as traveller:
        yield traveller


@pytest.fixture
def world():
    world = World()
    world.open(FIRST)
    for unit, value in zip(world.units, (10, 20, 30, 400), strict=True):
        world.file(unit, FIRST, value)
    lock_day(world.campaign, on=FIRST, now=at(FIRST, 19))
    world.open(SECOND)
    return world


def page(user, address=ROUND):
    answer = client_for(user).get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(user, step, **data):
    return client_for(user).post(f"{ROUND}{step}/", data)


def test_the_round_shows_coverage_and_comparable_change(world, staff):
    deployments = [
        DeploymentFactory(campaign=world.campaign, unit=unit) for unit in world.units[:2]
    ]
    for day, numbers in ((FIRST, (5, 7)), (SECOND, (8, 9))):
        for deployment, present in zip(deployments, numbers, strict=True):
            DeploymentDayFactory(deployment=deployment, on=day, present=present)
    world.file(world.units[0], SECOND, 12)

    answer = client_for(staff).get(ROUND)

    total = answer.context["summary"].total
    assert (total.reports.filed, total.reports.asked) == (1, 4)
    assert (total.attendance.expected, total.attendance.night) == (20, 4)
    assert total.present.value == 17
    assert [row.label for row in answer.context["summary"].rows] == ["省直机关", "高校"]
    assert "汇总对象：8月5日（截至17时）" in answer.content.decode()


def test_sheets_of_tomorrow_are_linked_for_whoever_may_open_them(world, staff, steward):
    sheet = AllocationSheetFactory(campaign=world.campaign, on=SECOND + dt.timedelta(days=1))

    assert sheet.get_absolute_url() in page(staff)
    assert sheet.get_absolute_url() not in page(steward)
    assert str(sheet) in page(steward)


def test_the_round_says_until_when_its_figures_count(world, staff):
    """Of a locked day as it was locked, whatever the hours are now."""
    PolicyHourFactory(campaign=world.campaign, hour=Hour.DATA_CUT, at=dt.time(17, 30))

    assert "汇总对象：8月5日（截至17时30分）" in page(staff)
    assert "汇总对象：8月4日（截至17时）" in page(staff, ROUND.replace("08-05", "08-04"))


@pytest.mark.parametrize(
    ("by", "labels"), [("group", ["第1组", "第2组"]), ("category", ["省直机关", "高校"])]
)
def test_the_round_is_cut_several_ways(world, staff, by, labels):
    answer = client_for(staff).get(f"{ROUND}?by={by}")

    assert [row.label for row in answer.context["summary"].rows] == labels


def test_the_round_by_district_comes_from_the_ledger(world, staff):
    deployment = DeploymentFactory(campaign=world.campaign, unit=world.units[0])
    DeploymentDayFactory(deployment=deployment, on=SECOND, present=6)

    rows = client_for(staff).get(f"{ROUND}?by=district").context["summary"].rows

    assert [(row.label, row.present.value, row.reports) for row in rows] == [
        (deployment.community.street.district.name, 6, None)
    ]


def test_the_round_finds_gaps_doubts_missing_and_corrections(world, staff):
    need = NeedFactory(campaign=world.campaign, heads=12, starts_on=SECOND)
    world.file(world.units[3], SECOND, 40)
    leaf = figure(Snapshot.objects.get(), world.clearing, ScopeKind.UNIT, unit=world.units[0])
    CorrectionFactory(
        figure=leaf, new=Decimal(16), state="accepted", reviewed_by=staff, reviewed_at=at(SECOND, 9)
    )

    findings = client_for(staff).get(ROUND).context["findings"]

    name = world.units[3].short_name
    assert [(one.label, one.text) for one in findings] == [
        ("缺口", f"{need.community}缺 12 人"),
        ("待核实", f"{name}道路清障由 400 处降至 40 处，未说明原因"),
        ("未报", "3 家"),
        ("更正", f"8月4日 {world.units[0]}道路清障 10 处更正为 16 处，漏计夜班"),
    ]


def test_a_doubt_with_a_reason_is_no_finding(world, staff):
    world.file(world.units[3], SECOND, 40, doubt_reason="ended")

    findings = client_for(staff).get(ROUND).context["findings"]

    assert [one.label for one in findings] == ["未报"]


def test_missing_two_days_running_is_said(world, staff):
    third = SECOND + dt.timedelta(days=1)
    world.open(third)
    with time_machine.travel(at(third, 20), tick=False):
        findings = client_for(staff).get("/daily/rounds/flood-2021/2021-08-06/").context["findings"]

    assert [one.text for one in findings] == ["4 家，其中 4 家连续两日以上"]


def test_the_round_asks_a_fixed_number_of_queries(world, staff, django_assert_num_queries):
    def fill():
        deployment = DeploymentFactory(campaign=world.campaign, unit=world.units[0])
        DeploymentDayFactory(deployment=deployment, on=SECOND)
        tomorrow = SECOND + dt.timedelta(days=1)
        DeploymentFactory(campaign=world.campaign, leader=MemberFactory(), starts_on=tomorrow)
        NeedFactory(campaign=world.campaign, starts_on=SECOND)
        talk = CityTalkFactory(round=DailyRound.objects.get(on=SECOND))
        CityTalkItemFactory(talk=talk)

    client = client_for(staff)
    fill()
    world.file(world.units[3], SECOND, 40)
    client.get(ROUND)
    with CaptureQueriesContext(connection) as one:
        client.get(ROUND)
    for unit in (UnitFactory(group=world.groups[0]) for _ in range(5)):
        UnitActivationFactory(campaign=world.campaign, unit=unit)
    world.open(SECOND)
    fill()
    fill()

    with django_assert_num_queries(len(one)):
        client.get(ROUND)


@pytest.mark.parametrize("who", ["reporter", "unit_leader", "liaison", "city", "outsider"])
def test_the_round_is_the_offices(world, request, who):
    user = request.getfixturevalue(who)

    assert client_for(user).get(ROUND).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/daily/rounds/flood-2021/2021-08-06/",
        "/daily/rounds/flood-2021/2021-07-19/",
        "/daily/rounds/flood-2021/2021-02-30/",
        "/daily/rounds/no-such/2021-08-05/",
    ],
)
def test_days_ahead_outside_or_nowhere_are_not_found(world, staff, address):
    assert client_for(staff).get(address).status_code == 404


def test_a_day_before_the_campaign_names_the_days_there_are(world, staff):
    said = client_for(staff).get("/daily/rounds/flood-2021/2021-07-19/").text

    assert f"“{world.campaign}”没有 2021-07-19 的数据，只有 2021-07-20 至 2021-08-05 的" in said


def test_today_leads_to_the_day_in_hand(world, staff):
    assert client_for(staff).get("/daily/rounds/today/").url == ROUND


def test_the_list_says_which_days_had_all_four(world, staff):
    RoundAct.objects.filter(round__on=FIRST).exclude(kind="summary").update(
        state=ActState.WAIVED, waive_reason="无"
    )

    text = page(staff, "/daily/rounds/")

    assert text.count(">免办<") == 3
    assert text.count("已锁定") == 1


def test_the_day_is_locked_by_its_button(world, staff):
    answer = post(staff, "lock")

    snapshot = Snapshot.objects.locked().get(on=SECOND)
    assert (snapshot.taken_by, snapshot.taken_at) == (staff, at(SECOND, 20))
    assert answer.url == ROUND
    assert "锁定当日数据" not in page(staff)


def test_the_button_is_not_there_before_the_data_cut(world, staff, evening):
    evening.move_to(at(SECOND, 16, 59))

    text = page(staff)

    assert "锁定当日数据" not in text
    assert "17:00 起可锁定" in text
    assert post(staff, "lock").status_code == 422


def test_pressed_twice_the_second_press_is_told(world, staff):
    post(staff, "lock")

    answer = post(staff, "lock")

    assert answer.status_code == 409
    assert "8月5日数据已于20:00锁定" in answer.content.decode()


@pytest.mark.parametrize("who", ["leader", "duty", "liaison"])
def test_only_staff_lock(world, request, who):
    assert post(request.getfixturevalue(who), "lock").status_code == 403
    assert not Snapshot.objects.filter(on=SECOND).exists()


def test_unlocking_asks_for_consent_and_reason(world, staff, leader):
    post(staff, "lock")

    refused = post(staff, "unlock", consented_by=leader.pk, reason="")
    assert refused.status_code == 422
    done = post(staff, "unlock", consented_by=leader.pk, reason="漏报一家")

    assert done.url == f"{ROUND}#summary"
    assert not Snapshot.objects.locked().filter(on=SECOND).exists()
    assert Snapshot.objects.get(on=SECOND).withdrawn_reason == "漏报一家"


def test_nobody_but_a_leader_can_be_named_as_consenting(world, staff, duty):
    post(staff, "lock")

    answer = post(staff, "unlock", consented_by=duty.pk, reason="漏报")

    assert answer.status_code == 422
    assert Snapshot.objects.locked().filter(on=SECOND).exists()


def test_the_opinion_is_written_and_signed(world, staff, leader):
    post(staff, "judgment", opinion="力量够用，两处缺人。")
    judgment = Judgment.objects.get()
    assert [finding["label"] for finding in judgment.findings] == ["未报"]

    post(leader, "judgment/sign", written_at=judgment.written_at.isoformat())

    judgment.refresh_from_db()
    assert judgment.signed_by == leader
    assert f"{leader.name} 20:00 已阅" in page(staff)


def test_what_was_rewritten_meanwhile_is_not_signed(world, staff, leader, evening):
    round_ = DailyRound.objects.get(on=SECOND)
    seen = write_judgment(round_, opinion="甲", findings=[], by=staff, now=at(SECOND, 19))
    write_judgment(round_, opinion="乙", findings=[], by=staff, now=at(SECOND, 19, 30))

    answer = post(leader, "judgment/sign", written_at=seen.written_at.isoformat())

    assert answer.status_code == 422
    assert Judgment.objects.get().signed_at is None


def test_staff_cannot_sign_as_a_leader(world, staff):
    post(staff, "judgment", opinion="力量够用。")

    assert post(staff, "judgment/sign").status_code == 403


def test_dispatch_is_signed_for_a_leader_who_is_away(world, staff, leader):
    write_dispatch(DailyRound.objects.get(on=SECOND), content="增派", by=staff, now=at(SECOND, 19))

    post(staff, "dispatch/sign-for", on_behalf_of=leader.pk)

    assert DispatchNote.objects.get().signature_by == staff
    assert f"（{staff.name}代签）" in page(leader)


def items(*rows):
    data = {"items-TOTAL_FORMS": str(len(rows)), "items-INITIAL_FORMS": "0"}
    for n, row in enumerate(rows):
        data |= {f"items-{n}-{name}": value for name, value in row.items()}
    return data


def test_a_talk_is_recorded_with_its_items(world, staff):
    post(
        staff,
        "talks/new",
        at="2021-08-05T15:30",
        method="list",
        **items(
            {"content": "五个社区排水 80 人", "heads": "８０", "fulfilment": "open"},
            {"content": "", "fulfilment": "open"},
        ),
    )

    item = CityTalkItem.objects.get()
    assert (item.content, item.heads, item.talk.at) == (
        "五个社区排水 80 人",
        80,
        at(SECOND, 15, 30),
    )
    assert "五个社区排水 80 人" in page(staff)


def test_an_item_without_words_is_refused_and_nothing_typed_is_lost(world, staff):
    answer = post(
        staff,
        "talks/new",
        at="2021-08-05T15:30",
        method="phone",
        counterpart="李主任",
        **items({"content": "", "heads": "60", "fulfilment": "open"}),
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写市直工委提出的事项" in text
    assert 'value="60"' in text
    assert 'value="李主任"' in text
    assert not CityTalk.objects.exists()


def test_an_item_is_answered_in_its_row(world, staff):
    item = CityTalkItemFactory(talk__round=DailyRound.objects.get(on=SECOND))

    client_for(staff).post(
        f"/daily/talk-items/{item.pk}/answer/", {"reply": "派 50 人", "fulfilment": "partly"}
    )

    item.refresh_from_db()
    assert (item.reply, item.fulfilment) == ("派 50 人", Fulfilment.PARTLY)
    act = RoundAct.objects.get(round__on=SECOND, kind=ActKind.CITY_TALK)
    assert act.state == ActState.DONE_LATE


def test_an_act_is_waived_with_a_reason(world, staff):
    act = RoundAct.objects.get(round__on=SECOND, kind=ActKind.DISPATCH)
    address = f"/daily/acts/{act.pk}/"

    refused = client_for(staff).post(address, {"owner": staff.pk, "waive": "on", "reason": ""})
    client_for(staff).post(address, {"owner": staff.pk, "waive": "on", "reason": "无新增需求"})

    act.refresh_from_db()
    assert refused.status_code == 422
    assert (act.state, act.waive_reason, act.owner) == (ActState.WAIVED, "无新增需求", staff)


def tell(user, value, **more):
    world = DailyRound.objects.get(on=SECOND).campaign
    return post(
        user,
        "returns/new",
        receiver="省委办公厅值班室",
        indicator=world.indicators.get(indicator__code="F07").indicator_id,
        value=value,
        at="2021-08-05T19:05",
        **more,
    )


def test_a_number_told_upward_is_kept(world, duty):
    world.file(world.units[0], SECOND, 12)
    lock_day(world.campaign, on=SECOND, now=at(SECOND, 19))

    tell(duty, "12")

    row = UpwardReturn.objects.get()
    assert (row.value, row.as_of, row.explanation) == (12, at(SECOND, 17), "")
    assert row.snapshot == Snapshot.objects.locked().get(on=SECOND)
    assert "与核定数一致" in page(duty)


def test_a_number_that_differs_is_kept_only_with_an_explanation(world, duty):
    world.file(world.units[0], SECOND, 12)
    lock_day(world.campaign, on=SECOND, now=at(SECOND, 19))

    refused = tell(duty, "13")
    assert refused.status_code == 422
    assert "与核定数12处不一致，请填写说明。" in refused.content.decode()
    assert not UpwardReturn.objects.exists()

    tell(duty, "13", explanation="含锁定后补报一处")
    assert UpwardReturn.objects.get().explanation == "含锁定后补报一处"


def test_two_receivers_are_not_told_two_numbers_silently(world, duty):
    tell(duty, "12")

    refused = post(
        duty,
        "returns/new",
        receiver="省委组织部",
        indicator=world.clearing.pk,
        value="15",
        at="2021-08-05T19:10",
    )

    assert "与19:05报省委办公厅值班室的12处不一致" in refused.content.decode()


def test_the_sheet_and_the_list_for_the_city_are_printed(world, staff):
    tomorrow = SECOND + dt.timedelta(days=1)
    leaves = DeploymentFactory(
        campaign=world.campaign,
        unit=world.units[0],
        leader=MemberFactory(name="周凯", phone="13900001111"),
        starts_on=tomorrow,
    )

    sheet = page(staff, f"{ROUND}print/")
    listed = page(staff, f"{ROUND}dispatch-list/")

    assert "四个一（8月5日）" in sheet
    assert str(leaves.community) in listed
    assert "周凯" in listed
    assert world.units[0].duty_phone in listed
    assert "13900001111" not in listed + sheet


def test_every_number_opens_its_rows(world, staff):
    revision = world.file(world.units[0], SECOND, 12)
    snapshot = lock_day(world.campaign, on=SECOND, now=at(SECOND, 19))
    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=world.units[0])

    rows = client_for(staff).get("/daily/figures/flood-2021/2021-08-05/F07/")
    one = page(staff, f"/daily/figures/{leaf.pk}/")

    assert rows.context["total"].value == rows.context["leaves_sum"] == 12
    assert rows.context["missing"] == 3
    assert f"/daily/figures/{leaf.pk}/" in rows.content.decode()
    assert f"/daily/reports/{revision.report_id}/" in one


def test_rows_of_a_group_add_up_to_the_groups_number(world, staff):
    for unit, value in zip(world.units, (1, 2, 3, 4), strict=True):
        world.file(unit, SECOND, value)
    group = world.groups[0]

    rows = client_for(staff).get(f"/daily/figures/flood-2021/2021-08-05/F07/?group={group.pk}")

    assert rows.context["total"].value == rows.context["leaves_sum"] == 4
    assert len(rows.context["table"].rows) == 2


def test_a_ledger_leaf_counts_what_changed_since(world, staff, evening):
    deployment = DeploymentFactory(campaign=world.campaign, unit=world.units[0])
    entry = DeploymentDayFactory(deployment=deployment, on=SECOND, present=6)
    snapshot = lock_day(world.campaign, on=SECOND, now=at(SECOND, 20))
    leaf = figure(snapshot, world.present, ScopeKind.UNIT, unit=world.units[0])
    assert "其后变动 0 行" in page(staff, f"/daily/figures/{leaf.pk}/")

    evening.move_to(at(SECOND, 21))
    entry.present = 8
    entry.save()

    assert "其后变动 1 行" in page(staff, f"/daily/figures/{leaf.pk}/")
    leaf.refresh_from_db()
    assert leaf.value == 6


def test_a_unit_sees_its_own_leaf_and_no_other(world, reporter, unit, foreign_unit):
    for one in (unit, foreign_unit):
        UnitActivationFactory(campaign=world.campaign, unit=one)
    world.open(SECOND)
    snapshot = lock_day(world.campaign, on=SECOND, now=at(SECOND, 19))
    own, other = (
        figure(snapshot, world.clearing, ScopeKind.UNIT, unit=one) for one in (unit, foreign_unit)
    )
    client = client_for(reporter)

    rows = client.get("/daily/figures/flood-2021/2021-08-05/F07/")

    assert [leaf.unit for leaf in rows.context["table"].rows] == [unit]
    assert client.get(f"/daily/figures/{own.pk}/").status_code == 200
    assert client.get(f"/daily/figures/{other.pk}/").status_code == 404


def test_a_preview_keeps_to_the_same_scope(world, reporter, unit):
    UnitActivationFactory(campaign=world.campaign, unit=unit)
    world.open(SECOND)
    world.file(unit, SECOND, 3)

    rows = client_for(reporter).get("/daily/figures/flood-2021/2021-08-05/F07/")

    assert [leaf.unit for leaf in rows.context["table"].rows] == [unit]
    assert rows.context["total"] is None


def test_a_correction_is_proposed_on_the_leaf(world, reporter, unit):
    UnitActivationFactory(campaign=world.campaign, unit=unit)
    world.open(SECOND)
    world.file(unit, SECOND, 3)
    snapshot = lock_day(world.campaign, on=SECOND, now=at(SECOND, 19))
    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=unit)
    address = f"/daily/figures/{leaf.pk}/correct/"

    refused = client_for(reporter).post(address, {"new": "三", "reason": "漏计"})
    client_for(reporter).post(address, {"new": "５", "reason": "漏计夜班"})

    correction = leaf.corrections.get()
    assert refused.status_code == 422
    assert (correction.old, correction.new, correction.proposed_by) == (3, 5, reporter)


def test_late_notices_go_after_a_person_has_read_the_list(world, staff):
    text = page(staff, f"{ROUND}notices/")

    assert "确认向机关党委发出提醒" in text
    assert all(unit.short_name in text for unit in world.units)


def test_a_day_the_clock_has_not_opened_can_be_opened_by_hand(world, staff):
    DailyReport.objects.filter(on=SECOND).delete()
    DailyRound.objects.filter(on=SECOND).delete()
    assert "尚未生成" in page(staff)

    post(staff, "open")

    assert DailyReport.objects.filter(on=SECOND).count() == 4


def test_an_answered_item_is_read_and_opens_for_another_answer(world, staff):
    talk = CityTalkFactory(round=DailyRound.objects.get(on=SECOND))
    answered = CityTalkItemFactory(talk=talk, reply="已派 12 人", fulfilment=Fulfilment.PARTLY)
    waiting = CityTalkItemFactory(talk=talk, reply="", fulfilment=Fulfilment.OPEN)

    shown, opened = page(staff), page(staff, f"{ROUND}?item={answered.pk}")

    form = "/daily/talk-items/{}/answer/"
    assert form.format(answered.pk) not in shown
    assert form.format(waiting.pk) in shown
    assert f'href="?item={answered.pk}#city_talk"' in shown
    assert form.format(answered.pk) in opened


def test_an_item_leads_to_the_need_it_stands_for(world, staff):
    need = NeedFactory(campaign=world.campaign)
    talk = CityTalkFactory(round=DailyRound.objects.get(on=SECOND))
    CityTalkItemFactory(talk=talk, need=need, content="荷塘社区需卡口值守 12 人")

    link = f'<a class="rows" href="{need.get_absolute_url()}">荷塘社区需卡口值守 12 人</a>'
    assert link in page(staff)


def test_the_round_of_a_campaign_that_is_over_is_read_only(world, staff, leader):
    post(staff, "lock")
    post(staff, "judgment", opinion="力量够用。")
    talk = CityTalkFactory(round=DailyRound.objects.get(on=SECOND))
    item = CityTalkItemFactory(talk=talk, reply="", fulfilment=Fulfilment.OPEN)
    world.campaign.state = CampaignState.CLOSED
    world.campaign.ends_on = SECOND
    world.campaign.save()

    text = page(staff) + page(leader)

    assert "任务已结束，仅供查阅" in text
    for word in ("责任人、免办", "记录沟通", "填写", "解锁", "阅签</button>", "登记报送", "保存"):
        assert f">{word}" not in text, word
    steps = ("unlock", "judgment", "dispatch", "talks/new", "returns/new", "lock", "open")
    assert {post(staff, step).status_code for step in steps} == {422}
    assert post(leader, "judgment/sign").status_code == 422
    act = RoundAct.objects.filter(round__on=SECOND).first()
    for address in (f"/daily/acts/{act.pk}/", f"/daily/talk-items/{item.pk}/answer/"):
        assert client_for(staff).post(address, {"fulfilment": "done"}).status_code == 422
    assert Snapshot.objects.locked().filter(on=SECOND).exists()


def test_the_bar_names_the_day_of_the_page(world, staff):
    client = client_for(staff)

    def bar(address):
        seen = client.get(address).context["portal"].campaign
        return seen.day, seen.nth

    earlier = ROUND.replace("08-05", "08-04")
    leaf = figure(Snapshot.objects.get(), world.clearing, ScopeKind.UNIT, unit=world.units[0])
    report = DailyReport.objects.get(unit=world.units[0], on=FIRST)
    assert bar(ROUND) == (SECOND, 17)
    for address in (
        earlier,
        "/daily/figures/flood-2021/2021-08-04/F07/",
        f"/daily/figures/{leaf.pk}/",
        report.get_absolute_url(),
        "/daily/missing/?day=2021-08-04",
    ):
        assert bar(address) == (FIRST, 16), address
    assert bar("/daily/rounds/") == (SECOND, 17)


def test_a_figure_says_that_yesterday_is_missing(world, staff):
    world.file(world.units[0], SECOND, 12)
    late = DailyReport.objects.get(unit=world.units[1], on=FIRST)
    leaf = figure(Snapshot.objects.get(), world.clearing, ScopeKind.UNIT, unit=late.unit)
    type(leaf).objects.filter(pk=leaf.pk).update(value=None, reported=0)
    world.file(world.units[1], SECOND, 9)
    post(staff, "lock")

    answer = client_for(staff).get("/daily/figures/flood-2021/2021-08-05/F07/")

    column = [heading.column.name for heading in answer.context["table"].headings].index("change")
    assert [row[column] for row in cells(answer)] == ["+2", "昨日未报", "未报", "未报"]
    today = figure(Snapshot.objects.get(on=SECOND), world.clearing, ScopeKind.UNIT, unit=late.unit)
    assert "昨日未报" in page(staff, f"/daily/figures/{today.pk}/")


def test_filters_of_what_was_told_upward_say_what_they_ask_for(staff):
    shown = page(staff, "/daily/returns/")

    assert '<label class="filter-label" for="id_day">数据日期</label>' in shown
    assert 'placeholder="报送对象"' in shown
