"""Services of cases: numbers, steps, due dates, pictures."""

import datetime as dt
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from apps.assistance import services
from apps.assistance.enums import CASE_STEPS, CaseEventKind, CaseState, ServiceType
from apps.assistance.models import AssistanceCase, CaseEvent
from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from apps.office.photos import PictureRefusedError
from apps.units.enums import Role
from tests.factories import (
    AssistanceCaseFactory,
    CampaignFactory,
    PostingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day()
NOW = timezone.now()
S = CaseState


@pytest.fixture
def case(campaign, household):
    return AssistanceCaseFactory(campaign=campaign, beneficiary=household)


def in_state(case, state, *, owner, answered_by=None):
    """The case as it stands after the steps that lead to `state`."""
    case.state = state
    case.owner = None if state in (S.OPEN, S.CANCELLED) else owner
    if state in (S.ANSWERED, S.CLOSED):
        case.answered_by, case.result = answered_by or owner, "已送达"
    if state == S.CLOSED:
        case.verified_by, case.closed_at = UserFactory(), NOW
    case.save()
    return case


def draft(campaign, household, **fields):
    about = {
        "campaign": campaign,
        "beneficiary": household,
        "unit": household.unit,
        "source": "visit",
        "service_type": ServiceType.GOODS,
        "title": "需要配送婴儿奶粉",
        "due_on": TODAY,
        "opened_on": TODAY,
        "submission": uuid.uuid4(),
    }
    return AssistanceCase(**{**about, **fields})


def opened(campaign, household, by, **fields):
    return services.open_case(draft(campaign, household, **fields), by=by, now=NOW)


def test_numbers_run_on_within_a_campaigns_day(campaign, household, reporter):
    day = dt.date(2021, 8, 5)
    told = {"opened_on": day, "due_on": day}
    flood = CampaignFactory()

    numbers = [opened(campaign, household, reporter, **told).number for _ in range(2)]
    other = opened(flood, household, reporter, **told).number

    assert numbers == ["BF20210805-0001", "BF20210805-0002"]
    assert other == "BF20210805-0001"


def test_numbers_go_past_four_digits(campaign, household, reporter):
    day = dt.date(2021, 8, 5)
    AssistanceCaseFactory(campaign=campaign, number="BF20210805-9999")
    AssistanceCaseFactory(campaign=campaign, number="BF20210805-10000")

    made = opened(campaign, household, reporter, opened_on=day, due_on=day)

    assert made.number == "BF20210805-10001"


def test_the_same_submission_opens_one_case(campaign, household, reporter):
    mark = uuid.uuid4()

    first = opened(campaign, household, reporter, submission=mark)
    again = opened(campaign, household, reporter, submission=mark)

    assert again == first
    assert AssistanceCase.objects.count() == 1
    assert CaseEvent.objects.filter(case=first).count() == 1


def test_nothing_is_opened_in_a_campaign_that_is_over(campaign, household, reporter):
    campaign.state = CampaignState.CLOSED
    campaign.save()

    with pytest.raises(services.CaseRefusedError, match="不在进行中"):
        opened(campaign, household, reporter)


def test_a_case_goes_through_its_steps(case, caseworker, reporter):
    services.assign_case(case, owner=reporter, due_on=TODAY, by=caseworker, now=NOW)
    services.start_case(case, by=reporter, now=NOW)
    services.answer_case(case, result="已送达", by=reporter, now=NOW)
    services.verify_case(case, by=caseworker, now=NOW)

    case.refresh_from_db()
    assert (case.state, case.answered_by, case.verified_by) == (S.CLOSED, reporter, caseworker)
    assert case.closed_at == NOW
    moves = CaseEvent.objects.filter(case=case).order_by("pk").values_list("before", "after")
    assert list(moves) == [
        (S.OPEN, S.ASSIGNED),
        (S.ASSIGNED, S.UNDERWAY),
        (S.UNDERWAY, S.ANSWERED),
        (S.ANSWERED, S.CLOSED),
    ]


STEPS = {
    "start": (services.start_case, {}, {S.ASSIGNED}),
    "answer": (services.answer_case, {"result": "已送达"}, {S.UNDERWAY}),
    "verify": (services.verify_case, {}, {S.ANSWERED}),
    "return": (services.return_case, {"reason": "未送到"}, {S.ANSWERED}),
    "hand back": (services.hand_back_case, {"reason": "人手不足"}, {S.ASSIGNED, S.UNDERWAY}),
    "cancel": (services.cancel_case, {"reason": "已解决"}, {S.OPEN, S.ASSIGNED, S.UNDERWAY}),
}


@pytest.mark.parametrize("state", list(S), ids=str)
@pytest.mark.parametrize("name", STEPS)
def test_a_step_leaves_only_its_own_states(case, reporter, caseworker, name, state):
    step, said, since = STEPS[name]
    in_state(case, state, owner=reporter)

    if state in since:
        step(case, by=caseworker, now=NOW, **said)
        case.refresh_from_db()
        assert case.state in CASE_STEPS[state]
        return
    with pytest.raises(services.CaseMovedError, match=f"现为“{state.label}”"):
        step(case, by=caseworker, now=NOW, **said)
    case.refresh_from_db()
    assert case.state == state
    assert not CaseEvent.objects.filter(case=case).exists()


def test_closing_without_the_steps_is_refused_in_one_sentence(case, caseworker):
    with pytest.raises(services.CaseMovedError) as refusal:
        services.verify_case(case, by=caseworker, now=NOW)

    assert refusal.value.message == (f"{case.number}现为“待交办”，须先填报办理结果，再核验办结。")


def test_a_step_pressed_from_an_old_page_is_refused(case, reporter):
    in_state(case, S.ASSIGNED, owner=reporter)
    old = AssistanceCase.objects.get(pk=case.pk)
    services.start_case(case, by=reporter, now=NOW)

    with pytest.raises(services.CaseMovedError, match="现为“办理中”"):
        services.start_case(old, by=reporter, now=NOW)

    assert CaseEvent.objects.filter(case=case).count() == 1


def test_nobody_verifies_their_own_answer(case, caseworker):
    in_state(case, S.ANSWERED, owner=caseworker)

    with pytest.raises(services.CaseRefusedError, match="须由他人核验"):
        services.verify_case(case, by=caseworker, now=NOW)


def test_many_are_verified_but_for_ones_own_and_those_not_answered(
    campaign, household, caseworker, reporter
):
    make = {"campaign": campaign, "beneficiary": household}
    ready = in_state(AssistanceCaseFactory(**make), S.ANSWERED, owner=reporter)
    own = in_state(AssistanceCaseFactory(**make), S.ANSWERED, owner=caseworker)
    early = AssistanceCaseFactory(**make)
    keys = [case.pk for case in (ready, own, early)]

    done = services.verify_cases(keys, by=caseworker, now=NOW)
    again = services.verify_cases(keys, by=caseworker, now=NOW)

    assert (done, again) == ({ready.pk}, set())
    assert CaseEvent.objects.filter(case=ready, after=S.CLOSED).count() == 1


def test_the_database_closes_nothing_without_its_steps(case, reporter):
    for wrong in (
        {"state": S.CLOSED, "owner": reporter},
        {"state": S.CLOSED, "owner": reporter, "result": "已送达", "closed_at": NOW},
        {"state": S.UNDERWAY},
        {"answered_by": reporter, "verified_by": reporter},
        {"due_on": case.opened_on - dt.timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AssistanceCase.objects.filter(pk=case.pk).update(**wrong)


def test_a_case_is_given_only_to_who_may_work_on_it(case, caseworker, foreign_unit):
    stranger = UserFactory()
    PostingFactory(user=stranger, role=Role.REPORTER, unit=foreign_unit)

    with pytest.raises(services.CaseRefusedError, match="请另选责任人") as refusal:
        services.assign_case(case, owner=stranger, due_on=TODAY, by=caseworker, now=NOW)

    assert refusal.value.field == "owner"


def test_a_case_is_handed_to_somebody_else_and_the_same_again_changes_nothing(
    case, caseworker, reporter, unit_leader
):
    in_state(case, S.UNDERWAY, owner=reporter)

    for _ in range(2):
        services.assign_case(case, owner=unit_leader, due_on=TODAY, by=caseworker, now=NOW)

    case.refresh_from_db()
    assert (case.state, case.owner) == (S.ASSIGNED, unit_leader)
    assert CaseEvent.objects.filter(case=case).count() == 1


def test_handing_back_leaves_nobody_in_charge(case, reporter):
    in_state(case, S.UNDERWAY, owner=reporter)

    services.hand_back_case(case, reason="人手不足", by=reporter, now=NOW)

    case.refresh_from_db()
    assert (case.state, case.owner) == (S.OPEN, None)


def test_the_due_day_moves_with_its_reason(case, caseworker):
    later = case.due_on + dt.timedelta(days=2)

    for _ in range(2):
        services.change_due(case, due_on=later, reason="等物资", by=caseworker, now=NOW)

    case.refresh_from_db()
    event = CaseEvent.objects.get(case=case)
    assert case.due_on == later
    assert (event.kind, event.text.endswith("：等物资")) == (CaseEventKind.DUE_CHANGED, True)


def test_the_due_day_of_a_finished_case_stays(case, caseworker, reporter):
    in_state(case, S.CLOSED, owner=reporter)

    with pytest.raises(services.CaseMovedError, match="已办结"):
        services.change_due(
            case, due_on=TODAY + dt.timedelta(days=9), reason="等物资", by=caseworker, now=NOW
        )


def test_a_note_said_twice_is_kept_once(case, reporter):
    for _ in range(2):
        services.note_progress(case, text="已联系社区", by=reporter, now=NOW)

    assert CaseEvent.objects.get(case=case).text == "已联系社区"


def picture(name="a.jpg", colour="red"):
    kept, image = io.BytesIO(), Image.new("RGB", (40, 30), colour)
    exif = image.getexif()
    exif[0x010E] = "3号楼2单元501"
    image.save(kept, "JPEG", exif=exif)
    return SimpleUploadedFile(name, kept.getvalue(), content_type="image/jpeg")


def test_the_same_picture_is_kept_once_and_named_by_the_case(case, reporter):
    made = services.attach_photos(
        case, photos=[picture("家门口.jpg"), picture()], by=reporter, now=NOW
    )
    again = services.attach_photos(case, photos=[picture()], by=reporter, now=NOW)

    kept = case.attachments.get()
    assert (made, again) == (1, 0)
    assert kept.name == f"{case.number}照片"
    with kept.file.open() as stored:
        assert not Image.open(stored).getexif()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.4", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_picture_is_refused(case, reporter, data):
    upload = SimpleUploadedFile("a.jpg", data, content_type="image/jpeg")

    with pytest.raises(PictureRefusedError, match="请换一张"):
        services.attach_photos(case, photos=[upload], by=reporter, now=NOW)


def test_seven_pictures_are_too_many(case, reporter):
    colours = ["red", "green", "blue", "black", "white", "grey", "pink"]

    with pytest.raises(services.CaseRefusedError, match="最多 6 张"):
        services.attach_photos(
            case, photos=[picture(colour=one) for one in colours], by=reporter, now=NOW
        )

    assert not case.attachments.exists()
