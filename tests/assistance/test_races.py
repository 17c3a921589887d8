"""Many hands on the desk at the same moment, and what happens when the guard is away."""

import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone

from apps.assistance import services
from apps.assistance.enums import CaseState, Mode, ServiceType
from apps.assistance.models import AssistanceAction, AssistanceCase, Beneficiary, CaseEvent
from apps.campaigns.models import CampaignQuerySet
from apps.core.dates import business_day
from tests.factories import AssistanceCaseFactory, BeneficiaryFactory, UserFactory

HANDS = 12
DAY = dt.date(2021, 8, 5)


@pytest.fixture
def desk(transactional_db, campaign, household, reporter):
    return campaign, household, reporter


def all_at_once(jobs):
    """Each job in a thread of its own, released together; what each gave back or raised."""
    start = threading.Barrier(len(jobs))
    answers = [None] * len(jobs)

    def run(place, job):
        connection.ensure_connection()
        start.wait()
        try:
            answers[place] = job()
        except (services.CaseMovedError, IntegrityError, ValidationError) as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def opening(desk, mark=None):
    campaign, household, reporter = desk

    def job():
        case = AssistanceCase(
            campaign=campaign,
            beneficiary=household,
            unit=household.unit,
            source="visit",
            service_type=ServiceType.GOODS,
            title="需要配送婴儿奶粉",
            opened_on=DAY,
            due_on=DAY,
            submission=mark or uuid.uuid4(),
        )
        return services.open_case(case, by=reporter, now=timezone.now()).number

    return job


def test_cases_opened_at_once_have_numbers_without_a_gap(desk):
    answers = all_at_once([opening(desk) for _ in range(HANDS)])

    assert sorted(answers) == [f"BF20210805-{n:04d}" for n in range(1, HANDS + 1)]


def test_without_the_campaigns_row_two_would_take_one_number(desk, monkeypatch):
    """The control arm: nobody waits for anybody."""
    monkeypatch.setattr(CampaignQuerySet, "select_for_update", lambda rows, **_: rows)

    answers = all_at_once([opening(desk) for _ in range(HANDS)])

    assert any(isinstance(answer, Exception) for answer in answers)


def test_one_form_pressed_many_times_at_once_opens_one_case(desk):
    mark = uuid.uuid4()

    answers = all_at_once([opening(desk, mark) for _ in range(HANDS)])

    assert set(answers) == {"BF20210805-0001"}
    assert CaseEvent.objects.count() == 1


def test_one_form_pressed_many_times_at_once_registers_one(desk):
    _, household, reporter = desk
    mark = uuid.uuid4()

    def job():
        row = Beneficiary(
            ref=mark,
            unit=household.unit,
            community=household.community,
            kind="household",
            circumstance="hardship",
        )
        row.name = "李强"
        return services.register_beneficiary(row, by=reporter).pk

    answers = all_at_once([job] * HANDS)

    assert len(set(answers)) == 1
    assert Beneficiary.objects.count() == 2


def test_one_form_pressed_many_times_at_once_records_one_act(desk):
    campaign, household, reporter = desk
    mark, today = uuid.uuid4(), business_day()
    act = services.Act(household.unit, ServiceType.GOODS, Mode.ONSITE, today)

    def job():
        return services.record_actions(
            campaign,
            act,
            beneficiaries=[household],
            submission=mark,
            by=reporter,
            today=today,
        )

    answers = all_at_once([job] * HANDS)

    assert set(answers) == {1}
    assert AssistanceAction.objects.count() == 1


def test_of_many_who_verify_at_once_one_closes_the_case(desk):
    campaign, household, reporter = desk
    case = AssistanceCaseFactory(
        campaign=campaign, beneficiary=household, answered=True, owner=reporter
    )
    people = UserFactory.create_batch(HANDS)

    def verifying(person):
        mine = AssistanceCase.objects.get(pk=case.pk)
        return lambda: services.verify_case(mine, by=person, now=timezone.now())

    answers = all_at_once([verifying(person) for person in people])

    lost = [answer for answer in answers if isinstance(answer, services.CaseMovedError)]
    assert len(lost) == HANDS - 1
    assert {error.message for error in lost} == {
        f"{case.number}现为“已办结”，须先填报办理结果，再核验办结。"
    }
    assert CaseEvent.objects.filter(case=case, after=CaseState.CLOSED).count() == 1


def test_two_marked_as_each_others_duplicate_at_once_keep_one_to_count(desk):
    first, second = (Beneficiary.objects.get(pk=row.pk) for row in _pair(desk))
    who = desk[2]

    def folding(row, of):
        def job():
            try:
                services.mark_duplicate(row, of=of, by=who, now=timezone.now())
            except services.BeneficiaryRefusedError:
                return "refused"
            return "done"

        return job

    answers = all_at_once([folding(first, second), folding(second, first)])

    assert sorted(answers) == ["done", "refused"]
    assert Beneficiary.objects.counted().filter(pk__in=[first.pk, second.pk]).count() == 1


def _pair(desk):
    _, household, _ = desk
    return household, BeneficiaryFactory(unit=household.unit)
