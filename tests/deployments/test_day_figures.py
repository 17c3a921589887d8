import datetime as dt

import pytest

from apps.campaigns.enums import CampaignKind
from apps.core.dates import business_day, day_bounds, moment_on
from apps.daily.services import lock_day
from apps.deployments.enums import DeploymentState
from apps.deployments.models import Finding
from apps.deployments.selectors import DESK_BASES, attendance, day_figures, departures, shortages
from apps.figures.enums import ScopeKind
from apps.figures.models import CampaignIndicator, Indicator, IndicatorDefinition
from apps.figures.services.indicators import ask_indicators, install_indicators
from apps.units.enums import UnitCategory
from apps.units.models import GroupMembership
from tests.cast import client_for
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    FindingFactory,
    LiaisonGroupFactory,
    MemberFactory,
    MemberRegistrationFactory,
    NeedFactory,
    SigningLineFactory,
    TeamFactory,
    UnitActivationFactory,
    UnitFactory,
    UnitRegistrationFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2021, 8, 5)
HOUR = dt.timedelta(hours=1)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


@pytest.fixture
def campaign():
    return CampaignFactory()


def sent(campaign, *, day=DAY, present=9, night=2, **fields):
    """A deployment with an entry of `day`; `present` None leaves the day unentered."""
    deployment = DeploymentFactory(campaign=campaign, **fields)
    if present is not None:
        DeploymentDayFactory(deployment=deployment, on=day, present=present, night=night)
    return deployment


def total(campaign, code, day=DAY):
    rows = [
        row
        for row in day_figures(campaign, day)
        if row.indicator == code and row.scope == ScopeKind.TOTAL
    ]
    return (rows[0].value, rows[0].n, rows[0].of) if rows else None


def by(campaign, code, scope, day=DAY):
    return {
        row.key: row.value
        for row in day_figures(campaign, day)
        if row.indicator == code and row.scope == scope
    }


def test_present_is_added_up_with_its_coverage(campaign):
    sent(campaign, present=5)
    sent(campaign, present=7)
    sent(campaign, present=None)

    assert total(campaign, "F01") == (12, 2, 3)


def test_without_any_entry_the_figure_is_missing_not_zero(campaign):
    sent(campaign, present=None)

    assert total(campaign, "F01") == (None, 0, 1)
    assert total(campaign, "F05") == (None, 0, 1)


def test_an_entry_of_nobody_present_is_zero(campaign):
    sent(campaign, present=0, night=0)

    assert total(campaign, "F01") == (0, 1, 1)
    assert total(campaign, "F05") == (0, 1, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": AFTER},
        {"ends_on": BEFORE},
        {"state": DeploymentState.WITHDRAWN},
    ],
)
def test_deployments_not_of_the_day_are_not_asked(campaign, fields):
    sent(campaign, present=3)
    sent(campaign, present=None, **fields)

    assert total(campaign, "F01") == (3, 1, 1)


def test_another_campaign_is_another_ledger(campaign):
    sent(CampaignFactory(), present=4)

    assert total(campaign, "F01") is None


def test_each_scope_has_its_own_sum(campaign):
    first, second = LiaisonGroupFactory(number=1), LiaisonGroupFactory(number=2)
    unit = UnitFactory(group=first, category=UnitCategory.CENTRAL)
    other = UnitFactory(group=second, category=UnitCategory.CENTRAL)
    place = CommunityFactory()
    sent(campaign, unit=unit, community=place, present=5)
    sent(campaign, unit=unit, present=6)
    sent(campaign, unit=other, present=7)

    assert by(campaign, "F01", ScopeKind.UNIT) == {unit.pk: 11, other.pk: 7}
    assert by(campaign, "F01", ScopeKind.GROUP) == {first.pk: 11, second.pk: 7}
    assert by(campaign, "F01", ScopeKind.CATEGORY) == {UnitCategory.CENTRAL: 18}
    assert by(campaign, "F01", ScopeKind.DISTRICT)[place.street.district_id] >= 5
    assert sum(by(campaign, "F01", ScopeKind.DISTRICT).values()) == 18


def test_groups_are_those_of_the_day(campaign):
    old, new = LiaisonGroupFactory(number=1), LiaisonGroupFactory(number=2)
    unit = UnitFactory(group=old)
    GroupMembership.objects.filter(unit=unit).update(ends_on=BEFORE)
    GroupMembership.objects.create(unit=unit, group=new, starts_on=DAY)
    deployment = sent(campaign, unit=unit, present=5)
    DeploymentDayFactory(deployment=deployment, on=BEFORE, present=4)

    assert by(campaign, "F01", ScopeKind.GROUP, BEFORE) == {old.pk: 4}
    assert by(campaign, "F01", ScopeKind.GROUP) == {new.pk: 5}


def test_a_unit_without_a_group_counts_everywhere_else(campaign):
    unit = UnitFactory()
    sent(campaign, unit=unit, present=5)

    assert by(campaign, "F01", ScopeKind.GROUP) == {}
    assert total(campaign, "F01") == (5, 1, 1)


def test_communities_and_teams_are_counted_once(campaign):
    place = CommunityFactory()
    team = TeamFactory(campaign=campaign)
    for unit in (UnitFactory(), UnitFactory()):
        sent(campaign, unit=unit, community=place, team=team, present=3)
    sent(campaign, present=0, night=0)

    assert total(campaign, "F05")[0] == 1
    assert total(campaign, "F04")[0] == 1
    assert set(by(campaign, "F05", ScopeKind.UNIT).values()) == {0, 1}


def test_people_are_distinct_over_days_and_deployments(campaign):
    person = MemberFactory()
    first = sent(campaign, day=BEFORE, ends_on=BEFORE, starts_on=BEFORE)
    second = sent(campaign, starts_on=DAY)
    AssignmentFactory(deployment=first, member=person, ends_on=BEFORE)
    AssignmentFactory(deployment=second, member=person, starts_on=DAY)
    AssignmentFactory(deployment=second)

    assert total(campaign, "F02")[0] == 2
    assert total(campaign, "F02", BEFORE)[0] == 1
    assert total(campaign, "F06")[0] == 2


def test_people_of_a_deployment_where_nobody_came_are_not_counted(campaign):
    AssignmentFactory(deployment=sent(campaign, present=0, night=0))
    AssignmentFactory(deployment=sent(campaign, present=None))

    assert total(campaign, "F02") is None


def test_people_count_for_the_unit_that_sent_them(campaign):
    unit, other = UnitFactory(), UnitFactory()
    deployment = sent(campaign, unit=unit)
    AssignmentFactory(deployment=deployment, unit=other)

    assert by(campaign, "F02", ScopeKind.UNIT) == {other.pk: 1}


def test_the_gap_is_what_was_asked_less_who_came(campaign):
    need = NeedFactory(campaign=campaign, heads=30, starts_on=DAY)
    sent(campaign, need=need, community=need.community, present=12)
    NeedFactory(campaign=campaign, heads=8, starts_on=BEFORE, ends_on=BEFORE)

    assert total(campaign, "F13") == (18, 1, 1)
    assert [(row.heads, row.present, row.gap) for row in shortages(campaign, on=DAY)] == [
        (30, 12, 18)
    ]


def test_more_hands_than_asked_make_no_negative_gap(campaign):
    need = NeedFactory(campaign=campaign, heads=5, starts_on=DAY)
    sent(campaign, need=need, present=12)

    assert total(campaign, "F13")[0] == 0
    assert shortages(campaign, on=DAY) == []


def test_without_needs_the_gap_is_zero(campaign):
    assert total(campaign, "F13") == (0, 0, 0)


def test_an_epidemic_fills_its_own_codes():
    campaign = CampaignFactory(kind=CampaignKind.EPIDEMIC)
    sent(campaign, present=5, is_local=True)
    sent(campaign, present=4)

    assert total(campaign, "E01")[0] == 9
    assert total(campaign, "E03")[0] == 5
    assert total(campaign, "F01") is None


def test_day_figures_is_one_statement(campaign, django_assert_num_queries):
    for _ in range(3):
        AssignmentFactory(deployment=sent(campaign))

    with django_assert_num_queries(1):
        day_figures(campaign, DAY)


def test_attendance_agrees_with_the_figures(campaign):
    unit = UnitFactory(group=LiaisonGroupFactory(number=1))
    sent(campaign, unit=unit, present=9, night=2)
    sent(campaign, unit=unit, present=None)
    sent(campaign, present=4, night=1)

    by_unit = attendance(campaign, on=DAY, by=ScopeKind.UNIT)
    row = by_unit[unit.pk]
    assert (row.expected, row.present, row.night, row.entered, row.active) == (10, 9, 2, 1, 2)
    assert by_unit[None].present == total(campaign, "F01")[0] == 13
    assert (by_unit[None].entered, by_unit[None].active) == (2, 3)


def test_departures_are_those_that_start_on_the_day(campaign):
    leaves = DeploymentFactory(campaign=campaign, starts_on=AFTER)
    AssignmentFactory(deployment=leaves)
    DeploymentFactory(campaign=campaign, starts_on=DAY)
    DeploymentFactory(campaign=campaign, starts_on=AFTER, state=DeploymentState.WITHDRAWN)

    found = departures(campaign, on=AFTER)

    assert [(row.pk, row.people) for row in found] == [(leaves.pk, 1)]


def test_visits_findings_and_signatures_enter_the_day(campaign):
    """Counted at every scope from the records; what was verified today is open yesterday only."""
    group = LiaisonGroupFactory(number=1)
    unit, other = UnitFactory(group=group), UnitFactory(group=group)
    place = CommunityFactory()
    ours = sent(campaign, unit=unit, community=place, present=24)
    theirs = sent(campaign, unit=other, community=place, present=None)
    for where in (place, place, None):
        VisitFactory(
            campaign=campaign, group=group, unit=unit, community=where, place="东门", on=DAY
        )
    earlier = VisitFactory(campaign=campaign, group=group, unit=other, community=place, on=BEFORE)
    FindingFactory(visit=earlier, text="一名队员脱岗")
    done = FindingFactory(visit=earlier, text="雨具不足", answer="已补齐")
    Finding.objects.filter(pk=done.pk).update(verified_at=day_bounds(DAY)[0])
    VisitFactory(on=DAY)
    line = SigningLineFactory(deployment=ours, sheet__on=DAY, heads=19)
    SigningLineFactory(deployment=theirs, sheet=line.sheet)

    assert [total(campaign, code)[0] for code in ("F15", "F16", "F17", "F18")] == [3, 1, 1, 1]
    assert total(campaign, "F18", BEFORE)[0] == 2
    assert total(campaign, "F19") == (19, 1, 2)
    assert by(campaign, "F15", ScopeKind.UNIT) == {unit.pk: 3, other.pk: 0}
    assert by(campaign, "F18", ScopeKind.GROUP) == {group.pk: 1}
    assert by(campaign, "F19", ScopeKind.UNIT) == {unit.pk: 19, other.pk: None}
    assert by(campaign, "F17", ScopeKind.DISTRICT) == {place.street.district_id: 1}


def test_needs_are_counted_on_the_day_they_were_raised_and_settled(campaign):
    start, end = day_bounds(DAY)
    NeedFactory(campaign=campaign, raised_at=start)
    NeedFactory(campaign=campaign, raised_at=start - HOUR, settled_at=end - HOUR, state="met")
    NeedFactory(campaign=campaign, raised_at=end, settled_at=end, state="closed")

    assert (total(campaign, "F20")[0], total(campaign, "F21")[0]) == (1, 1)
    assert (total(campaign, "F20", AFTER)[0], total(campaign, "F21", AFTER)[0]) == (1, 1)
    assert by(campaign, "F20", ScopeKind.UNIT) == {}


def test_registrations_are_counted_among_units_that_take_part():
    campaign = CampaignFactory(kind=CampaignKind.EPIDEMIC)
    unit, other = UnitFactory(), UnitFactory()
    for one in (unit, other):
        UnitActivationFactory(campaign=campaign, unit=one, starts_on=BEFORE)
    people = MemberFactory.create_batch(3, unit=unit)
    MemberFactory(unit=other)
    UnitRegistrationFactory(unit=unit, starts_on=BEFORE)
    MemberRegistrationFactory(member=people[0], starts_on=BEFORE, ends_on=BEFORE)
    MemberRegistrationFactory(member=people[1], starts_on=DAY)
    MemberRegistrationFactory(starts_on=BEFORE)

    assert total(campaign, "E22") == (1, 1, 2)
    assert total(campaign, "E23") == (1, 1, 4)
    assert by(campaign, "E23", ScopeKind.UNIT) == {unit.pk: 1, other.pk: 0}


def test_campaigns_under_way_count_what_an_update_brings(campaign):
    """New ledger indicators join from today on; nobody is asked to type anything more."""
    install_indicators()
    ask_indicators(campaign)
    CampaignIndicator.objects.filter(indicator__code__in=("F07", "F15")).delete()
    IndicatorDefinition.objects.filter(indicator__code__in=("F07", "F15")).delete()
    Indicator.objects.filter(code__in=("F07", "F15")).delete()

    install_indicators(on=business_day())

    joined = CampaignIndicator.objects.filter(indicator__code__in=("F07", "F15")).get()
    assert (joined.campaign, joined.indicator.code) == (campaign, "F15")
    assert (joined.is_typed, joined.starts_on) == (False, business_day())


def test_a_locked_day_keeps_them_and_each_opens_its_records(staff):
    campaign = CampaignFactory(starts_on=BEFORE)
    install_indicators()
    ask_indicators(campaign)
    group = LiaisonGroupFactory(number=1)
    unit = UnitFactory(group=group)
    sent(campaign, unit=unit, present=5)
    VisitFactory(campaign=campaign, group=group, unit=unit, on=DAY)

    snapshot = lock_day(campaign, on=DAY, now=moment_on(DAY, dt.time(19)))

    kept = snapshot.figures.filter(indicator__code__in=DESK_BASES, scope=ScopeKind.TOTAL)
    assert dict(kept.values_list("indicator__code", "value")) == {
        "F15": 1, "F16": 1, "F17": 1, "F18": 0, "F20": 0, "F21": 0,
    }  # fmt: skip
    leaf = snapshot.figures.get(indicator__code="F15", unit=unit)
    client = client_for(staff)
    page = client.get(f"/daily/figures/{leaf.pk}/").content.decode()
    assert "按走访记录计" in page
    assert f"/deployments/visits/?campaign={campaign.code}&amp;unit={unit.pk}" in page
    rows = client.get(f"/daily/figures/{campaign.code}/{DAY}/F15/").content.decode()
    assert "已登记/应登记" not in rows
