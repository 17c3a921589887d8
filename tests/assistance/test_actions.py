"""Services of acts: once per submission, within the campaign, taken back on the day."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from apps.assistance import services
from apps.assistance.enums import Mode, ServiceType
from apps.assistance.models import AssistanceAction
from apps.campaigns.enums import CampaignState
from apps.core.dates import business_day
from tests.factories import AssistanceCaseFactory, BeneficiaryFactory, CampaignFactory

pytestmark = pytest.mark.django_db
TODAY = business_day()


def act(unit, **fields):
    about = {"service_type": ServiceType.GOODS, "mode": Mode.ONSITE, "on": TODAY}
    return services.Act(unit=unit, **{**about, **fields})


def record(campaign, households, by, submission=None, case=None, **fields):
    return services.record_actions(
        campaign,
        act(households[0].unit, **fields),
        beneficiaries=households,
        case=case,
        submission=submission or uuid.uuid4(),
        by=by,
        today=TODAY,
    )


def test_the_same_act_is_recorded_for_many(campaign, reporter):
    households = BeneficiaryFactory.create_batch(3)

    assert record(campaign, households, reporter) == 3
    assert set(AssistanceAction.objects.values_list("beneficiary", flat=True)) == {
        one.pk for one in households
    }


def test_a_second_press_changes_nothing(campaign, reporter):
    households, mark = BeneficiaryFactory.create_batch(2), uuid.uuid4()

    counts = [record(campaign, households, reporter, mark) for _ in range(2)]

    assert counts == [2, 2]
    assert AssistanceAction.objects.count() == 2


def test_a_duplicate_is_helped_under_its_first_registration(campaign, household, reporter):
    again = BeneficiaryFactory(duplicate_of=household)

    assert record(campaign, [household, again], reporter) == 1
    assert AssistanceAction.objects.get().beneficiary == household


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (TODAY + dt.timedelta(days=1), "还没到这一天"),
        (dt.date(2021, 7, 19), "不得早于任务开始"),
    ],
)
def test_days_outside_are_refused(campaign, household, reporter, on, sentence):
    with pytest.raises(services.ActionRefusedError, match=sentence) as refusal:
        record(campaign, [household], reporter, on=on)

    assert refusal.value.field == "on"


def test_a_campaign_that_is_over_takes_no_acts(campaign, household, reporter):
    campaign.state = CampaignState.CLOSED

    with pytest.raises(services.ActionRefusedError, match="不在进行中"):
        record(campaign, [household], reporter)


def test_days_after_the_last_are_refused(campaign, household, reporter):
    campaign.ends_on = TODAY - dt.timedelta(days=1)

    with pytest.raises(services.ActionRefusedError, match="不得晚于任务结束"):
        record(campaign, [household], reporter)


def test_a_case_of_another_campaign_is_refused(campaign, household, reporter):
    case = AssistanceCaseFactory(campaign=CampaignFactory(), beneficiary=household)

    with pytest.raises(services.ActionRefusedError, match="不属于当前应急任务"):
        record(campaign, [household], reporter, case=case)


def test_a_submission_is_taken_back_whole(campaign, reporter):
    mark, kept = uuid.uuid4(), uuid.uuid4()
    record(campaign, BeneficiaryFactory.create_batch(2), reporter, mark)
    record(campaign, [BeneficiaryFactory()], reporter, kept)

    counts = [services.withdraw_actions(mark, by=reporter, now=timezone.now()) for _ in range(2)]

    assert counts == [2, 0]
    assert AssistanceAction.objects.get().submission == kept


def test_nobody_takes_back_what_others_recorded(campaign, household, reporter, staff):
    mark = uuid.uuid4()
    record(campaign, [household], reporter, mark)

    with pytest.raises(services.ActionRefusedError, match="只能撤回本人"):
        services.withdraw_actions(mark, by=staff, now=timezone.now())


def test_the_next_day_is_too_late_to_take_back(campaign, household, reporter):
    mark = uuid.uuid4()
    record(campaign, [household], reporter, mark)

    with pytest.raises(services.ActionRefusedError, match="不能撤回"):
        services.withdraw_actions(mark, by=reporter, now=timezone.now() + dt.timedelta(days=1))

    assert AssistanceAction.objects.exists()
