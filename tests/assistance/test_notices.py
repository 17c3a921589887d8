"""Who finds which step of a case in the inbox, and what the note does not say."""

import datetime as dt

import pytest

from apps.core.dates import business_day
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import AssistanceCaseFactory, PostingFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = business_day()
LATER = TODAY + dt.timedelta(days=2)


@pytest.fixture
def make(campaign, household):
    return lambda **fields: AssistanceCaseFactory(
        campaign=campaign, beneficiary=household, title="需要奶粉", due_on=TODAY, **fields
    )


def do(user, case, step, **said):
    return client_for(user).post(f"/assistance/{case.pk}/{step}/", said).status_code


def assign(user, case, owner, due_on=TODAY):
    return do(user, case, "assign", owner=owner.pk, due_on=due_on.isoformat())


def told(user):
    return list(InboxMessage.objects.filter(user=user).order_by("pk"))


def test_whoever_is_given_a_case_is_told_once(caseworker, reporter, make):
    case = make()

    answers = [assign(caseworker, case, reporter) for _ in range(2)]

    [note] = told(reporter)
    assert answers == [302, 302]
    assert note.kind == MessageKind.CASE
    assert note.subject == f"帮扶事项{case.number}已交办，请办理"
    assert f"帮扶事项{case.number}（物资配送）已交办，由您办理" in note.text
    assert client_for(reporter).get(note.path).status_code == 200


def test_the_new_owner_of_a_case_handed_on_is_told_and_the_old_one_is_not(
    caseworker, reporter, unit_leader, make
):
    case = make(underway=True, owner=reporter)

    assign(caseworker, case, unit_leader)

    [note] = told(unit_leader)
    assert note.subject == f"帮扶事项{case.number}已改派，请办理"
    assert told(reporter) == []


def test_nobody_is_told_of_what_they_did_themselves(caseworker, make):
    case = make()

    assert assign(caseworker, case, caseworker) == 302
    assert do(caseworker, case, "due", due_on=LATER.isoformat(), reason="等物资") == 302

    assert told(caseworker) == []


def test_an_answer_is_told_to_all_who_may_verify_it(
    caseworker, staff, leader, reporter, unit_leader, make
):
    case = make(underway=True, owner=reporter)
    former = UserFactory()
    PostingFactory(
        user=former,
        role=Role.CASEWORKER,
        starts_on=TODAY - dt.timedelta(days=9),
        ends_on=TODAY - dt.timedelta(days=1),
    )

    answers = [do(reporter, case, "answer", result="已送达") for _ in range(2)]

    assert answers == [302, 409]
    assert {note.user for note in InboxMessage.objects.all()} == {caseworker, staff}
    [note] = told(staff)
    assert note.subject == f"帮扶事项{case.number}待核验"
    assert "请核验" in note.text


def test_a_caseworker_who_answered_is_not_asked_to_verify(caseworker, staff, make):
    do(caseworker, make(underway=True, owner=caseworker), "answer", result="已送达")

    assert told(caseworker) == []
    assert len(told(staff)) == 1


def test_the_owner_is_told_of_a_return_each_time(caseworker, reporter, make):
    case = make(answered=True, owner=reporter)

    for _ in range(2):
        do(caseworker, case, "return", reason="未送到")
        do(reporter, case, "answer", result="已送达")

    assert [note.subject for note in told(reporter)] == [f"帮扶事项{case.number}退回补办"] * 2


def test_the_owner_is_told_of_another_due_day_once(caseworker, reporter, make):
    case = make(underway=True, owner=reporter)

    for _ in range(2):
        do(caseworker, case, "due", due_on=LATER.isoformat(), reason="等物资")

    [note] = told(reporter)
    assert note.subject == f"帮扶事项{case.number}办结时限已调整"
    assert f"调整为{LATER.month}月{LATER.day}日" in note.text


def test_a_case_nobody_owns_is_told_to_nobody(caseworker, make):
    do(caseworker, make(), "due", due_on=LATER.isoformat(), reason="等物资")

    assert not InboxMessage.objects.exists()


def test_notes_hold_nothing_that_tells_whom_it_is_for(
    caseworker, reporter, campaign, make, household
):
    campaign.is_drill = True
    campaign.save()
    case = make()

    assign(caseworker, case, reporter)
    do(reporter, case, "start")
    do(reporter, case, "answer", result="已送到老张家")
    do(caseworker, case, "return", reason="老张说未收到")
    do(caseworker, case, "due", due_on=LATER.isoformat(), reason="等老张回来")

    notes = list(InboxMessage.objects.all())
    assert {note.user for note in notes} == {caseworker, reporter}
    assert all(note.subject.startswith("【演练】帮扶事项") for note in notes)
    said = "".join(note.subject + note.text for note in notes)
    for secret in ("王芳", "13912345678", "单元", "城东路", "奶粉", "老张", household.number):
        assert secret not in said
