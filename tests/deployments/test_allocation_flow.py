"""A sheet from proposal to done, pressed by the people who may, twice and against each other."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.deployments.allocating import SheetState
from apps.deployments.enums import DeploymentState, NeedState
from apps.deployments.models import AllocationLine, AllocationSheet, Deployment, Need
from apps.deployments.services import allocation as services
from apps.messaging.models import InboxMessage, OutboxMessage
from apps.office.documents.enums import DocumentState
from tests.cast import client_for, posted
from tests.counting import statements
from tests.factories import (
    AllocationLineFactory,
    AllocationSheetFactory,
    AssignmentFactory,
    DeploymentDayFactory,
    MemberFactory,
    NeedFactory,
    PostingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


DAY = dt.timedelta(days=1)


def press(user, sheet, step, **data):
    return client_for(user).post(reverse(f"deployments:allocation_{step}", args=[sheet.pk]), data)


def state_of(sheet):
    return AllocationSheet.objects.get(pk=sheet.pk).state


def test_a_proposal_becomes_a_draft_with_reasons(staff, campaign, need, people, unit):
    client = client_for(staff)
    form = {"on": str(business_day() + DAY), "ends_on": str(business_day() + 3 * DAY)}

    answer = client.post(reverse("deployments:allocation_new"), form)

    sheet = AllocationSheet.objects.get()
    assert answer.url == sheet.get_absolute_url()
    [line] = sheet.lines.all()
    assert (line.unit, line.need, line.heads, line.proposed) == (unit, need, 6, 6)
    assert line.reason == "跨区县 · 近期派出较少 · 就近力量不足"
    assert (line.leader_phone, line.contact) == ("0371-00000201", "刘主任 0371-00000301")
    page = client.get(sheet.get_absolute_url()).content.decode()
    assert "已证最优" in page
    assert "与建议方案一致" in page


def test_the_busy_and_the_exempt_are_not_proposed(campaign, need, people, unit, staff):
    AssignmentFactory(
        member=people[0], unit=unit, deployment__unit=unit, deployment__campaign=campaign,
        starts_on=business_day(), ends_on=business_day() + 2 * DAY,
    )  # fmt: skip
    for one in people[1:4]:
        one.is_exempt = True
        one.save()

    sheet = services.draft_sheet(
        campaign, on=business_day() + DAY, ends_on=None, by=staff, now=timezone.now()
    )

    assert sheet.lines.get().heads == 4
    assert sheet.proposal["unmet"] == 2


def test_a_sheet_goes_all_the_way(staff, leader, reporter, draft, unit, need, people):
    assert press(staff, draft, "submit").status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.document.state) == (SheetState.REVIEW, DocumentState.DRAFT)

    press(leader, draft, "sign")
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.signed_by) == (SheetState.SIGNED, 1, leader)
    assert draft.document.state == DocumentState.SIGNED

    press(staff, draft, "issue")
    deployment = Deployment.objects.get()
    assert (deployment.unit, deployment.need, deployment.starts_on) == (unit, need, draft.on)
    need.refresh_from_db()
    assert need.state == NeedState.PARTLY
    assert InboxMessage.objects.filter(user=reporter, kind="allocation").count() == 1
    assert OutboxMessage.objects.filter(kind="allocation", address=reporter.email).count() == 1

    line = draft.lines.get()
    form = {"leader": people[0].pk, "phone": "0371-00000999"}
    client_for(reporter).post(reverse("deployments:allocation_acknowledge", args=[line.pk]), form)
    deployment.refresh_from_db()
    assert (state_of(draft), deployment.leader) == (SheetState.ACCEPTED, people[0])

    with time_machine.travel(timezone.now() + DAY, tick=False):
        DeploymentDayFactory(deployment=deployment, on=draft.on, expected=6, present=6, night=0)
        services.follow_sheets(timezone.now())
        need.refresh_from_db()
        assert (state_of(draft), need.state) == (SheetState.ARRIVED, NeedState.MET)
    with time_machine.travel(timezone.now() + 5 * DAY, tick=False):
        services.follow_sheets(timezone.now())
    assert state_of(draft) == SheetState.DONE


def test_fewer_than_asked_is_done_in_part(issued):
    deployment = Deployment.objects.get()
    DeploymentDayFactory(deployment=deployment, on=issued.on, expected=6, present=5, night=0)

    with time_machine.travel(timezone.now() + 5 * DAY, tick=False):
        assert services.follow_sheets(timezone.now()) == 2
        assert services.follow_sheets(timezone.now()) == 0

    assert state_of(issued) == SheetState.PARTLY


STEPS = [("submit", "draft", "staff"), ("sign", "review", "leader"), ("issue", "signed", "staff")]


@pytest.mark.parametrize(("step", "state", "role"), STEPS)
def test_a_step_pressed_twice_happens_once(step, state, role, draft, staff, leader, request):
    _bring(draft, state, staff, leader)
    user = request.getfixturevalue(role)

    codes = [press(user, draft, step).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert Deployment.objects.count() == (1 if step == "issue" else 0)
    assert draft.document is None or draft.document.series.documents.count() == 1


@pytest.mark.parametrize(("step", "state", "role"), STEPS)
def test_a_step_pressed_by_another_is_refused(step, state, role, draft, staff, leader, request):
    _bring(draft, state, staff, leader)
    press(request.getfixturevalue(role), draft, step)
    other = UserFactory(username="other", name="他人")
    PostingFactory(user=other, role=role)

    answer = press(other, draft, step)

    assert answer.status_code == 409
    assert "请刷新" in answer.content.decode() or "签发" in answer.content.decode()


def _bring(sheet, state, staff, leader):
    if state in ("review", "signed"):
        services.submit_sheet(sheet, by=staff, now=timezone.now())
    if state == "signed":
        services.sign_sheet(sheet, by=leader, now=timezone.now())


def test_a_signature_on_behalf_is_recorded(staff, leader, draft):
    services.submit_sheet(draft, by=staff, now=timezone.now())

    press(staff, draft, "sign_for", on_behalf_of=leader.pk)

    draft.refresh_from_db()
    assert (draft.signed_by, draft.signature_by, draft.is_signed_on_behalf) == (
        leader, staff, True,
    )  # fmt: skip
    assert f"{staff}代{leader}" in client_for(staff).get(draft.get_absolute_url()).content.decode()


def test_only_a_leader_signs(staff, draft):
    services.submit_sheet(draft, by=staff, now=timezone.now())

    assert press(staff, draft, "sign").status_code == 403
    assert press(staff, draft, "sign_for", on_behalf_of=staff.pk).status_code == 422
    assert state_of(draft) == SheetState.REVIEW


def test_a_sheet_returned_is_edited_and_sent_again(staff, leader, draft):
    services.submit_sheet(draft, by=staff, now=timezone.now())

    assert press(leader, draft, "return", reason="").status_code == 422
    press(leader, draft, "return", reason="人数偏多")
    page = client_for(staff).get(draft.get_absolute_url()).content.decode()
    press(staff, draft, "submit")

    assert "人数偏多" in page
    draft.refresh_from_db()
    states = list(draft.document.series.documents.order_by("pk").values_list("state", flat=True))
    assert (draft.state, states) == (
        SheetState.REVIEW, [DocumentState.VOID, DocumentState.DRAFT],
    )  # fmt: skip


def test_withdrawing_calls_everybody_back(staff, reporter, issued, need):
    assert press(staff, issued, "withdraw", reason="").status_code == 422
    press(staff, issued, "withdraw", reason="需求取消")

    issued.refresh_from_db()
    need.refresh_from_db()
    assert (issued.state, need.state) == (SheetState.WITHDRAWN, NeedState.OPEN)
    assert Deployment.objects.get().state == DeploymentState.WITHDRAWN
    assert issued.document.state == DocumentState.VOID
    _, told = InboxMessage.objects.filter(user=reporter, kind="allocation").order_by("pk")
    page = client_for(reporter).get(told.path)
    assert page.context["state"].label == "撤回"
    assert "需求取消" in page.content.decode()


def test_a_sheet_withdrawn_before_it_went_out_is_nothing_to_a_unit(staff, reporter, signed):
    press(staff, signed, "withdraw", reason="需求取消")

    assert client_for(reporter).get(signed.get_absolute_url()).status_code == 404


def edit_form(sheet, asked, **more):
    line = sheet.lines.get()
    return {
        "version": sheet.version,
        f"line-{line.pk}-heads": asked,
        f"line-{line.pk}-shift": "20:00–08:00",
        f"line-{line.pk}-meeting_place": "社区广场",
        **more,
    }


def test_an_edit_keeps_what_was_proposed(staff, draft):
    url = reverse("deployments:allocation_edit", args=[draft.pk])

    assert client_for(staff).post(url, edit_form(draft, 4, note="自备雨具")).status_code == 302

    line = draft.lines.get()
    assert (line.heads, line.proposed, line.shift) == (4, 6, "20:00–08:00")
    page = client_for(staff).get(draft.get_absolute_url()).content.decode()
    assert "改为" in page
    assert "自备雨具" in page


@pytest.mark.parametrize("note", ["自备雨具", "自备雨具。"])
def test_the_notice_says_what_is_asked_in_a_whole_sentence(staff, draft, note):
    draft.note = note
    draft.save(update_fields=["note"])

    services.submit_sheet(draft, by=staff, now=timezone.now())

    draft.refresh_from_db()
    page = client_for(staff).get(reverse("documents:document_detail", args=[draft.document_id]))
    assert "4.自备雨具。</p>" in page.content.decode()


def test_two_who_edit_a_draft_see_both_values(staff, draft, unit):
    url = reverse("deployments:allocation_edit", args=[draft.pk])
    first, second = edit_form(draft, 4, note="自备雨具"), edit_form(draft, 5)
    assert client_for(staff).post(url, first).status_code == 302

    answer = client_for(staff).post(url, second)

    assert answer.status_code == 409
    assert [(one.label, one.mine, one.theirs) for one in answer.context["differences"]] == [
        (f"{unit}派往城东路社区：人数", 5, 4),
        ("工作要求", "", "自备雨具"),
    ]
    assert draft.lines.get().heads == 4
    meant = {**second, "version": answer.context["form"]["version"].value()}
    assert client_for(staff).post(url, meant).status_code == 302
    assert draft.lines.get().heads == 5


def test_more_than_a_unit_has_free_is_refused_at_the_field(staff, draft, unit):
    url = reverse("deployments:allocation_edit", args=[draft.pk])

    answer = client_for(staff).post(url, edit_form(draft, 9))

    assert answer.status_code == 422
    assert f"{unit}当日可派 8 人，请减少人数或改派其他单位。" in answer.content.decode()
    assert draft.lines.get().heads == 6


def test_more_than_a_need_lacks_is_refused_at_the_field(staff, draft, unit, need, campaign):
    url = reverse("deployments:allocation_edit", args=[draft.pk])
    other = NeedFactory(campaign=campaign, heads=1, starts_on=draft.on)
    client = client_for(staff)

    edited = client.post(url, edit_form(draft, 7))
    added = client.post(url, edit_form(draft, 6, unit=unit.pk, need=other.pk, heads=2))

    [row] = edited.context["rows"]
    way = "请减少人数；确需多派的，请先修改需求人数。"
    assert row.errors["heads"] == [f"城东路社区该项需求还差 6 人，本单共派 7 人，{way}"]
    assert added.context["form"].errors["heads"] == [
        f"{other.community}该项需求还差 1 人，本单共派 2 人，{way}"
    ]
    assert [line.heads for line in draft.lines.all()] == [6]


def test_people_promised_by_one_sheet_are_not_free_for_another(staff, draft, campaign, unit, need):
    services.submit_sheet(draft, by=staff, now=timezone.now())
    other = AllocationSheetFactory(campaign=campaign, on=draft.on, made_by=staff)
    AllocationLineFactory(sheet=other, unit=unit, need=NeedFactory(campaign=campaign), heads=3)

    answer = press(staff, other, "submit")

    assert answer.status_code == 422
    assert f"{unit}当日可派 2 人" in answer.content.decode()
    assert state_of(other) == SheetState.DRAFT


def test_two_editors_do_not_overwrite_each_other(staff, draft):
    url = reverse("deployments:allocation_edit", args=[draft.pk])
    form = edit_form(draft, 4)
    client_for(staff).post(url, form)

    answer = client_for(staff).post(url, form | {f"line-{draft.lines.get().pk}-heads": 2})

    assert answer.status_code == 409
    assert draft.lines.get().heads == 4


def test_a_line_is_added_by_hand(staff, draft, unit, campaign):
    other = NeedFactory(campaign=campaign, heads=5, starts_on=draft.on)
    url = reverse("deployments:allocation_edit", args=[draft.pk])
    form = edit_form(draft, 6, unit=unit.pk, need=other.pk, heads=2)

    assert client_for(staff).post(url, form).status_code == 302

    line = draft.lines.get(need=other)
    assert (line.heads, line.proposed, line.reason) == (2, 0, "人工增加")


def test_a_line_needs_all_its_parts(staff, draft, unit):
    url = reverse("deployments:allocation_edit", args=[draft.pk])

    answer = client_for(staff).post(url, edit_form(draft, 6, unit=unit.pk))

    assert answer.status_code == 422
    assert "增加一条的，请填写对应需求。" in answer.content.decode()


def test_a_leader_of_another_unit_does_not_lead(reporter, issued, foreign_unit):
    stranger = MemberFactory(unit=foreign_unit)
    line = issued.lines.get()
    url = reverse("deployments:allocation_acknowledge", args=[line.pk])

    answer = client_for(reporter).post(url, {"leader": stranger.pk, "phone": "1"})

    assert answer.status_code == 422
    line.refresh_from_db()
    assert line.acknowledged_at is None


@pytest.mark.parametrize("phone", ["abc", "1234", "139****1234", "——"])
def test_what_is_no_phone_is_not_given_to_the_community(reporter, issued, people, phone):
    line = issued.lines.get()
    url = reverse("deployments:allocation_acknowledge", args=[line.pk])

    answer = client_for(reporter).post(url, {"leader": people[0].pk, "phone": phone})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["phone"]
    line.refresh_from_db()
    assert (line.acknowledged_at, line.leader_phone) == (None, "0371-00000201")


def test_a_phone_is_kept_in_its_one_form(reporter, issued, people):
    line = issued.lines.get()
    url = reverse("deployments:allocation_acknowledge", args=[line.pk])

    client_for(reporter).post(url, {"leader": people[0].pk, "phone": "（0371）0000 0999 转 8"})

    line.refresh_from_db()
    assert line.leader_phone == "0371-00000999-8"


def test_a_campaign_that_is_over_sends_nobody(staff, draft, campaign):
    campaign.state = CampaignState.CLOSED
    campaign.save()

    answer = press(staff, draft, "submit")

    assert answer.status_code == 422
    assert "已结束" in answer.content.decode()


def test_an_issued_sheet_stays_as_it_was_once_the_campaign_is_over(
    staff, reporter, issued, people, campaign, need
):
    campaign.state = CampaignState.CLOSED
    campaign.save()
    url = reverse("deployments:allocation_acknowledge", args=[issued.lines.get().pk])

    answers = [
        client_for(reporter).post(url, {"leader": people[0].pk, "phone": "13703710001"}),
        press(staff, issued, "withdraw", reason="需求取消"),
    ]

    for answer in answers:
        assert (answer.status_code, "已结束，不再调配" in answer.content.decode()) == (422, True)
    need.refresh_from_db()
    assert (state_of(issued), need.state) == (SheetState.ISSUED, NeedState.PARTLY)
    assert issued.lines.get().acknowledged_at is None


def test_days_that_cannot_be_are_refused_at_the_field(staff, campaign, need, people):
    url = reverse("deployments:allocation_new")
    today = business_day()

    back = client_for(staff).post(url, {"on": str(today + DAY), "ends_on": str(today)})
    past = client_for(staff).post(url, {"on": str(today - DAY)})
    idle = client_for(staff).post(url, {"on": str(today)})

    assert [one.status_code for one in (back, past, idle)] == [422, 422, 422]
    assert back.context["form"].errors["ends_on"] == ["截止日期不得早于到岗日期。"]
    assert past.context["form"].errors["on"] == ["不能为过去的日子调配，请选今天或以后。"]
    assert "没有待落实的人员需求" in idle.context["form"].errors["on"][0]


ROLES = ("staff", "leader", "duty", "liaison", "reporter", "city")


def test_each_sees_what_is_theirs(issued, foreign_unit, unit, request):
    staff, leader, duty, liaison, reporter, city = map(request.getfixturevalue, ROLES)
    AllocationLineFactory(sheet=issued, unit=foreign_unit, heads=3)
    url = issued.get_absolute_url()

    codes = {
        user.username: client_for(user).get(url).status_code
        for user in (staff, leader, duty, liaison, reporter, city)
    }

    assert codes == {
        "staff": 200, "leader": 200, "duty": 200, "liaison": 200, "reporter": 200, "city": 403,
    }  # fmt: skip
    assert str(foreign_unit) in client_for(staff).get(url).content.decode()
    own = client_for(reporter).get(url).content.decode()
    assert (str(unit) in own, str(foreign_unit) in own) == (True, False)


def test_a_foreign_unit_finds_nothing(issued, foreign_unit):
    stranger = posted("reporter", unit=foreign_unit)
    line = issued.lines.get()
    client = client_for(stranger)

    assert client.get(issued.get_absolute_url()).status_code == 404
    assert (
        client.post(reverse("deployments:allocation_acknowledge", args=[line.pk])).status_code
        == 404
    )


def test_a_draft_is_hidden_from_the_unit(draft, reporter):
    assert client_for(reporter).get(draft.get_absolute_url()).status_code == 404


def test_who_must_act_has_it_among_what_waits(draft, staff, leader, reporter):
    def waiting(user):
        return client_for(user).get("/").content.decode()

    services.submit_sheet(draft, by=staff, now=timezone.now())
    assert "力量调配通知单待签发，派出 6 人" in waiting(leader)
    services.sign_sheet(draft, by=leader, now=timezone.now())
    assert "已签发，待下发" in waiting(staff)
    services.issue_sheet(draft, by=staff, now=timezone.now())
    assert "力量调配 1 条待接单" in waiting(reporter)


@pytest.mark.parametrize("page", ["list", "detail", "print", "edit"])
def test_pages_ask_as_much_for_many_lines_as_for_one(page, staff, draft, unit):
    def count():
        args = [] if page == "list" else [draft.pk]
        return statements(client_for(staff), reverse(f"deployments:allocation_{page}", args=args))

    one = count()
    AllocationLineFactory.create_batch(4, sheet=draft, unit=unit)
    AllocationSheetFactory.create_batch(3, campaign=draft.campaign)

    assert count() == one
    assert AllocationLine.objects.count() == 5
    assert Need.objects.count() == 5
