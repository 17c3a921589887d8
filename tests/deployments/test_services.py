import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from apps.core.errors import ConflictError
from apps.deployments import services
from apps.deployments.enums import DeploymentState
from apps.deployments.models import Assignment, DeploymentDay
from apps.deployments.services import ledger
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    MemberFactory,
)

TODAY = dt.date(2021, 8, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def deployment(unit):
    return DeploymentFactory(unit=unit, community__name="城东路社区")


def test_send_members_puts_them_there_until_the_end(deployment, unit):
    people = [MemberFactory(unit=unit), MemberFactory(unit=unit)]

    services.send_members(deployment, members=people, since=TODAY)

    found = Assignment.objects.order_by("member").values_list("member", "unit", "starts_on")
    assert list(found) == [(person.pk, unit.pk, TODAY) for person in people]


@pytest.mark.parametrize(
    ("first", "last", "span"), [(1, 20, "8月1日—20日"), (5, 5, "8月5日")], ids=["days", "day"]
)
def test_nobody_is_sent_to_two_places_and_the_refusal_says_where(
    deployment, unit, first, last, span
):
    person = MemberFactory(unit=unit, name="王芳")
    AssignmentFactory(
        deployment__unit=unit,
        deployment__community__name="经八路社区",
        member=person,
        starts_on=dt.date(2021, 8, first),
        ends_on=dt.date(2021, 8, last),
    )

    with pytest.raises(services.AlreadySentError) as refusal:
        services.send_members(deployment, members=[person], since=TODAY)

    assert refusal.value.message.startswith("王芳")
    assert f"{span}已派往经八路社区" in refusal.value.message
    assert Assignment.objects.count() == 1


def test_one_busy_person_stops_the_whole_batch(deployment, unit):
    free, busy = MemberFactory(unit=unit), MemberFactory(unit=unit)
    AssignmentFactory(member=busy, starts_on=TODAY)

    with pytest.raises(services.AlreadySentError):
        services.send_members(deployment, members=[free, busy], since=TODAY)

    assert list(Assignment.objects.values_list("member", flat=True)) == [busy.pk]


def test_a_drill_does_not_keep_people_from_the_real_thing(deployment, unit):
    person = MemberFactory(unit=unit)
    drill = DeploymentFactory(campaign=CampaignFactory(is_drill=True), unit=unit)
    AssignmentFactory(deployment=drill, member=person)

    services.send_members(deployment, members=[person], since=TODAY)

    assert Assignment.objects.filter(member=person, is_drill=False).count() == 1


def test_the_database_refuses_what_two_at_once_would_do(deployment, unit, monkeypatch):
    """The look before the write is blinded, as a concurrent sender would have it."""
    person = MemberFactory(unit=unit)
    AssignmentFactory(member=person, starts_on=TODAY)
    monkeypatch.setattr(ledger, "clashes", _blind_once(ledger.clashes))

    with pytest.raises(services.AlreadySentError), transaction.atomic():
        services.send_members(deployment, members=[person], since=TODAY)

    assert Assignment.objects.filter(member=person).count() == 1


def _blind_once(real):
    seen = []

    def look(*args, **kwargs):
        if not seen:
            seen.append(True)
            return []
        return real(*args, **kwargs)

    return look


def test_people_of_another_unit_and_the_exempt_are_not_sent(deployment, unit, foreign_unit):
    stranger = MemberFactory(unit=foreign_unit, name="李强")
    exempt = MemberFactory(unit=unit, name="赵敏", is_exempt=True)

    for person, word in ((stranger, "不属于"), (exempt, "免派")):
        with pytest.raises(services.NotOfUnitError, match=word):
            services.send_members(deployment, members=[person], since=TODAY)


def test_ending_a_deployment_brings_everybody_back(deployment):
    began = AssignmentFactory(deployment=deployment, starts_on=dt.date(2021, 8, 1))
    AssignmentFactory(deployment=deployment, starts_on=dt.date(2021, 8, 9))

    services.end_deployment(deployment, last_day=TODAY)

    deployment.refresh_from_db()
    assert (deployment.state, deployment.ends_on) == (DeploymentState.ENDED, TODAY)
    assert list(Assignment.objects.values_list("pk", "ends_on")) == [(began.pk, TODAY)]


def test_ending_twice_is_refused(deployment):
    services.end_deployment(deployment, last_day=TODAY)

    with pytest.raises(services.NotUnderWayError, match="已结束"):
        services.end_deployment(deployment, last_day=TODAY)


@pytest.mark.usefixtures("roster")
def test_record_day_starts_a_planned_deployment(unit):
    deployment = DeploymentFactory(unit=unit, state=DeploymentState.PLANNED)

    services.record_day(deployment, day=TODAY, expected=10, present=9, night=2, on=TODAY)

    deployment.refresh_from_db()
    assert deployment.state == DeploymentState.ACTIVE
    assert DeploymentDay.objects.values_list("on", "expected", "present", "night").get() == (
        TODAY,
        10,
        9,
        2,
    )


@pytest.mark.usefixtures("roster")
def test_record_day_corrects_the_entry_it_has_read(deployment):
    row = DeploymentDayFactory(deployment=deployment, on=TODAY, expected=10, present=9)

    services.record_day(
        deployment, day=TODAY, expected=10, present=8, seen=row.recorded_at, on=TODAY
    )

    assert DeploymentDay.objects.get().present == 8


@pytest.mark.usefixtures("roster")
def test_record_day_does_not_overwrite_what_somebody_saved_meanwhile(deployment):
    DeploymentDayFactory(deployment=deployment, on=TODAY, expected=10, present=9, night=0)

    with pytest.raises(ConflictError) as conflict:
        services.record_day(
            deployment,
            day=TODAY,
            expected=10,
            present=7,
            seen=timezone.now() - dt.timedelta(minutes=5),
            on=TODAY,
        )

    assert [(d.label, d.mine, d.theirs) for d in conflict.value.differences] == [
        ("实到（人）", 7, 9)
    ]
    assert DeploymentDay.objects.get().present == 9


@pytest.mark.parametrize("day", [dt.date(2021, 7, 19), dt.date(2021, 8, 6)])
def test_record_day_refuses_days_outside(deployment, day):
    with pytest.raises(services.OutsideSpanError):
        services.record_day(deployment, day=day, expected=1, present=1, on=TODAY)


def test_bringing_back_before_the_first_day_takes_the_person_off(deployment):
    stay = AssignmentFactory(deployment=deployment, starts_on=TODAY)

    services.bring_back(stay, last_day=TODAY - dt.timedelta(days=1))

    assert not Assignment.objects.exists()
