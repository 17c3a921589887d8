import datetime as dt

import pytest

from apps.assistance.enums import Circumstance, ServiceType
from apps.assistance.selectors import day_figures, help_given, unit_day
from apps.campaigns.enums import CampaignKind
from apps.core.dates import moment_on
from apps.daily.selectors.days import day_figures as figures_of
from apps.daily.services import lock_day
from apps.daily.services.rounds import open_day
from apps.figures.enums import ScopeKind
from apps.figures.services.indicators import ask_indicators, install_indicators
from apps.units.enums import UnitCategory
from tests.factories import (
    AssistanceActionFactory,
    BeneficiaryFactory,
    CampaignFactory,
    CommunityFactory,
    LiaisonGroupFactory,
    UnitActivationFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2021, 8, 5)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def act(campaign, *, on=DAY, to=None, circumstance=Circumstance.ISOLATED, **fields):
    to = to or BeneficiaryFactory(circumstance=circumstance)
    return AssistanceActionFactory(campaign=campaign, beneficiary=to, on=on, **fields)


def visit(campaign, *, on=DAY, to=None, **fields):
    to = to or BeneficiaryFactory(circumstance=Circumstance.FRONTLINE)
    return act(campaign, on=on, to=to, service_type=ServiceType.VISIT, **fields)


def total(campaign, code, day=DAY):
    rows = [
        row
        for row in day_figures(campaign, day)
        if row.indicator == code and row.scope == ScopeKind.TOTAL
    ]
    return rows[0].value if rows else None


def by(campaign, code, scope, day=DAY):
    return {
        row.key: row.value
        for row in day_figures(campaign, day)
        if row.indicator == code and row.scope == scope
    }


def test_acts_of_the_day_to_isolated_and_hardship_households_are_counted(campaign):
    act(campaign)
    act(campaign, circumstance=Circumstance.HARDSHIP)
    act(campaign, circumstance=Circumstance.FLOODED)
    act(campaign, on=BEFORE)
    act(campaign, on=AFTER)

    assert total(campaign, "E12") == 2


def test_every_act_counts_also_to_the_same_household(campaign):
    household = BeneficiaryFactory()
    act(campaign, to=household)
    act(campaign, to=household, service_type=ServiceType.COUNSEL)

    assert total(campaign, "E12") == 2


def test_visited_households_are_counted_once_and_up_to_the_day(campaign):
    family = BeneficiaryFactory(circumstance=Circumstance.FRONTLINE)
    visit(campaign, to=family, on=BEFORE)
    visit(campaign, to=family)
    visit(campaign)
    visit(campaign, on=AFTER)

    assert [total(campaign, "E13", day) for day in (BEFORE, DAY, AFTER)] == [1, 2, 3]


def test_goods_for_a_frontline_family_are_no_visit(campaign):
    UnitActivationFactory(campaign=campaign)
    act(campaign, circumstance=Circumstance.FRONTLINE)

    assert total(campaign, "E13") == 0


def test_a_household_registered_twice_is_one(campaign):
    family = BeneficiaryFactory(circumstance=Circumstance.FRONTLINE)
    again = BeneficiaryFactory(circumstance=Circumstance.FRONTLINE, duplicate_of=family)
    visit(campaign, to=family)
    visit(campaign, to=again)

    assert total(campaign, "E13") == 1


def test_a_duplicate_counts_as_what_its_first_registration_is(campaign):
    family = BeneficiaryFactory(circumstance=Circumstance.ISOLATED)
    again = BeneficiaryFactory(circumstance=Circumstance.OTHER, duplicate_of=family)
    act(campaign, to=again)

    assert total(campaign, "E12") == 1


def test_each_scope_has_its_own_count(campaign):
    group, other_group = LiaisonGroupFactory(number=1), LiaisonGroupFactory(number=2)
    unit = UnitFactory(group=group, category=UnitCategory.CENTRAL)
    other = UnitFactory(group=other_group, category=UnitCategory.CENTRAL)
    family = BeneficiaryFactory(unit=unit, circumstance=Circumstance.FRONTLINE)
    visit(campaign, to=family, unit=unit)
    visit(campaign, to=family, unit=other)
    visit(campaign, to=None, unit=other)

    assert by(campaign, "E13", ScopeKind.UNIT) == {unit.pk: 1, other.pk: 2}
    assert by(campaign, "E13", ScopeKind.GROUP) == {group.pk: 1, other_group.pk: 2}
    # The family both visited is one household above them.
    assert by(campaign, "E13", ScopeKind.CATEGORY) == {UnitCategory.CENTRAL: 2}
    assert total(campaign, "E13") == 2


def test_a_district_is_that_of_the_household(campaign):
    place = CommunityFactory()
    act(campaign, to=BeneficiaryFactory(community=place))
    act(campaign)

    found = by(campaign, "E12", ScopeKind.DISTRICT)
    assert found[place.street.district_id] == 1
    assert sum(found.values()) == 2


def test_a_unit_that_takes_part_and_recorded_nothing_has_zero(campaign):
    unit, gone = UnitFactory(), UnitFactory()
    UnitActivationFactory(campaign=campaign, unit=unit)
    UnitActivationFactory(campaign=campaign, unit=gone, ends_on=BEFORE)

    assert by(campaign, "E12", ScopeKind.UNIT) == {unit.pk: 0}
    assert total(campaign, "E12") == 0


def test_without_units_and_acts_there_is_nothing_to_say(campaign):
    assert day_figures(campaign, DAY) == []


def test_another_campaign_is_another_book(campaign):
    act(CampaignFactory(kind=CampaignKind.EPIDEMIC))
    UnitActivationFactory(campaign=campaign)

    assert total(campaign, "E12") == 0


def test_a_flood_asks_nothing_and_is_told_nothing(django_assert_num_queries):
    flood = CampaignFactory()
    act(flood)

    with django_assert_num_queries(0):
        assert day_figures(flood, DAY) == []


def test_all_scopes_come_from_one_statement(campaign, django_assert_num_queries):
    act(campaign)
    visit(campaign)

    with django_assert_num_queries(1):
        day_figures(campaign, DAY)


def test_one_unit_reads_what_the_day_counts_of_it(campaign):
    unit = UnitFactory()
    family = BeneficiaryFactory(circumstance=Circumstance.FRONTLINE)
    act(campaign, unit=unit)
    visit(campaign, unit=unit, to=family)
    visit(
        campaign,
        unit=unit,
        on=BEFORE,
        to=BeneficiaryFactory(circumstance=Circumstance.FRONTLINE, duplicate_of=family),
    )
    act(campaign)

    counted = unit_day(campaign, unit=unit.pk, on=DAY)

    assert counted == {code: by(campaign, code, ScopeKind.UNIT)[unit.pk] for code in ("E12", "E13")}
    assert counted == {"E12": 1, "E13": 1}


def test_help_of_a_whole_campaign(campaign):
    act(campaign, on=BEFORE)
    act(campaign)
    act(campaign, circumstance=Circumstance.CARE_HOME)

    assert help_given(campaign) == 2


def test_the_lock_keeps_what_the_desk_counted(campaign):
    install_indicators()
    ask_indicators(campaign)
    unit = UnitFactory(group=LiaisonGroupFactory(number=1))
    UnitActivationFactory(campaign=campaign, unit=unit)
    act(campaign, unit=unit)
    visit(campaign, unit=unit)
    open_day(campaign, on=DAY, now=moment_on(DAY, dt.time(0, 5)))

    lock_day(campaign, on=DAY, now=moment_on(DAY, dt.time(19, 0)))
    act(campaign, unit=unit)

    day = figures_of(campaign, on=DAY, user=None)
    values = [day.value(code, ScopeKind.TOTAL).value for code in ("E12", "E13")]
    assert values == [1, 1]
    assert day.value("E12", ScopeKind.UNIT, unit.pk).value == 1
