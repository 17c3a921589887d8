"""走访督导 from the form on the spot to the answer that was verified."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.accounts.models import AuditEntry
from apps.core.dates import business_day
from apps.deployments.models import Finding, Visit
from apps.deployments.services import visits as services
from apps.deployments.visits_enums import FindingState
from apps.messaging.models import InboxMessage
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    FindingFactory,
    PostingFactory,
    UnitFactory,
    VisitFactory,
    VisitItemFactory,
    VisitResultFactory,
)
from tests.office.exporting import ask, column, table
from tests.publicity.desk import photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
VISITS = "/deployments/visits/"
FINDINGS = "/deployments/findings/"


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=business_day() - 20 * DAY)


@pytest.fixture
def place(db):
    return CommunityFactory(name="城东路社区")


@pytest.fixture
def items(db):
    return [
        VisitItemFactory(name=name, code=code)
        for name, code in (("到岗", "arrival"), ("脱岗", "absence"), ("防护", "protection"))
    ]


@pytest.fixture
def visit(campaign, group, unit, place, liaison):
    return VisitFactory(campaign=campaign, group=group, unit=unit, community=place, by=liaison)


@pytest.fixture
def finding(visit):
    return FindingFactory(visit=visit, text="一名队员脱岗", due_on=business_day() + DAY)


def filled(unit, place, items, /, **changed):
    """What the form sends when everything is in order."""
    form = {
        "submission": str(uuid.uuid4()),
        "unit": unit.pk,
        "community": place.pk if place else "",
        "place": "东门卡口",
        "on": business_day().isoformat(),
        "at": "00:00",
        "visitors": "走访人甲、走访人乙",
        "expected": "12",
        "present": "11",
        "summary": "队员精神状态良好",
        "other": "",
        "due_on": (business_day() + 2 * DAY).isoformat(),
        **{f"check-{item.pk}": "ok" for item in items},
        **{f"problem-{item.pk}": "" for item in items},
    }
    return {**form, **changed}


def errors(answer):
    assert answer.status_code == 422
    return {name: found[0] for name, found in answer.context["form"].errors.items()}


def test_a_visit_is_entered_on_the_spot_and_the_unit_is_told(
    campaign, group, unit, place, items, liaison, reporter, unit_leader
):
    deployment = DeploymentFactory(campaign=campaign, unit=unit, community=place)
    asked = filled(
        unit, place, items,
        **{f"check-{items[1].pk}": "bad", f"problem-{items[1].pk}": "一名队员脱岗"},
        **{f"check-{items[2].pk}": "unchecked", f"problem-{items[2].pk}": "改回前写的"},
        other="夜班无带队人",
    )  # fmt: skip
    client = client_for(liaison)

    client.post(f"{VISITS}new/", asked)
    answer = client.post(f"{VISITS}new/", asked)

    found = Visit.objects.get()
    assert answer.url == found.get_absolute_url()
    assert (found.group, found.deployment, found.present) == (group, deployment, 11)
    assert AuditEntry.objects.filter(table="deployments_visit", actor="liaison").exists()
    assert list(found.results.values_list("item__name", "verdict")) == [
        ("到岗", "ok"), ("脱岗", "bad"), ("防护", "unchecked"),
    ]  # fmt: skip
    assert list(found.findings.values_list("text", "item__name", "state")) == [
        ("一名队员脱岗", "脱岗", "open"), ("夜班无带队人", None, "open"),
    ]  # fmt: skip
    notes = InboxMessage.objects.order_by("user__username")
    assert [(note.user, note.subject) for note in notes] == [
        (reporter, "走访发现问题2项，请答复"), (unit_leader, "走访发现问题2项，请答复"),
    ]  # fmt: skip
    assert "城东路社区（东门卡口）" in notes[0].text


def test_pictures_lose_place_and_hour_and_are_shown_in_scope(
    campaign, unit, place, items, liaison, reporter, foreign_unit
):
    exif = Image.Exif()
    exif[0x0132] = "2026:08:05 10:30:00"
    pictures = [photo(name="现场.jpg", exif=exif)]
    client_for(liaison).post(f"{VISITS}new/", {**filled(unit, place, items), "photos": pictures})
    found = Visit.objects.get()
    url = reverse("deployments:visit_photo", args=[found.pk, found.photos.get().pk])

    answer = client_for(reporter).get(url)

    kept = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert dict(kept.getexif()) == {}
    theirs = VisitFactory(campaign=campaign, unit=foreign_unit)
    theirs.photos.set(found.photos.all())
    url = reverse("deployments:visit_photo", args=[theirs.pk, found.photos.get().pk])
    assert client_for(reporter).get(url).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"on": (business_day() + DAY).isoformat()}, "on", "还没到这一天，走访后再登记。"),
        ({"on": "2001-01-01"}, "on", "起止之内。"),
        ({"at": "23:59"}, "at", "还没到这个时间，走访后再登记。"),
        ({"present": ""}, "present", "应到、实到请都填写"),
        ({"community": "", "place": ""}, "place", "请选择社区，或写明地点。"),
        ({"present": "很多"}, "present", "请填写整数"),
        ({"other": "夜班无人", "due_on": "2001-01-01"}, "due_on", "答复时限不得早于今天。"),
        ({"other": "夜班无人", "due_on": "2999-01-01"}, "due_on", "日期在一年以后，请核对年份。"),
        ({"other": "很" * 201}, "other", "最多 200 字"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    campaign, unit, place, items, liaison, changed, field, said
):
    answer = client_for(liaison).post(f"{VISITS}new/", filled(unit, place, items, **changed))

    assert said in errors(answer)[field]
    assert "队员精神状态良好" in answer.content.decode()
    assert not Visit.objects.exists()


def test_what_is_not_in_order_wants_its_problem(campaign, unit, place, items, liaison):
    wrong = {f"check-{items[0].pk}": "bad"}

    answer = client_for(liaison).post(f"{VISITS}new/", filled(unit, place, items, **wrong))

    assert errors(answer) == {f"problem-{items[0].pk}": "不符合的，请写明问题。"}


def test_a_visit_that_saw_nothing_is_refused(campaign, unit, place, items, liaison):
    nothing = {f"check-{item.pk}": "unchecked" for item in items}
    asked = filled(unit, place, items, expected="", present="", summary="", **nothing)

    answer = client_for(liaison).post(f"{VISITS}new/", asked)

    assert errors(answer)["summary"] == "请至少查一项、清点人数或写明走访情况。"


def test_a_broken_picture_keeps_nothing(campaign, unit, place, items, liaison):
    broken = photo()
    broken.file.truncate(30)

    answer = client_for(liaison).post(
        f"{VISITS}new/", {**filled(unit, place, items), "photos": [photo(), broken]}
    )

    assert "不是 JPEG" in errors(answer)["photos"]
    assert not Visit.objects.exists()


def test_a_group_visits_its_own_units_only(campaign, foreign_unit, unit, place, items, liaison):
    client = client_for(liaison)

    answer = client.post(f"{VISITS}new/", filled(foreign_unit, place, items))

    assert "unit" in errors(answer)
    assert not Visit.objects.exists()


def test_the_form_opened_from_a_deployment_knows_who_should_be_there(
    campaign, unit, place, liaison
):
    row = DeploymentFactory(campaign=campaign, unit=unit, community=place)
    DeploymentDayFactory(deployment=row, expected=14, present=13)

    form = client_for(liaison).get(f"{VISITS}new/?deployment={row.pk}").context["form"]

    known = form.initial
    assert (known["unit"], known["community"], known["expected"]) == (unit.pk, place.pk, 14)
    assert "present" not in known


def test_a_unit_at_one_place_brings_it_along(campaign, unit, group, place, liaison):
    DeploymentFactory(campaign=campaign, unit=unit, community=place)
    DeploymentFactory(campaign=campaign, unit=UnitFactory(group=group))
    client = client_for(liaison)

    for asked in (f"unit={unit.pk}", f"community={place.pk}"):
        known = client.get(f"{VISITS}new/?{asked}").context["form"].initial
        assert (int(known["unit"]), int(known["community"])) == (unit.pk, place.pk)
    DeploymentFactory(campaign=campaign, unit=unit)
    known = client.get(f"{VISITS}new/?unit={unit.pk}").context["form"].initial
    assert "community" not in known
    for name in ("unit", "community", "deployment"):
        assert client.get(f"{VISITS}new/?{name}={'9' * 30}").status_code == 200


def test_a_finding_is_answered_and_verified(finding, reporter, liaison):
    unit, group = client_for(reporter), client_for(liaison)
    answered = {"answer": "已补位并谈话", "photos": [photo()]}

    unit.post(f"{FINDINGS}{finding.pk}/answer/", answered)
    finding.refresh_from_db()
    assert (finding.state, finding.answer, finding.answered_by) == (
        FindingState.ANSWERED, "已补位并谈话", reporter,
    )  # fmt: skip
    note = InboxMessage.objects.get()
    assert (note.user, note.path) == (liaison, finding.get_absolute_url())

    page = group.get(finding.get_absolute_url())
    picture = finding.steps.get(after="answered").photos.get()
    url = reverse("deployments:finding_photo", args=[finding.pk, picture.pk])
    assert url in page.content.decode()
    shown = group.get(url)
    assert shown["Content-Type"] == "image/jpeg"
    assert b"".join(shown.streaming_content)

    group.post(f"{FINDINGS}{finding.pk}/verify/")
    group.post(f"{FINDINGS}{finding.pk}/verify/")
    finding.refresh_from_db()
    assert (finding.state, finding.verified_by) == (FindingState.VERIFIED, liaison)
    assert list(finding.steps.values_list("after", flat=True)) == ["answered", "verified"]


def test_an_answer_that_does_not_do_comes_back(finding, reporter, liaison):
    client = client_for(reporter)
    client.post(f"{FINDINGS}{finding.pk}/answer/", {"answer": "已知悉"})
    later = business_day() + 3 * DAY

    client_for(liaison).post(
        f"{FINDINGS}{finding.pk}/return/", {"reason": "未说明如何整改", "due_on": later}
    )

    finding.refresh_from_db()
    assert (finding.state, finding.due_on) == (FindingState.RETURNED, later)
    note = InboxMessage.objects.get(user=reporter)
    assert "原因：未说明如何整改" in note.text
    client.post(f"{FINDINGS}{finding.pk}/answer/", {"answer": "已补位，附照片"})
    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED


def test_a_second_press_of_an_answer_changes_nothing(finding, reporter):
    client, url = client_for(reporter), f"{FINDINGS}{finding.pk}/answer/"

    first = client.post(url, {"answer": "已补位"})
    second = client.post(url, {"answer": "已补位"})

    assert first.url == second.url == finding.get_absolute_url()
    assert finding.steps.count() == 1


def test_a_step_out_of_turn_is_refused_in_words(finding, reporter, unit_leader, liaison):
    early = client_for(liaison).post(f"{FINDINGS}{finding.pk}/verify/", HTTP_ACCEPT="text/html")
    client_for(reporter).post(f"{FINDINGS}{finding.pk}/answer/", {"answer": "已补位"})
    again = client_for(unit_leader).post(f"{FINDINGS}{finding.pk}/answer/", {"answer": "不同的话"})

    assert early.status_code == 409
    assert "该问题现为“待答复”，须先由单位答复，再核实。" in early.content.decode()
    assert again.status_code == 409
    assert "该问题现为“已答复”，不能答复。" in again.content.decode()


def test_who_is_second_at_the_same_moment_is_refused(finding, reporter, unit_leader):
    seen = Finding.objects.get(pk=finding.pk)
    services.answer_finding(finding, answer="已补位", by=reporter, now=timezone.now())

    with pytest.raises(services.FindingMovedError, match="现为“已答复”"):
        services.answer_finding(seen, answer="另一答复", by=unit_leader, now=timezone.now())

    seen.refresh_from_db()
    assert (seen.answer, seen.steps.count()) == ("已补位", 1)


def test_who_may_do_what(finding, reporter, liaison, staff, leader, city, foreign_group):

    answer, verify = f"{FINDINGS}{finding.pk}/answer/", f"{FINDINGS}{finding.pk}/verify/"

    assert client_for(liaison).get(answer).status_code == 403
    assert client_for(reporter).post(verify).status_code == 403
    assert client_for(leader).get(finding.get_absolute_url()).status_code == 200
    assert client_for(leader).post(verify).status_code == 403
    assert client_for(city).get(VISITS).status_code == 403
    assert client_for(reporter).get(f"{VISITS}new/").status_code == 403


def test_nobody_verifies_where_they_report(finding, liaison, unit):
    PostingFactory(user=liaison, role=Role.REPORTER, unit=unit)
    client = client_for(liaison)
    client.post(f"{FINDINGS}{finding.pk}/answer/", {"answer": "已补位"})

    assert client.post(f"{FINDINGS}{finding.pk}/verify/").status_code == 403
    assert "核实</button>" not in client.get(finding.get_absolute_url()).content.decode()


def test_a_group_and_a_unit_see_their_own(campaign, visit, liaison, reporter, staff, foreign_unit):
    theirs = VisitFactory(campaign=campaign, unit=foreign_unit)
    FindingFactory(visit=theirs)

    for user, seen in ((liaison, 1), (reporter, 1), (staff, 2)):
        client = client_for(user)
        assert len(cells(client.get(VISITS))) == seen
        assert client.get(theirs.get_absolute_url()).status_code == (200 if seen == 2 else 404)
    assert cells(client_for(reporter).get(FINDINGS)) == []


def test_a_finding_may_be_added_later_once(visit, liaison, reporter):
    url = f"{VISITS}{visit.pk}/finding/"
    asked = {"text": "餐饮未落实", "due_on": (business_day() + DAY).isoformat()}
    client = client_for(liaison)

    client.post(url, asked)
    answer = client.post(url, asked)

    found = Finding.objects.get()
    assert answer.url == found.get_absolute_url()
    assert InboxMessage.objects.get().user == reporter


def test_an_ended_campaign_takes_no_visits(campaign, visit, unit, place, items, liaison):
    campaign.state = "closed"
    campaign.ends_on = business_day() - DAY
    campaign.save()
    client = client_for(liaison)

    answer = client.post(f"{VISITS}new/", filled(unit, place, items))

    assert answer.status_code == 422
    assert "不在进行中" in answer.content.decode()
    assert "登记走访" not in client.get(VISITS).content.decode()
    assert Visit.objects.count() == 1


def test_what_waits_is_among_the_to_dos(finding, reporter, liaison):
    late = FindingFactory(visit=finding.visit, due_on=business_day() - DAY)
    FindingFactory(
        visit=finding.visit, state=FindingState.ANSWERED, answer="已改", answered_by=reporter,
        answered_at="2026-08-05T10:00:00+08:00",
    )  # fmt: skip

    unit, group = (client_for(user).get("/").content.decode() for user in (reporter, liaison))

    assert "走访问题待答复 2 项，其中逾期 1 项" in unit
    assert "走访问题答复待核实 1 项" in group
    assert "走访问题逾期未答复 1 项" in group
    rows = cells(client_for(liaison).get(f"{FINDINGS}?turn=late"))
    assert [row[0] for row in rows] == [late.text]


@pytest.mark.parametrize("url", [VISITS, FINDINGS])
def test_lists_take_as_many_statements_for_three_as_for_one(campaign, staff, group, url):
    client = client_for(staff)
    FindingFactory(visit=VisitFactory(campaign=campaign))
    one = statements(client, url)
    for _ in range(2):
        found = FindingFactory(visit=VisitFactory(campaign=campaign))
        VisitResultFactory(visit=found.visit)

    assert statements(client, url) == one


def test_a_record_takes_as_many_statements_for_three_findings_as_for_one(finding, staff):
    client, url = client_for(staff), finding.visit.get_absolute_url()
    one = statements(client, url)
    FindingFactory.create_batch(2, visit=finding.visit)

    assert statements(client, url) == one


def test_lists_are_filtered_and_leave_as_excel(finding, campaign, staff):
    VisitFactory(campaign=campaign)
    client = client_for(staff)

    assert len(cells(client.get(f"{VISITS}?outcome=awaited"))) == 1
    assert len(cells(client.get(f"{VISITS}?outcome=clear"))) == 1
    assert len(cells(client.get(f"{VISITS}?q=城东路"))) == 1
    assert len(cells(client.get(f"{FINDINGS}?turn=done"))) == 0
    sheet = table(ask(staff, f"{FINDINGS}?turn=awaited"))
    assert column(sheet, "问题") == ["一名队员脱岗"]
    sheet = table(ask(staff, f"{VISITS}?outcome=awaited"))
    assert column(sheet, "地点") == ["城东路社区"]
    assert column(sheet, "办理") == ["待答复1"]


def test_records_of_unit_community_and_deployment_name_their_visits(visit, staff):
    row = DeploymentFactory(campaign=visit.campaign, unit=visit.unit, community=visit.community)
    visit.deployment = row
    visit.save()
    client = client_for(staff)

    for record in (visit.unit, visit.community, row):
        page = client.get(f"{record.get_absolute_url()}?tab=visits").content.decode()
        assert visit.get_absolute_url() in page


def revised(visit, **changed):
    form = {
        "community": visit.community_id or "",
        "place": visit.place,
        "at": "",
        "visitors": visit.visitors,
        "expected": "",
        "present": "",
        "summary": visit.summary,
        "version": visit.version,
    }
    return {**form, **changed}


def test_a_visit_is_corrected_and_gets_pictures_later(visit, liaison):
    elsewhere = DeploymentFactory(campaign=visit.campaign, unit=visit.unit)
    asked = revised(visit, community=elsewhere.community_id, expected="9", present="8")

    client_for(liaison).post(f"{VISITS}{visit.pk}/edit/", {**asked, "photos": [photo()]})

    visit.refresh_from_db()
    assert (visit.expected, visit.present, visit.deployment) == (9, 8, elsewhere)
    assert (visit.version, visit.revised_by, visit.photos.count()) == (2, liaison, 1)
    page = client_for(liaison).get(visit.get_absolute_url()).content.decode()
    assert "修改走访" in page


def test_two_who_correct_at_once_see_both_values(visit, liaison, staff):
    url = f"{VISITS}{visit.pk}/edit/"
    client_for(staff).post(url, revised(visit, summary="办公室写的"))

    answer = client_for(liaison).post(url, revised(visit, summary="小组写的"))

    assert answer.status_code == 409
    assert [(one.mine, one.theirs) for one in answer.context["differences"]] == [
        ("小组写的", "办公室写的")
    ]
    meant = revised(visit, summary="小组写的", version=answer.context["form"]["version"].value())
    assert client_for(liaison).post(url, meant).status_code == 302
    visit.refresh_from_db()
    assert visit.summary == "小组写的"


def test_a_unit_corrects_no_visit(visit, reporter):
    assert client_for(reporter).get(f"{VISITS}{visit.pk}/edit/").status_code == 403
