"""Statements of the boards written by hand keep the rule that the pages ask of the models."""

import datetime as dt

import pytest
from django.db.models import Q

from apps.core.dates import business_day
from apps.core.scope import scope_of
from apps.core.statements import fetched
from apps.dashboard.boards.corrections import CORRECTED
from apps.deployments.models import Finding, Visit
from apps.deployments.visits import group_gaps, group_visits, visits_so_far
from apps.figures.enums import CorrectionState
from apps.figures.models import Correction
from apps.figures.selectors.scope_sql import seen_by
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CorrectionFactory,
    FigureFactory,
    FindingFactory,
    IndicatorFactory,
    PostingFactory,
    SnapshotFactory,
    UnitFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
TODAY, DAY = business_day(), dt.timedelta(days=1)


@pytest.fixture
def readers(leader, liaison, reporter, unit_leader, outsider, foreign_group):
    foreign = PostingFactory(role=Role.LIAISON, group=foreign_group).user
    return [leader, liaison, reporter, unit_leader, outsider, foreign]


@pytest.fixture
def visits(unit, group, foreign_unit, foreign_group):
    """Of each group to each unit, one of them yesterday; a unit that has left was seen by ours."""
    campaign = CampaignFactory(starts_on=TODAY - 9 * DAY)
    gone = UnitFactory(group=foreign_group)
    for who, whom, on in (
        (group, unit, TODAY),
        (foreign_group, unit, TODAY - DAY),
        (foreign_group, foreign_unit, TODAY),
        (group, gone, TODAY),
        (foreign_group, gone, TODAY),
    ):
        FindingFactory(visit=VisitFactory(campaign=campaign, group=who, unit=whom, on=on))
    FindingFactory(visit=VisitFactory(group=group, unit=unit))  # of another campaign
    return campaign


def test_visits_on_a_board_are_those_one_may_see(readers, visits):
    counted = set()
    for user in readers:
        seen = Visit.objects.visible_to(user).filter(campaign=visits, on__lte=TODAY)
        found = Finding.objects.visible_to(user).filter(visit__campaign=visits).awaited()

        counts = visits_so_far(visits, on=TODAY, user=user)

        assert (counts.today, counts.all, counts.units, counts.awaited) == (
            seen.filter(on=TODAY).count(),
            seen.count(),
            seen.values("unit").distinct().count(),
            found.count(),
        )
        counted.add(counts.all)
    assert counted == {5, 3, 2, 0, 4}


def test_a_groups_board_counts_what_its_member_may_see(liaison, unit, group, visits):
    seen = Visit.objects.visible_to(liaison).filter(campaign=visits)
    own = seen.filter(group=group)

    counts = group_visits(visits, group.pk, on=TODAY, days=3)
    gaps = group_gaps(visits, group=group.pk, on=TODAY)

    assert counts.count == own.count()
    assert counts.found == Finding.objects.filter(visit__in=own).count()
    [mine] = gaps["unit"]
    assert (mine.pk, mine.visits) == (unit.pk, seen.filter(unit=unit).count())


@pytest.fixture
def corrected(unit, group, foreign_unit, foreign_group):
    """The same day of both units, in an open indicator and in one withheld from groups."""
    snapshot = SnapshotFactory(on=TODAY - DAY)
    for is_restricted in (False, True):
        indicator = IndicatorFactory(is_restricted=is_restricted)
        for whose, of in ((unit, group), (foreign_unit, foreign_group)):
            leaf = FigureFactory(snapshot=snapshot, indicator=indicator, unit=whose, group=of)
            CorrectionFactory(figure=leaf)
            CorrectionFactory(figure=leaf, state=CorrectionState.DECLINED)
    return snapshot


def test_corrections_on_a_board_are_those_one_may_see(readers, corrected, group):
    shown = set()
    for user in readers:
        for of in (None, group.pk):
            asked = Q(figure__group=of) if of else Q()
            rows = Correction.objects.visible_to(user).filter(asked, figure__snapshot=corrected)
            seen = rows.exclude(state=CorrectionState.DECLINED)

            found = fetched(CORRECTED, snapshot=corrected.pk, group=of, **seen_by(scope_of(user)))

            leaves = sorted(row[4] for row in found)
            assert leaves == sorted(seen.values_list("figure", flat=True))
            shown.add(len(leaves))
    assert shown == {4, 2, 1, 0}


def test_a_hidden_correction_stays_off_the_board_of_the_group(liaison, corrected, foreign_unit):
    campaign = corrected.campaign
    address = f"/boards/groups/?campaign={campaign.code}&day={corrected.on}"

    shown = client_for(liaison).get(address).content.decode()

    hidden = Correction.objects.filter(figure__unit=foreign_unit).first()
    withheld = Correction.objects.filter(figure__indicator__is_restricted=True).first()
    assert str(Correction.objects.visible_to(liaison).first().figure.indicator) in shown
    assert str(hidden.figure.unit) not in shown
    assert str(withheld.figure.indicator) not in shown
