import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.daily.enums import ActKind, ActState, ReportState
from apps.daily.errors import DayLockedError, DayRefusedError, UnlockRefusedError
from apps.daily.models import DailyReport, RoundAct
from apps.daily.selectors.days import day_figures
from apps.daily.selectors.digest import campaign_day
from apps.daily.services import lock_day, take_flash_figures, unlock_day
from apps.figures.enums import (
    IndicatorKind,
    IndicatorSource,
    Measure,
    Qualifier,
    Rollup,
    ScopeKind,
    Stage,
)
from apps.figures.models import Correction, Figure, Snapshot
from apps.figures.services import corrections
from tests.cast import client_for
from tests.counting import cells
from tests.factories import (
    DeploymentDayFactory,
    DeploymentFactory,
    ExemptionFactory,
    UserFactory,
)

from .days import FIRST, SECOND, World, at, figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Four units; yesterday is locked with 10, 20, 30, 40, today's round is open."""
    world = World()
    world.open(FIRST)
    for unit, value in zip(world.units, (10, 20, 30, 40), strict=True):
        world.file(unit, FIRST, value)
    lock_day(world.campaign, on=FIRST, now=at(FIRST, 19))
    world.open(SECOND)
    return world


def lock(world, day=SECOND, **fields):
    return lock_day(world.campaign, on=day, now=at(day, 19), **fields)


def test_lock_day_adds_what_units_filed(world):
    for unit, value in zip(world.units[:3], (11, 0, 33), strict=True):
        world.file(unit, SECOND, value)

    snapshot = lock(world)

    total = figure(snapshot, world.clearing, ScopeKind.TOTAL)
    assert (total.value, total.reported, total.asked) == (44, 3, 4)
    assert snapshot.stage == Stage.LOCKED
    assert snapshot.as_of == at(SECOND, 17)


def test_lock_day_totals_of_every_scope_are_the_sum_of_their_leaves(world):
    for unit, value in zip(world.units, (11, 22, 33, 44), strict=True):
        world.file(unit, SECOND, value)

    snapshot = lock(world)

    leaves = Figure.objects.filter(
        snapshot=snapshot, indicator=world.clearing, scope=ScopeKind.UNIT
    )
    assert leaves.count() == 4
    for scope, place in ((ScopeKind.GROUP, "group"), (ScopeKind.CATEGORY, "category")):
        for total in Figure.objects.filter(
            snapshot=snapshot, indicator=world.clearing, scope=scope
        ):
            mine = leaves.filter(**{place: getattr(total, place)})
            assert total.value == sum(leaf.value for leaf in mine)
            assert total.asked == mine.count() == 2


def test_lock_day_keeps_missing_apart_from_zero(world):
    world.file(world.units[0], SECOND, 0)
    world.file(world.units[1], SECOND, None)

    snapshot = lock(world)

    zero, empty, unfiled = (
        figure(snapshot, world.clearing, ScopeKind.UNIT, unit=unit) for unit in world.units[:3]
    )
    assert (zero.value, zero.reported) == (0, 1)
    assert (empty.value, empty.reported) == (None, 0)
    assert (unfiled.value, unfiled.reported) == (None, 0)
    assert figure(snapshot, world.clearing, ScopeKind.TOTAL).reported == 1


def test_lock_day_total_nobody_filed_is_missing(world):
    snapshot = lock(world)

    total = figure(snapshot, world.clearing, ScopeKind.TOTAL)
    assert (total.value, total.reported, total.asked) == (None, 0, 4)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (ReportState.FILED, True),
        (ReportState.ACCEPTED, True),
        (ReportState.UNIT_REVIEW, False),
        (ReportState.RETURNED, False),
    ],
)
def test_lock_day_counts_what_the_unit_let_out(world, state, counts):
    world.file(world.units[0], SECOND, 7)
    DailyReport.objects.filter(unit=world.units[0], on=SECOND).update(state=state)

    snapshot = lock(world)

    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=world.units[0])
    assert leaf.value == (7 if counts else None)


def test_lock_day_takes_the_exempt_out_of_the_denominator():
    world = World()
    ExemptionFactory(campaign=world.campaign, unit=world.units[0], starts_on=FIRST)
    world.open(FIRST)
    world.file(world.units[1], FIRST, 5)

    snapshot = lock(world, FIRST)

    total = figure(snapshot, world.clearing, ScopeKind.TOTAL)
    assert (total.reported, total.asked) == (1, 3)
    assert not Figure.objects.filter(snapshot=snapshot, unit=world.units[0]).exists()


def test_lock_day_compares_the_units_of_both_days(world):
    world.file(world.units[0], SECOND, 15)
    world.file(world.units[1], SECOND, 5)

    total = figure(lock(world), world.clearing, ScopeKind.TOTAL)

    assert (total.compared, total.compared_before, total.compared_units) == (20, 30, 2)


def test_lock_day_compares_with_yesterday_as_corrected(world):
    leaf = Figure.objects.get(unit=world.units[0], indicator=world.clearing)
    proposal = corrections.propose(
        leaf, new=Decimal(16), reason="漏计夜班", by=UserFactory(), now=at(FIRST, 20)
    )
    corrections.accept(proposal, by=UserFactory(), now=at(FIRST, 21))
    world.file(world.units[0], SECOND, 15)

    total = figure(lock(world), world.clearing, ScopeKind.TOTAL)

    assert (total.compared, total.compared_before) == (15, 16)


def test_lock_day_compares_with_the_reports_of_a_day_nobody_locked():
    world = World()
    for day, value in ((FIRST, 10), (SECOND, 12)):
        world.open(day)
        world.file(world.units[0], day, value)

    total = figure(lock(world), world.clearing, ScopeKind.TOTAL)

    assert (total.compared, total.compared_before, total.compared_units) == (12, 10, 1)


def test_lock_day_has_nothing_to_compare_on_the_first_day():
    world = World()
    world.open(FIRST)
    world.file(world.units[0], FIRST, 10)

    total = figure(lock(world, FIRST), world.clearing, ScopeKind.TOTAL)

    assert (total.compared, total.compared_before, total.compared_units) == (None, None, 0)


def test_lock_day_carries_a_stock_over_in_a_line_of_its_own():
    world = World()
    posts = world.ask("F90", "值守点", kind=IndicatorKind.STOCK)
    for day, units in ((FIRST, world.units), (SECOND, world.units[:1])):
        world.open(day)
        for unit in units:
            world.file(unit, day, 3, indicator=posts)
        snapshot = lock(world, day)

    total = figure(snapshot, posts, ScopeKind.TOTAL)
    assert (total.value, total.carried_over) == (3, 9)
    assert figure(snapshot, world.clearing, ScopeKind.TOTAL).carried_over is None


@pytest.mark.parametrize("rollup", [Rollup.DISTINCT, Rollup.NONE])
def test_lock_day_never_adds_what_cannot_be_added(rollup):
    world = World()
    posts = world.ask(
        "F90",
        "值守卡口",
        kind=IndicatorKind.STOCK,
        rollup=rollup,
        measure=Measure.COUNT,
        source=IndicatorSource.BOTH,
    )
    world.open(FIRST)
    for unit in world.units:
        world.file(unit, FIRST, 3, indicator=posts)

    snapshot = lock(world, FIRST)

    scopes = Figure.objects.filter(snapshot=snapshot, indicator=posts).values_list("scope")
    assert list(scopes) == [(ScopeKind.UNIT,)] * 4


@pytest.mark.parametrize(
    ("qualifiers", "expected"),
    [
        (("", ""), Qualifier.EXACT),
        (("", Qualifier.OVER), Qualifier.OVER),
        ((Qualifier.ABOUT, Qualifier.OVER), Qualifier.ABOUT),
    ],
)
def test_lock_day_keeps_qualifiers(world, qualifiers, expected):
    for unit, qualifier in zip(world.units, qualifiers, strict=False):
        world.file(unit, SECOND, 3200, qualifier=qualifier)

    assert figure(lock(world), world.clearing, ScopeKind.TOTAL).qualifier == expected


def test_lock_day_refers_each_leaf_to_its_revision(world):
    revision = world.file(world.units[0], SECOND, 1)

    leaf = figure(lock(world), world.clearing, ScopeKind.UNIT, unit=world.units[0])

    assert leaf.revision_id == revision.pk
    assert (leaf.group, leaf.category) == (world.groups[0], world.units[0].category)


def test_lock_day_takes_the_ledger_as_it_stands(world):
    for n, unit in enumerate(world.units[:3]):
        deployment = DeploymentFactory(campaign=world.campaign, unit=unit, starts_on=SECOND)
        if n < 2:
            DeploymentDayFactory(deployment=deployment, on=SECOND, present=5 + n)

    snapshot = lock(world)

    total = figure(snapshot, world.present, ScopeKind.TOTAL)
    assert (total.value, total.reported, total.asked) == (11, 2, 3)
    leaf = figure(snapshot, world.present, ScopeKind.UNIT, unit=world.units[1])
    assert (leaf.value, leaf.group, leaf.category) == (6, world.groups[1], world.units[1].category)
    unentered = figure(snapshot, world.present, ScopeKind.UNIT, unit=world.units[2])
    assert unentered.value is None


def test_lock_day_compares_the_ledger_over_units_entered_on_both_days(world):
    first, second = (
        DeploymentFactory(campaign=world.campaign, unit=unit, starts_on=SECOND)
        for unit in world.units[:2]
    )
    third = SECOND + dt.timedelta(days=1)
    DeploymentDayFactory(deployment=first, on=SECOND, present=5)
    DeploymentDayFactory(deployment=second, on=SECOND, present=7)
    DeploymentDayFactory(deployment=first, on=third, present=6)
    lock(world)
    world.open(third)

    total = figure(lock(world, third), world.present, ScopeKind.TOTAL)

    assert (total.value, total.compared, total.compared_before) == (6, 6, 5)
    assert (total.compared_units, total.carried_over) == (1, 7)


def test_lock_day_asks_no_desk_for_what_the_campaign_does_not_ask():
    world = World()
    world.campaign.indicators.filter(indicator=world.present).delete()
    world.open(FIRST)
    DeploymentDayFactory(deployment=DeploymentFactory(campaign=world.campaign), on=FIRST)

    snapshot = lock(world, FIRST)

    assert not Figure.objects.filter(snapshot=snapshot, indicator=world.present).exists()


def test_lock_day_freezes_reports_and_settles_the_summary(world, staff):
    world.file(world.units[0], SECOND, 1)

    snapshot = lock(world, by=staff)

    frozen = DailyReport.objects.filter(on=SECOND).values_list("frozen_at", flat=True)
    assert set(frozen) == {at(SECOND, 19)}
    act = RoundAct.objects.get(round__on=SECOND, kind=ActKind.SUMMARY)
    assert (act.state, act.done_at) == (ActState.DONE, at(SECOND, 19))
    assert act.evidence == {"snapshot": snapshot.pk, "reported": 1, "asked": 4}
    assert snapshot.taken_by == staff


@pytest.mark.parametrize(
    ("minutes", "state"), [(1, ActState.DONE), (10, ActState.DONE), (11, ActState.DONE_LATE)]
)
def test_lock_day_is_late_ten_minutes_after_the_hour(world, minutes, state):
    lock_day(world.campaign, on=SECOND, now=at(SECOND, 19, minutes))

    assert RoundAct.objects.get(round__on=SECOND, kind=ActKind.SUMMARY).state == state


def test_lock_day_twice_is_refused(world):
    lock(world)

    with pytest.raises(DayLockedError, match="8月5日数据已于19:00锁定"), transaction.atomic():
        lock(world)

    assert Snapshot.objects.filter(on=SECOND).count() == 1


def test_lock_day_before_the_data_cut_is_refused(world):
    with pytest.raises(DayRefusedError, match="统计至17:00"):
        lock_day(world.campaign, on=SECOND, now=at(SECOND, 16, 59))

    assert not Snapshot.objects.filter(on=SECOND).exists()


def statements(world, day):
    with CaptureQueriesContext(connection) as queries:
        lock(world, day)
    return [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]


def test_lock_day_runs_four_statements(world):
    assert len(statements(world, SECOND)) == 4

    many = World.__new__(World)
    many.campaign = world.campaign
    third = SECOND + dt.timedelta(days=1)
    from tests.factories import UnitActivationFactory, UnitFactory

    for _ in range(30):
        unit = UnitFactory(group=world.groups[0])
        UnitActivationFactory(campaign=world.campaign, unit=unit)
        DeploymentDayFactory(
            deployment=DeploymentFactory(campaign=world.campaign, unit=unit), on=third
        )
    world.open(third)

    assert len(statements(world, third)) == 4


def test_flash_figures_leave_the_day_open(world):
    world.file(world.units[0], SECOND, 9)

    snapshot = take_flash_figures(world.campaign, on=SECOND, now=at(SECOND, 18))

    assert figure(snapshot, world.clearing, ScopeKind.TOTAL).value == 9
    assert snapshot.stage == Stage.FLASH
    assert not DailyReport.objects.filter(on=SECOND, frozen_at__isnull=False).exists()
    assert RoundAct.objects.get(round__on=SECOND, kind="summary").state == ActState.PENDING


def test_flash_figures_replace_the_former_ones(world):
    former = take_flash_figures(world.campaign, on=SECOND, now=at(SECOND, 17, 30))
    world.file(world.units[0], SECOND, 9)

    take_flash_figures(world.campaign, on=SECOND, now=at(SECOND, 18))

    former.refresh_from_db()
    assert former.withdrawn_at == at(SECOND, 18)
    day = day_figures(world.campaign, on=SECOND, user=None)
    assert (day.stage, day.value("F07", ScopeKind.TOTAL).value) == (Stage.FLASH, 9)


def test_flash_figures_of_a_locked_day_are_refused(world):
    lock(world)

    with pytest.raises(DayLockedError, match="快报数不再更新"):
        take_flash_figures(world.campaign, on=SECOND, now=at(SECOND, 20))


def test_preview_is_what_a_lock_would_store(world):
    world.file(world.units[0], SECOND, 9)
    world.file(world.units[3], SECOND, 0)
    DeploymentDayFactory(
        deployment=DeploymentFactory(campaign=world.campaign, unit=world.units[0]), on=SECOND
    )

    preview = day_figures(world.campaign, on=SECOND, user=None)
    lock(world)
    locked = day_figures(world.campaign, on=SECOND, user=None)

    def bare(day):
        return {
            key: (v.value, v.reported, v.of, v.change, v.carried_over)
            for key, v in day.values.items()
        }

    assert preview.stage is None
    assert bare(preview) == bare(locked)


def test_unlock_day_keeps_the_figures_and_opens_the_reports(world, staff, leader):
    world.file(world.units[0], SECOND, 9)
    snapshot = lock(world)

    unlock_day(snapshot, by=staff, consented_by=leader, reason="漏报一家", now=at(SECOND, 19, 30))

    snapshot.refresh_from_db()
    assert (snapshot.withdrawn_by, snapshot.consented_by) == (staff, leader)
    assert snapshot.figures.exists()
    assert not DailyReport.objects.filter(on=SECOND, frozen_at__isnull=False).exists()
    assert RoundAct.objects.get(round__on=SECOND, kind="summary").state == ActState.PENDING


def test_unlock_day_makes_late_reports_plain_ones(world, staff, leader):
    snapshot = lock(world)
    world.file(world.units[0], SECOND, 9)
    DailyReport.objects.filter(unit=world.units[0], on=SECOND).update(state=ReportState.LATE)
    unlock_day(snapshot, by=staff, consented_by=leader, reason="补齐", now=at(SECOND, 19, 30))

    again = lock_day(world.campaign, on=SECOND, now=at(SECOND, 20))

    assert figure(again, world.clearing, ScopeKind.TOTAL).value == 9


@pytest.mark.parametrize("state", [ReportState.ACCEPTED, ReportState.RETURNED])
def test_a_unit_in_the_lock_stays_counted_when_it_files_again(world, staff, state):
    """What differs is a correction: the page of the day must not lose the unit from its total."""
    report = DailyReport.objects.get(unit=world.units[0], on=FIRST)
    DailyReport.objects.filter(pk=report.pk).update(state=state)
    client_for(staff).post(
        reverse("daily:report_edit", args=[report.pk]),
        {
            "version": report.version,
            "submission": str(uuid.uuid4()),
            "v-F07": "12",
            "explanation": "漏计",
            "source": "phone",
            "source_name": "王处长",
            "source_at": "2021-08-04T20:00",
        },
    )

    page = client_for(staff).get(
        reverse("daily:round_detail", args=[world.campaign.code, FIRST.isoformat()])
    )

    total = page.context["summary"].total.reports
    assert (total.filed, total.late, total.asked) == (4, 0, 4)
    assert "已锁定 · 4/4 家" in page.content.decode()
    assert Correction.objects.get().new == 12


@pytest.mark.parametrize(
    ("reason", "consenting", "sentence"),
    [("  ", "leader", "请填写解锁原因"), ("漏报", "staff", "须经工委领导同意")],
)
def test_unlock_day_is_refused(world, request, staff, reason, consenting, sentence):
    snapshot = lock(world)
    consented_by = request.getfixturevalue(consenting)

    with pytest.raises(UnlockRefusedError, match=sentence):
        unlock_day(snapshot, by=staff, consented_by=consented_by, reason=reason, now=at(SECOND, 20))

    snapshot.refresh_from_db()
    assert snapshot.withdrawn_at is None


def test_unlock_day_twice_is_refused(world, staff, leader):
    snapshot = lock(world)
    again = {"by": staff, "consented_by": leader, "reason": "漏报", "now": at(SECOND, 20)}
    unlock_day(snapshot, **again)

    with pytest.raises(UnlockRefusedError, match="已解锁"):
        unlock_day(snapshot, **again)


def test_locking_anew_brings_accepted_corrections_along(world, staff, leader):
    world.file(world.units[0], SECOND, 9)
    snapshot = lock(world)
    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=world.units[0])
    proposal = corrections.propose(
        leaf, new=Decimal(12), reason="漏计夜班", by=leader, now=at(SECOND, 19, 10)
    )
    corrections.accept(proposal, by=staff, now=at(SECOND, 19, 20))
    unlock_day(snapshot, by=staff, consented_by=leader, reason="补齐", now=at(SECOND, 19, 30))

    lock_day(world.campaign, on=SECOND, now=at(SECOND, 20))

    day = day_figures(world.campaign, on=SECOND, user=None)
    total = day.value("F07", ScopeKind.TOTAL)
    assert (total.value, total.corrected, total.corrections) == (9, 12, 1)
    shown = cells(client_for(staff).get(reverse("figures:correction_list")))
    assert [(row[3:5], row[9]) for row in shown] == [(["9处", "12处"], "2021年8月5日 20:00")]


def test_locking_anew_drops_corrections_a_new_report_has_answered(world, staff, leader):
    world.file(world.units[0], SECOND, 9)
    snapshot = lock(world)
    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=world.units[0])
    proposal = corrections.propose(
        leaf, new=Decimal(12), reason="漏计夜班", by=leader, now=at(SECOND, 19, 10)
    )
    corrections.accept(proposal, by=staff, now=at(SECOND, 19, 20))
    unlock_day(snapshot, by=staff, consented_by=leader, reason="补齐", now=at(SECOND, 19, 30))
    world.file(world.units[0], SECOND, 14)

    lock_day(world.campaign, on=SECOND, now=at(SECOND, 20))

    total = day_figures(world.campaign, on=SECOND, user=None).value("F07", ScopeKind.TOTAL)
    assert (total.value, total.corrections) == (14, 0)
    # Old, new, who and why stay on record, with the lock they changed.
    (row,) = cells(client_for(staff).get(reverse("figures:correction_list")))
    assert (row[3:5], row[5]) == (["9处", "12处"], "漏计夜班")
    assert row[9] == "2021年8月5日 19:002021年8月5日 19:30 已解锁"


def test_a_proposal_about_a_lock_taken_back_waits_for_nobody(world, staff, leader):
    world.file(world.units[0], SECOND, 9)
    snapshot = lock(world)
    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=world.units[0])
    now = at(SECOND, 19, 10)
    corrections.propose(leaf, new=Decimal(12), reason="漏计夜班", by=leader, now=now)
    before = client_for(staff).get("/").content.decode()

    unlock_day(snapshot, by=staff, consented_by=leader, reason="补齐", now=at(SECOND, 19, 30))

    assert "1项更正待审核" in before
    assert "项更正待审核" not in client_for(staff).get("/").content.decode()


def test_locking_anew_brings_a_chain_of_corrections_along_whole(world, staff, leader):
    """9 → 12 → 9: the last word is 9, and the old values stay what they were."""
    world.file(world.units[0], SECOND, 9)
    snapshot = lock(world)
    leaf = figure(snapshot, world.clearing, ScopeKind.UNIT, unit=world.units[0])
    for minute, new in enumerate((12, 9), start=10):
        moment = at(SECOND, 19, minute)
        one = corrections.propose(leaf, new=Decimal(new), reason="漏计", by=leader, now=moment)
        corrections.accept(one, by=staff, now=moment)
    unlock_day(snapshot, by=staff, consented_by=leader, reason="补齐", now=at(SECOND, 19, 30))

    again = lock_day(world.campaign, on=SECOND, now=at(SECOND, 20))

    total = day_figures(world.campaign, on=SECOND, user=None).value("F07", ScopeKind.TOTAL)
    assert (total.value, total.corrected) == (9, 9)
    chain = Correction.objects.filter(figure__snapshot=again).order_by("pk")
    assert list(chain.values_list("old", "new")) == [(9, 12), (12, 9)]
    told = campaign_day(world.campaign, on=SECOND, since=at(SECOND, 19), until=at(SECOND, 21))
    assert len(told.corrections) == 2


@pytest.mark.django_db(transaction=True)
def test_lock_day_waits_for_a_submission_under_way():
    """What is being filed as the lock comes is either in the figures or told that it is late."""
    world = World(units=1)
    world.open(FIRST)
    revision = world.file(world.units[0], FIRST, 9)
    DailyReport.objects.update(state=ReportState.MISSING, current=None)
    writing, written = threading.Event(), threading.Event()

    def submit():
        try:
            with transaction.atomic():
                DailyReport.objects.filter(frozen_at=None).update(
                    state=ReportState.FILED, current=revision
                )
                writing.set()
                written.wait(0.5)
        finally:
            connection.close()

    submission = threading.Thread(target=submit)
    submission.start()
    writing.wait(5)
    snapshot = lock(world, FIRST)
    submission.join()

    assert figure(snapshot, world.clearing, ScopeKind.TOTAL).value == 9
