import datetime as dt

import pytest

from apps.campaigns.services import change_hours
from apps.core.dates import moment_on
from apps.daily.enums import ActKind, ActState, ReportState
from apps.daily.errors import DayRefusedError
from apps.daily.models import DailyReport, RoundAct
from apps.daily.selectors.days import day_figures
from apps.daily.selectors.papers import basis_of
from apps.daily.services import lock_day, open_day
from apps.jobs.services import run_ticks
from apps.units.models import GroupMembership
from tests.factories import (
    CampaignFactory,
    ExemptionFactory,
    LiaisonGroupFactory,
    PolicyHourFactory,
    UnitActivationFactory,
    UnitFactory,
    UserFactory,
)

from .days import FIRST, SECOND, World, at

pytestmark = pytest.mark.django_db


def test_open_day_expects_a_report_of_each_active_unit():
    campaign = CampaignFactory()
    active, left, joins_later, _stranger = (UnitFactory() for _ in range(4))
    UnitActivationFactory(campaign=campaign, unit=active)
    UnitActivationFactory(campaign=campaign, unit=left, ends_on=FIRST)
    UnitActivationFactory(campaign=campaign, unit=joins_later, starts_on=SECOND)

    opened = open_day(campaign, on=SECOND, now=at(SECOND, 0, 5))

    reports = DailyReport.objects.filter(campaign=campaign, on=SECOND)
    assert opened.new_reports == 2
    assert {report.unit for report in reports} == {active, joins_later}
    assert {report.state for report in reports} == {ReportState.MISSING}


def test_open_day_writes_down_the_group_of_that_day():
    world = World(units=1)
    old, new = world.groups[0], LiaisonGroupFactory(number=9)
    GroupMembership.objects.filter(unit=world.units[0]).update(ends_on=FIRST)
    GroupMembership.objects.create(unit=world.units[0], group=new, starts_on=SECOND)

    world.open(SECOND)
    world.open(FIRST)

    groups = dict(DailyReport.objects.values_list("on", "group"))
    assert groups == {FIRST: old.pk, SECOND: new.pk}


def test_open_day_takes_the_hour_of_the_campaign():
    campaign = CampaignFactory()
    UnitActivationFactory(campaign=campaign)
    PolicyHourFactory(campaign=campaign, hour="filing", at=dt.time(16, 0))

    open_day(campaign, on=FIRST, now=at(FIRST, 0, 5))

    assert DailyReport.objects.get().due_at == at(FIRST, 16)


def test_open_day_marks_exempt_units():
    world = World(units=2)
    ExemptionFactory(campaign=world.campaign, unit=world.units[0], starts_on=FIRST)

    world.open(FIRST)

    states = dict(DailyReport.objects.values_list("unit", "state"))
    assert states == {world.units[0].pk: ReportState.EXEMPT, world.units[1].pk: ReportState.MISSING}


def test_open_day_twice_keeps_what_is_there():
    world = World(units=2)
    world.open(FIRST)
    world.file(world.units[0], FIRST, 5)
    late_comer = UnitFactory()
    UnitActivationFactory(campaign=world.campaign, unit=late_comer)

    opened = open_day(world.campaign, on=FIRST, now=at(FIRST, 9))

    assert opened.new_reports == 1
    assert DailyReport.objects.get(unit=world.units[0]).state == ReportState.FILED
    assert opened.round.opened_at == at(FIRST, 0, 5)
    assert RoundAct.objects.count() == 4


def test_open_day_lists_the_acts_by_their_hours():
    world = World(units=1)

    round_ = world.open(FIRST)

    assert list(round_.acts.values_list("kind", "due_at")) == [
        (ActKind.CITY_TALK, at(FIRST, 16)),
        (ActKind.SUMMARY, at(FIRST, 19)),
        (ActKind.JUDGMENT, at(FIRST, 20)),
        (ActKind.DISPATCH, at(FIRST, 21)),
    ]


def test_open_day_hands_the_acts_to_yesterdays_owners():
    world = World(units=1)
    owner = UserFactory()
    world.open(FIRST).acts.filter(kind=ActKind.JUDGMENT).update(owner=owner)

    round_ = world.open(SECOND)

    owners = dict(round_.acts.values_list("kind", "owner"))
    assert owners[ActKind.JUDGMENT] == owner.pk
    assert owners[ActKind.SUMMARY] is None


def test_open_day_of_a_locked_day_freezes_who_joins_late():
    world = World(units=1)
    world.open(FIRST)
    snapshot = lock_day(world.campaign, on=FIRST, now=at(FIRST, 19))
    UnitActivationFactory(campaign=world.campaign, unit=UnitFactory())

    world.open(FIRST)

    assert set(DailyReport.objects.values_list("frozen_at", flat=True)) == {snapshot.taken_at}


@pytest.mark.parametrize("day", [dt.date(2021, 7, 19), dt.date(2021, 8, 21)])
def test_open_day_refuses_days_outside_the_campaign(day):
    campaign = CampaignFactory(name="防汛", ends_on=dt.date(2021, 8, 20))

    with pytest.raises(DayRefusedError, match="不在“防汛”的起止日期内"):
        open_day(campaign, on=day, now=moment_on(day, dt.time(0, 5)))


def test_open_day_asks_the_same_number_of_queries_of_any_number_of_units(
    django_assert_num_queries,
):
    small, large = World(units=2), None
    with django_assert_num_queries(10):
        open_day(small.campaign, on=FIRST, now=at(FIRST, 0, 5))
    for unit in (UnitFactory() for _ in range(20)):
        UnitActivationFactory(campaign=small.campaign, unit=unit)
    with django_assert_num_queries(10):
        large = open_day(small.campaign, on=SECOND, now=at(SECOND, 0, 5))

    assert large.new_reports == 22


def test_hours_changed_within_the_day_hold_for_what_is_open():
    world = World(units=3)
    round_ = world.open(FIRST)
    filed, owing, _ = DailyReport.objects.filter(on=FIRST).order_by("unit__sort_order")
    DailyReport.objects.filter(pk=filed.pk).update(
        first_filed_at=at(FIRST, 17, 10), state=ReportState.FILED
    )
    RoundAct.objects.filter(round=round_, kind=ActKind.CITY_TALK).update(
        state=ActState.DONE, done_at=at(FIRST, 15)
    )
    before = dict(round_.acts.values_list("kind", "due_at"))
    hours = {"filing": dt.time(18, 0), "judgment": dt.time(17, 0), "dispatch": dt.time(21, 40)}
    change_hours(world.campaign, hours={**hours, "city_talk": dt.time(19, 50)})

    run_ticks(now=at(FIRST, 17, 30))

    due = dict(DailyReport.objects.filter(on=FIRST).values_list("pk", "due_at"))
    assert (due[filed.pk], due[owing.pk]) == (at(FIRST, 17), at(FIRST, 18))
    after = dict(round_.acts.values_list("kind", "due_at"))
    assert after == {**before, ActKind.DISPATCH: at(FIRST, 21, 40)}


def test_papers_of_a_locked_day_keep_the_hour_its_figures_count_until():
    world = World(units=1)
    world.open(FIRST)
    world.file(world.units[0], FIRST, 5)
    PolicyHourFactory(campaign=world.campaign, hour="data_cut", at=dt.time(16, 30))
    lock_day(world.campaign, on=FIRST, now=at(FIRST, 19))

    change_hours(world.campaign, hours={"data_cut": dt.time(18, 0)})

    assert "8月4日16时30分" in basis_of(day_figures(world.campaign, on=FIRST, user=None))
    assert "8月5日18时" in basis_of(day_figures(world.campaign, on=SECOND, user=None))
