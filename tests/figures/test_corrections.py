import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.figures.corrected import corrected_note
from apps.figures.enums import (
    CorrectionState,
    IndicatorSource,
    Measure,
    Rollup,
    ScopeKind,
    Stage,
)
from apps.figures.errors import CorrectionRefusedError
from apps.figures.models import Correction
from apps.figures.selectors.days import locked_total, stored_figures
from apps.figures.selectors.units import unit_figures
from apps.figures.selectors.values import current_value
from apps.figures.services import corrections
from tests.cast import client_for
from tests.factories import (
    CampaignIndicatorFactory,
    CorrectionFactory,
    FigureFactory,
    IndicatorFactory,
    SnapshotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaf(unit, group):
    figure = FigureFactory(
        unit=unit, group=group, category=unit.category, indicator__code="F07", value=Decimal(10)
    )
    CampaignIndicatorFactory(campaign=figure.snapshot.campaign, indicator=figure.indicator)
    return figure


def propose(leaf, new, by, reason="漏计夜班"):
    now = leaf.snapshot.taken_at
    return corrections.propose(leaf, new=new and Decimal(new), reason=reason, by=by, now=now)


def test_an_accepted_correction_is_current_and_the_old_value_stays(leaf, reporter, staff):
    proposal = propose(leaf, 16, reporter)

    corrections.accept(proposal, by=staff, now=leaf.snapshot.taken_at)

    leaf.refresh_from_db()
    assert (leaf.value, current_value(leaf)) == (10, 16)
    assert (proposal.old, proposal.new) == (10, 16)


def test_a_proposal_alone_changes_nothing(leaf, reporter):
    propose(leaf, 16, reporter)

    assert current_value(leaf) == 10


def test_a_second_correction_starts_from_the_first(leaf, reporter, staff):
    corrections.accept(propose(leaf, 16, reporter), by=staff, now=leaf.snapshot.taken_at)

    assert propose(leaf, 18, reporter).old == 16


def test_a_later_proposal_replaces_an_open_one(leaf, reporter):
    first = propose(leaf, 16, reporter)

    propose(leaf, 17, reporter)

    first.refresh_from_db()
    assert first.state == CorrectionState.DECLINED
    assert leaf.corrections.filter(state=CorrectionState.PROPOSED).get().new == 17


def test_a_declined_correction_leaves_the_value(leaf, reporter, staff):
    corrections.decline(propose(leaf, 16, reporter), by=staff, now=leaf.snapshot.taken_at)

    assert current_value(leaf) == 10


@pytest.mark.parametrize(
    ("new", "reason", "sentence"),
    [(10, "漏计", "更正前后的数值相同"), (16, "  ", "请填写更正原因")],
)
def test_propose_is_refused(leaf, reporter, new, reason, sentence):
    with pytest.raises(CorrectionRefusedError, match=sentence):
        propose(leaf, new, reporter, reason=reason)

    assert not leaf.corrections.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"scope": ScopeKind.TOTAL, "unit": None}, "只能更正已锁定的单位数值"),
        ({"snapshot__stage": Stage.FLASH}, "只能更正已锁定的单位数值"),
    ],
)
def test_only_locked_leaves_are_corrected(staff, changes, sentence):
    figure = FigureFactory(**changes)

    with pytest.raises(CorrectionRefusedError, match=sentence):
        propose(figure, 16, staff)


def test_figures_of_an_unlocked_day_are_not_corrected(leaf, staff):
    leaf.snapshot.withdrawn_at = leaf.snapshot.taken_at
    leaf.snapshot.save()

    with pytest.raises(CorrectionRefusedError, match="已解锁"):
        propose(leaf, 16, staff)


def test_nobody_accepts_their_own_correction(leaf, staff):
    proposal = propose(leaf, 16, staff)

    with pytest.raises(CorrectionRefusedError, match="须由其他人审核"):
        corrections.accept(proposal, by=staff, now=leaf.snapshot.taken_at)


def test_a_correction_is_reviewed_once(leaf, reporter, staff):
    proposal = propose(leaf, 16, reporter)
    corrections.accept(proposal, by=staff, now=leaf.snapshot.taken_at)

    with pytest.raises(CorrectionRefusedError, match="该更正已审核"):
        corrections.decline(proposal, by=staff, now=leaf.snapshot.taken_at)


def total_of(leaf, **fields):
    values = {"value": Decimal(30), "reported": 2, "asked": 3, **fields}
    return FigureFactory(
        snapshot=leaf.snapshot, indicator=leaf.indicator, scope=ScopeKind.TOTAL, **values
    )


def test_published_totals_stand_and_what_their_leaves_became_beside_them(leaf, reporter, staff):
    total_of(leaf)
    corrections.accept(propose(leaf, 16, reporter), by=staff, now=leaf.snapshot.taken_at)

    day = stored_figures(leaf.snapshot, user=staff)

    total = day.value("F07", ScopeKind.TOTAL)
    assert (total.value, total.corrected, total.corrections) == (30, 36, 1)
    assert locked_total(day.campaign, on=day.on, indicator=leaf.indicator) == 30


def test_a_value_that_came_late_is_in_the_corrected_total_alone(leaf, reporter, staff):
    total_of(leaf)
    leaf.value = None
    leaf.save()
    corrections.accept(propose(leaf, 5, reporter), by=staff, now=leaf.snapshot.taken_at)

    total = stored_figures(leaf.snapshot, user=staff).value("F07", ScopeKind.TOTAL)

    assert (total.value, total.corrected, total.reported, total.of) == (30, 35, 2, 3)


def test_a_zero_that_came_late_leaves_the_total_without_a_word(leaf, reporter, staff):
    total_of(leaf)
    leaf.value = None
    leaf.save()
    corrections.accept(propose(leaf, "0", reporter), by=staff, now=leaf.snapshot.taken_at)

    day = stored_figures(leaf.snapshot, user=staff)

    total = day.value("F07", ScopeKind.TOTAL)
    assert corrected_note(day, total) is None
    own = day.value("F07", ScopeKind.UNIT, leaf.unit_id)
    assert (own.value, corrected_note(day, own).text) == (None, "更正后 0 处")


def test_a_distinct_total_is_not_moved_by_a_leaf(unit, group, reporter, staff):
    counted = IndicatorFactory(
        code="F99", rollup=Rollup.DISTINCT, measure=Measure.COUNT, source=IndicatorSource.BOTH
    )
    leaf = FigureFactory(unit=unit, group=group, category=unit.category, indicator=counted)
    CampaignIndicatorFactory(campaign=leaf.snapshot.campaign, indicator=counted)
    total_of(leaf)
    corrections.accept(propose(leaf, 16, reporter), by=staff, now=leaf.snapshot.taken_at)

    total = stored_figures(leaf.snapshot, user=staff).value("F99", ScopeKind.TOTAL)
    assert (total.value, total.corrected, total.corrections) == (30, None, 0)


def test_stored_figures_are_those_in_scope(leaf, reporter, liaison, outsider):
    total_of(leaf)
    FigureFactory(snapshot=leaf.snapshot, indicator=leaf.indicator)

    def seen(user):
        return {(v.scope, v.key) for v in stored_figures(leaf.snapshot, user=user).values.values()}

    mine = {(ScopeKind.UNIT, leaf.unit_id)}
    assert seen(reporter) == seen(liaison) == mine
    assert seen(outsider) == set()
    assert len(seen(None)) == 3


def test_restricted_figures_are_for_the_office_and_the_unit(leaf, reporter, liaison, staff):
    leaf.indicator.is_restricted = True
    leaf.indicator.save()

    def value(user):
        return (
            stored_figures(leaf.snapshot, user=user)
            .value("F07", ScopeKind.UNIT, leaf.unit_id)
            .value
        )

    assert value(staff) == value(reporter) == 10
    assert value(liaison) == "保密"


def test_unit_figures_are_the_locked_days_with_corrections(leaf, unit, reporter, staff):
    snapshot = leaf.snapshot
    corrections.accept(propose(leaf, 16, reporter), by=staff, now=snapshot.taken_at)
    SnapshotFactory(campaign=snapshot.campaign, on=snapshot.on, stage=Stage.FLASH)

    indicators, days = unit_figures(snapshot.campaign, unit, until=snapshot.on, user=reporter)

    assert indicators == [leaf.indicator]
    assert [(day.on, day.values, day.corrected) for day in days] == [
        (snapshot.on, {"F07": 10}, {"F07": 16})
    ]


def test_unit_figures_keep_restricted_ones_from_the_group(leaf, unit, reporter, liaison):
    leaf.indicator.is_restricted = True
    leaf.indicator.save()
    snapshot = leaf.snapshot

    def seen(user):
        return unit_figures(snapshot.campaign, unit, until=snapshot.on, user=user)[0]

    assert seen(reporter) == [leaf.indicator]
    assert seen(liaison) == []


def test_the_units_record_shows_its_locked_days(leaf, unit, reporter, staff):
    corrections.accept(propose(leaf, 16, reporter), by=staff, now=leaf.snapshot.taken_at)

    page = client_for(staff).get(f"/units/{unit.pk}/?tab=figures").content.decode()

    assert f"{leaf.indicator.name}（处）" in page
    assert '<span class="num">10</span></a><small class="cell-note">' in page
    (address,) = re.findall(r'href="([^"]+)">更正后 16 处</a>', page)
    assert "漏计夜班" in client_for(staff).get(unescape(address)).content.decode()


def test_the_list_shows_what_is_in_scope(leaf, reporter, liaison):
    CorrectionFactory(figure=leaf)
    CorrectionFactory(reason="别的单位的事")

    for user in (reporter, liaison):
        page = client_for(user).get("/figures/corrections/").content.decode()
        assert "漏计夜班" in page
        assert "别的单位的事" not in page


def test_the_list_shows_no_restricted_values_to_the_group(leaf, liaison, reporter):
    leaf.indicator.is_restricted = True
    leaf.indicator.save()
    CorrectionFactory(figure=leaf)

    assert "漏计夜班" not in client_for(liaison).get("/figures/corrections/").content.decode()
    assert "漏计夜班" in client_for(reporter).get("/figures/corrections/").content.decode()


def test_a_correction_is_accepted_from_the_list(leaf, reporter, staff):
    proposal = propose(leaf, 16, reporter)

    answer = client_for(staff).post(
        f"/figures/corrections/{proposal.pk}/accept/",
        {"back": "/figures/corrections/?state=proposed"},
    )

    proposal.refresh_from_db()
    assert (proposal.state, proposal.reviewed_by) == (CorrectionState.ACCEPTED, staff)
    assert answer.url == "/figures/corrections/?state=proposed"


def test_back_leads_nowhere_else(leaf, reporter, staff):
    proposal = propose(leaf, 16, reporter)

    answer = client_for(staff).post(
        f"/figures/corrections/{proposal.pk}/decline/", {"back": "https://example.org/"}
    )

    assert answer.url == "/figures/corrections/"


def test_a_unit_does_not_review(leaf, reporter, unit_leader):
    proposal = propose(leaf, 16, reporter)

    answer = client_for(unit_leader).post(f"/figures/corrections/{proposal.pk}/accept/")

    assert answer.status_code == 403
    assert Correction.objects.get().state == CorrectionState.PROPOSED


def test_the_list_asks_a_fixed_number_of_queries(staff, django_assert_num_queries):
    client = client_for(staff)
    CorrectionFactory(proposed_by=UserFactory())
    client.get("/figures/corrections/")
    with CaptureQueriesContext(connection) as one:
        client.get("/figures/corrections/")
    for _ in range(3):
        CorrectionFactory(proposed_by=UserFactory())

    with django_assert_num_queries(len(one)):
        client.get("/figures/corrections/")
