"""Pages of cases: scope, forms, steps, board, pictures."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.assistance.enums import CaseState
from apps.assistance.models import AssistanceCase
from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AssistanceActionFactory,
    AssistanceCaseFactory,
    BeneficiaryFactory,
    CampaignFactory,
    CaseEventFactory,
    PostingFactory,
    UserFactory,
)

from .test_cases import picture

pytestmark = pytest.mark.django_db
TODAY = business_day()
S = CaseState


@pytest.fixture
def case(campaign, household):
    return AssistanceCaseFactory(campaign=campaign, beneficiary=household, title="需要奶粉")


def case_form(household, **changed):
    form = {
        "submission": str(uuid.uuid4()),
        "beneficiary": household.pk,
        "unit": household.unit_id,
        "title": "需要配送婴儿奶粉",
        "service_type": "goods",
        "source": "visit",
        "due_on": TODAY.isoformat(),
    }
    return {**form, **changed}


def titles(response):
    """What stands behind the number, with a box to tick before it or without."""
    return [row[1 + [cell[:2] for cell in row].index("BF")] for row in cells(response)]


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def sentences(response):
    return response.content.decode()


@pytest.mark.parametrize("who", ["leader", "staff", "duty", "caseworker", "liaison", "reporter"])
def test_those_of_the_desk_see_the_case_of_the_unit(request, who, case):
    client = client_for(request.getfixturevalue(who))

    body = client.get("/assistance/").content.decode()

    assert "需要奶粉" in body
    assert "城东路社区一被隔离家庭" in body
    assert client.get(f"/assistance/{case.pk}/").status_code == 200


@pytest.mark.parametrize("who", ["editor", "city", "steward", "auditor", "security_admin"])
def test_others_do_not_come_in(request, who, case):
    client = client_for(request.getfixturevalue(who))

    for url in ("/assistance/", "/assistance/board/", f"/assistance/{case.pk}/"):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("who", ["liaison", "reporter", "unit_leader"])
def test_a_case_of_another_unit_is_not_found(request, who, campaign, foreign_unit):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary__unit=foreign_unit)
    client = client_for(request.getfixturevalue(who))

    assert titles(client.get("/assistance/")) == []
    for step in ("", "assign/", "answer/", "note/", "photos/", "photos/1/"):
        assert client.get(f"/assistance/{case.pk}/{step}").status_code in (403, 404)
    assert client.get(f"/assistance/{case.pk}/").status_code == 404
    assert client.post(f"/assistance/{case.pk}/start/").status_code in (403, 404)


def test_personal_data_stand_on_no_page_of_a_case(caseworker, case):
    client = client_for(caseworker)

    for url in ("/assistance/", "/assistance/board/", f"/assistance/{case.pk}/"):
        body = page(client, url)
        assert "王芳" not in body
        assert "13912345678" not in body


def test_cases_are_those_of_the_campaign_in_hand(staff, case):
    other = CampaignFactory(code="flood", is_drill=True)
    AssistanceCaseFactory(campaign=other, title="需要沙袋")
    client = client_for(staff)

    assert titles(client.get("/assistance/?campaign=epidemic")) == ["需要奶粉"]
    assert titles(client.get("/assistance/?campaign=flood")) == ["需要沙袋"]


def test_filters_of_the_list(staff, campaign, household, case):
    make = {"campaign": campaign, "beneficiary": household}
    late = TODAY - dt.timedelta(days=2)
    AssistanceCaseFactory(**make, title="早该办", due_on=late, underway=True, owner=staff)
    AssistanceCaseFactory(**make, title="今天到期", due_on=TODAY)
    AssistanceCaseFactory(**make, title="已办的", due_on=late, closed=True)
    client = client_for(staff)

    def found(query):
        return set(titles(client.get(f"/assistance/?{query}")))

    assert found("due=late") == {"早该办"}
    assert found("due=today") == {"今天到期"}
    assert found("due=soon") == {"今天到期", "需要奶粉"}
    assert found("owner=me") == {"早该办"}
    assert found("owner=nobody") == {"今天到期", "需要奶粉"}
    assert found("state=closed") == {"已办的"}
    assert found("q=奶粉") == {"需要奶粉"}
    assert found(f"q={household.number}") == {"早该办", "今天到期", "已办的", "需要奶粉"}
    assert found("q=城东") == found("q=")
    assert found("q=王芳") == set()


def test_overdue_cases_say_by_how_many_days(staff, campaign, household):
    late = TODAY - dt.timedelta(days=2)
    AssistanceCaseFactory(campaign=campaign, beneficiary=household, due_on=late)

    [row] = cells(client_for(staff).get("/assistance/"))

    assert "逾期2天" in row


def test_pages_take_as_many_statements_for_three_as_for_one(staff, campaign, household):
    client = client_for(staff)

    def add(count):
        for _ in range(count):
            case = AssistanceCaseFactory(campaign=campaign, underway=True)
            CaseEventFactory(case=case)
            AssistanceActionFactory(campaign=campaign, case=case, beneficiary=case.beneficiary)

    add(1)
    first = AssistanceCase.objects.get()
    pages = ["/assistance/", "/assistance/board/", "/", f"/assistance/{first.pk}/"]
    one = [statements(client, url) for url in pages]
    add(2)

    assert [statements(client, url) for url in pages] == one


def test_a_unit_registers_a_case_with_a_number(reporter, campaign, household):
    response = client_for(reporter).post("/assistance/new/", case_form(household))

    case = AssistanceCase.objects.get()
    assert response.status_code == 302
    assert (case.campaign, case.unit, case.state) == (campaign, household.unit, S.OPEN)
    assert case.number == f"BF{TODAY:%Y%m%d}-0001"


def test_pressing_register_twice_makes_one_case(reporter, campaign, household):
    client, form = client_for(reporter), case_form(household)

    answers = [client.post("/assistance/new/", form) for _ in range(2)]

    assert [answer.url for answer in answers] == [
        AssistanceCase.objects.get().get_absolute_url()
    ] * 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": "联系13912345678"}, "请勿写电话、门牌号"),
        ({"title": "3号楼2单元缺奶粉"}, "请勿写电话、门牌号"),
        ({"title": ""}, "请填写。"),
        ({"due_on": "2021-07-01"}, "不得早于今天"),
        ({"due_on": "2021-13-45"}, "有效"),
        ({"service_type": "gift"}, "选择"),
        ({"beneficiary": "9999999"}, "选择"),
        ({"submission": "x"}, "UUID"),
    ],
)
def test_bad_input_is_told_at_its_field(reporter, campaign, household, changed, sentence):
    response = client_for(reporter).post("/assistance/new/", case_form(household, **changed))

    assert response.status_code == 422
    assert sentence in sentences(response)
    assert not AssistanceCase.objects.exists()


def test_no_foreign_row_can_be_named(reporter, campaign, household, foreign_unit):
    foreign = BeneficiaryFactory(unit=foreign_unit)
    client = client_for(reporter)

    for changed in ({"unit": foreign_unit.pk}, {"beneficiary": foreign.pk}):
        response = client.post("/assistance/new/", case_form(household, **changed))
        assert response.status_code == 422
    assert not AssistanceCase.objects.exists()


def test_a_unit_seen_as_a_group_only_watches_is_no_unit_to_write_for(
    unit_leader, campaign, foreign_unit, foreign_group
):
    # As a member of the foreign unit's group they may open cases there; assign they may not.
    PostingFactory(user=unit_leader, role=Role.LIAISON, group=foreign_group)
    case = AssistanceCaseFactory(campaign=campaign, beneficiary__unit=foreign_unit, underway=True)
    client = client_for(unit_leader)

    assert client.get(f"/assistance/{case.pk}/").status_code == 200
    assert client.get(f"/assistance/{case.pk}/answer/").status_code == 403
    assert client.get(f"/assistance/{case.pk}/assign/").status_code == 403


def test_nothing_is_registered_in_a_campaign_that_is_over(reporter, campaign, household):
    campaign.state = CampaignState.CLOSED
    campaign.save()

    response = client_for(reporter).post("/assistance/new/", case_form(household))

    assert response.status_code == 422
    assert "不在进行中" in sentences(response)


def test_a_case_of_a_duplicate_is_one_of_the_first_registration(reporter, campaign, household):
    again = BeneficiaryFactory(unit=household.unit, duplicate_of=household)

    client_for(reporter).post("/assistance/new/", case_form(again))

    assert AssistanceCase.objects.get().beneficiary == household


def test_a_case_is_done_from_first_to_last(caseworker, reporter, case):
    office, own, url = client_for(caseworker), client_for(reporter), f"/assistance/{case.pk}/"

    office.post(f"{url}assign/", {"owner": reporter.pk, "due_on": TODAY.isoformat()})
    own.post(f"{url}start/")
    own.post(f"{url}note/", {"text": "已联系社区"})
    own.post(f"{url}answer/", {"result": "已送达，对方确认"})
    office.post(f"{url}verify/")

    case.refresh_from_db()
    assert (case.state, case.result) == (S.CLOSED, "已送达，对方确认")
    body = page(office, url)
    for word in ("已联系社区", "已办结", "已送达，对方确认", "由单位联络员办理"):
        assert word in body


@pytest.mark.parametrize(
    ("state", "step", "said"),
    [
        ("assigned", "start", {}),
        ("underway", "answer", {"result": "已送达"}),
        ("answered", "verify", {}),
        ("answered", "return", {"reason": "未送到"}),
        ("underway", "hand-back", {"reason": "人手不足"}),
        ("assigned", "cancel", {"reason": "已解决"}),
    ],
)
def test_a_second_press_is_told_where_the_case_is(
    caseworker, campaign, household, state, step, said
):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=household, **{state: True})
    client, url = client_for(caseworker), f"/assistance/{case.pk}/{step}/"

    first, second = client.post(url, said), client.post(url, said)

    assert (first.status_code, second.status_code) == (302, 409)
    case.refresh_from_db()
    assert f"现为“{case.get_state_display()}”" in sentences(second)
    assert case.events.count() == 1


def test_assigning_to_somebody_of_another_unit_is_no_choice(caseworker, case, foreign_unit):
    stranger = UserFactory()
    PostingFactory(user=stranger, role=Role.REPORTER, unit=foreign_unit)

    response = client_for(caseworker).post(
        f"/assistance/{case.pk}/assign/", {"owner": stranger.pk, "due_on": TODAY.isoformat()}
    )

    assert response.status_code == 422
    case.refresh_from_db()
    assert case.owner is None


@pytest.mark.parametrize("step", ["answer", "note", "return", "cancel", "hand-back", "due"])
def test_doors_and_phones_are_kept_out_of_free_text(caseworker, campaign, household, step):
    state = {"return": "answered"}.get(step, "underway")
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=household, **{state: True})
    words = "送到3号楼501室"
    said = {"result": words, "text": words, "reason": words, "due_on": TODAY.isoformat()}

    response = client_for(caseworker).post(f"/assistance/{case.pk}/{step}/", said)

    assert response.status_code == 422
    assert "请勿写电话、门牌号" in sentences(response)
    assert not case.events.exists()


def test_a_unit_does_not_assign_verify_or_cancel(reporter, campaign, household):
    case = AssistanceCaseFactory(campaign=campaign, beneficiary=household, answered=True)
    client = client_for(reporter)

    assert client.post(f"/assistance/{case.pk}/verify/").status_code == 403
    for step in ("assign", "cancel", "due", "return"):
        assert client.get(f"/assistance/{case.pk}/{step}/").status_code == 403
    assert client.post("/assistance/verify/", {"pk": [case.pk]}).status_code == 403


def test_the_ticked_ones_are_verified_and_the_rest_is_named(caseworker, campaign, household):
    make = {"campaign": campaign, "beneficiary": household}
    ready = AssistanceCaseFactory(**make, answered=True)
    early = AssistanceCaseFactory(**make)

    body = page_after(caseworker, [ready.pk, early.pk, "x", 999_999])

    ready.refresh_from_db()
    assert ready.state == S.CLOSED
    assert "已核验办结 1 项" in body
    assert f"未办理：{early.number}" in body


def page_after(user, keys):
    response = client_for(user).post("/assistance/verify/", {"pk": keys}, follow=True)
    return response.content.decode()


def test_the_board_has_a_lane_for_each_state_and_the_next_step_in_it(caseworker, campaign):
    for state in ("assigned", "underway", "answered", "closed"):
        AssistanceCaseFactory(campaign=campaign, title=f"标题{state}", **{state: True})
    AssistanceCaseFactory(campaign=campaign, title="标题open")
    AssistanceCaseFactory(campaign=campaign, title="标题cancelled", state=S.CANCELLED)

    body = page(client_for(caseworker), "/assistance/board/")

    places = [body.index(f"标题{state}") for state in ("open", "assigned", "underway", "answered")]
    assert places == sorted(places)
    assert "标题closed" in body
    assert "标题cancelled" not in body
    for label in ("交办", "开始办理", "填报结果", "核验办结"):
        assert body.count(f">{label}</") == 1


def test_the_board_counts_what_it_does_not_show(caseworker, campaign, household):
    AssistanceCaseFactory.create_batch(14, campaign=campaign, beneficiary=household)

    body = page(client_for(caseworker), "/assistance/board/")

    assert body.count("lane-card") == 12
    assert "还有 2 项" in body


def test_pictures_are_served_under_the_cases_scope(reporter, case, foreign_unit):
    own = client_for(reporter)
    stranger = UserFactory()
    PostingFactory(user=stranger, role=Role.REPORTER, unit=foreign_unit)

    assert own.post(f"/assistance/{case.pk}/photos/", {"photos": [picture()]}).status_code == 302
    url = f"/assistance/{case.pk}/photos/{case.attachments.get().pk}/"

    assert url in page(own, f"/assistance/{case.pk}/?tab=photos")
    assert client_for(stranger).get(url).status_code == 404
    answer = own.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")


def test_a_picture_is_taken_off_by_who_works_on_the_case(reporter, leader, case):
    own, looking = client_for(reporter), client_for(leader)
    own.post(f"/assistance/{case.pk}/photos/", {"photos": [picture()]})
    url = f"/assistance/{case.pk}/photos/{case.attachments.get().pk}/"

    assert looking.post(f"{url}remove/").status_code == 403
    assert own.post(f"{url}remove/").status_code == 302
    assert own.get(url).status_code == 404
    assert own.post(f"{url}remove/").status_code == 404


def test_the_upload_form_carries_the_banner_and_refuses_what_is_no_picture(reporter, case):
    client, url = client_for(reporter), f"/assistance/{case.pk}/photos/"
    fake = SimpleUploadedFile("a.jpg", b"%PDF-1.4 not a picture", content_type="image/jpeg")

    assert "严禁处理、传输国家秘密和工作秘密" in page(client, url)
    refused, empty = client.post(url, {"photos": [fake]}), client.post(url, {})

    assert (refused.status_code, empty.status_code) == (422, 422)
    assert "请换一张" in sentences(refused)


def test_lookup_of_cases_is_of_the_campaign_and_in_scope(reporter, campaign, household, case):
    AssistanceCaseFactory(campaign=campaign, title="需要奶粉乙")
    AssistanceCaseFactory(beneficiary=household, title="需要奶粉丙")
    client = client_for(reporter)
    client.get("/assistance/?campaign=epidemic")

    found = client.get("/assistance/lookup/?q=奶粉").json()["results"]

    assert [row["id"] for row in found] == [case.pk]


def test_unit_and_community_records_show_the_desks_rows(staff, case, household):
    client = client_for(staff)

    unit = page(client, f"/units/{household.unit_id}/?tab=cases")
    place = page(client, f"/communities/{household.community_id}/?tab=beneficiaries")

    assert "需要奶粉" in unit
    assert household.number in place
    assert "王芳" not in unit + place


def test_what_waits_stands_on_the_home_page(caseworker, reporter, campaign, household):
    make = {"campaign": campaign, "beneficiary": household}
    AssistanceCaseFactory(**make, due_on=TODAY - dt.timedelta(days=1), title="早该交办")
    AssistanceCaseFactory(**make, due_on=TODAY, title="今天的事", assigned=True, owner=reporter)
    AssistanceCaseFactory(**make, answered=True)

    desk, own = page(client_for(caseworker), "/"), page(client_for(reporter), "/")

    for line in (
        "1项帮扶事项已逾期",
        "1项帮扶事项今日到期",
        "1项帮扶事项待交办",
        "1项帮扶事项待核验",
    ):
        assert line in desk
    assert "今天的事（城东路社区一被隔离家庭）" in own
    assert "帮扶事项已逾期" not in own
