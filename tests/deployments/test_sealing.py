"""A closure and who is where: who moves, who comes back, nobody crosses, everything undone."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from apps.communities.models import AreaStatus
from apps.core.dates import BEIJING, business_day
from apps.deployments import services
from apps.deployments.enums import DeploymentState
from apps.deployments.models import (
    Assignment,
    Deployment,
    MemberRegistration,
    SealingChange,
)
from apps.deployments.sealing import plan_of_closures, plan_of_returns
from apps.deployments.services import (
    CrossesClosureError,
    NotUndoableError,
    send_members,
)
from apps.jobs.services import run_requested
from tests.cast import client_for
from tests.counting import cells
from tests.factories import (
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    EstateFactory,
    MeasureFactory,
    MemberFactory,
    MembershipFactory,
    StreetFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2026, 8, 24, 8, 0, tzinfo=BEIJING)
TODAY = MORNING.date()


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=TODAY - 9 * DAY)


@pytest.fixture
def sealed(db):
    return MeasureFactory(name="封控管理", is_sealed=True)


@pytest.fixture
def inside(db):
    return CommunityFactory(name="城东路社区")


@pytest.fixture
def outside(db):
    return CommunityFactory(name="经八路社区")


def post(unit, campaign, community, **more):
    return DeploymentFactory(
        unit=unit, campaign=campaign, community=community, starts_on=TODAY - 5 * DAY, **more
    )


def serving(deployment, home=None, **more):
    estate = more.pop("estate", None)
    member = MemberFactory(unit=deployment.unit, home_community=home, home_estate=estate)
    AssignmentFactory(deployment=deployment, member=member, **more)
    return member


def close(measure, *, at=MORNING, **place):
    place = {"community": None, **place}
    return AreaStatusFactory(measure=measure, starts_at=at, **place)


def apply(by, *, is_drill=False):
    plan = plan_of_closures(is_drill=is_drill, today=business_day())
    asked = services.apply_closures(seal=plan.seal, is_drill=is_drill, by=by, now=timezone.now())
    return done(asked)


def bring_home(by):
    plan = plan_of_returns(is_drill=False, today=business_day())
    return done(services.return_people(seal=plan.seal, is_drill=False, by=by, now=timezone.now()))


def undo(sealing, by):
    services.undo_sealing(sealing, by=by, now=timezone.now())
    return done(sealing)


def done(sealing):
    """As it stands once the worker has had it."""
    run_requested(now=timezone.now())
    sealing.refresh_from_db()
    return sealing


def stays(member):
    rows = Assignment.objects.filter(member=member).order_by("starts_on")
    return [(r.deployment.community.name, r.starts_on, r.ends_on) for r in rows]


def ledger():
    return (
        list(Assignment.objects.order_by("pk").values_list()),
        list(Deployment.objects.order_by("pk").values_list("pk", "state", "ends_on", "is_local")),
        list(MemberRegistration.objects.order_by("pk").values_list("pk", "member", "ends_on")),
    )


def test_who_lives_inside_serves_at_home_and_who_does_not_comes_back(
    staff, unit, campaign, sealed, inside, outside
):
    there, here = post(unit, campaign, outside), post(unit, campaign, inside)
    resident, stranger = serving(there, home=inside), serving(here, home=outside)
    neighbour, passer_by = serving(here, home=inside), serving(there, home=outside)
    close(sealed, community=inside)

    apply(staff)

    assert stays(resident) == [
        ("经八路社区", TODAY - 5 * DAY, TODAY - DAY),
        ("城东路社区", TODAY, None),
    ]
    assert stays(stranger) == [("城东路社区", TODAY - 5 * DAY, TODAY - DAY)]
    assert stays(neighbour) == [("城东路社区", TODAY - 5 * DAY, None)]
    assert stays(passer_by) == [("经八路社区", TODAY - 5 * DAY, None)]
    moved = Assignment.objects.get(member=resident, starts_on=TODAY)
    assert moved.deployment == here
    here.refresh_from_db()
    assert here.is_local
    assert {(c.member, c.kind) for c in SealingChange.objects.all()} == {
        (resident, "moved"),
        (stranger, "withdrawn"),
    }
    again = apply(staff)
    assert (again.state, again.message) == ("refused", "没有需要调整的人员，未作改动。")


def test_a_unit_without_a_post_inside_gets_one_with_a_leader(
    staff, unit, campaign, sealed, inside, outside
):
    there = post(unit, campaign, outside)
    people = [serving(there, home=inside) for _ in range(3)]
    close(sealed, community=inside)

    sealing = apply(staff)

    made = Deployment.objects.get(community=inside)
    assert (made.is_local, made.unit, made.leader, made.state) == (
        True, unit, people[0], DeploymentState.PLANNED,
    )  # fmt: skip
    assert made.assignments.count() == 3
    there.refresh_from_db()
    assert (there.state, there.ends_on) == (DeploymentState.ENDED, TODAY - DAY)
    local = MemberRegistration.objects.filter(is_local=True)
    assert {row.member for row in local} == set(people)
    assert made.made_by == sealing


def test_the_exempt_are_withdrawn_and_given_no_post_by_a_closure(
    staff, unit, campaign, sealed, inside, outside
):
    there, here = post(unit, campaign, outside), post(unit, campaign, inside)
    spared, neighbour = serving(there, home=inside), serving(here, home=inside)
    for member in (spared, neighbour):
        member.is_exempt = True
        member.save(update_fields=["is_exempt"])
    close(sealed, community=inside)

    apply(staff)

    assert stays(spared) == [("经八路社区", TODAY - 5 * DAY, TODAY - DAY)]
    assert stays(neighbour) == [("城东路社区", TODAY - 5 * DAY, None)]
    assert {(c.member, c.kind) for c in SealingChange.objects.all()} == {(spared, "withdrawn")}
    assert not MemberRegistration.objects.exists()


def test_an_estate_closes_in_its_own_community(staff, unit, campaign, sealed, inside):
    estate = EstateFactory(community=inside)
    here = post(unit, campaign, inside)
    resident, neighbour = serving(here, inside, estate=estate), serving(here, inside)
    close(sealed, estate=estate)

    apply(staff)

    made = Deployment.objects.exclude(pk=here.pk).get()
    assert (made.community, made.local_post.estate) == (inside, estate)
    assert Assignment.objects.get(member=resident, starts_on=TODAY).deployment == made
    assert stays(neighbour) == [("城东路社区", TODAY - 5 * DAY, None)]


def test_a_street_closes_round_its_communities(staff, unit, campaign, sealed):
    street = StreetFactory()
    one, two = CommunityFactory.create_batch(2, street=street)
    within = post(unit, campaign, two)
    member = serving(within, home=one)
    stranger = serving(within, home=CommunityFactory())
    close(sealed, street=street)

    apply(staff)

    assert stays(member) == [(two.name, TODAY - 5 * DAY, None)]
    assert stays(stranger) == [(two.name, TODAY - 5 * DAY, TODAY - DAY)]


@pytest.mark.parametrize(
    ("hour", "last"), [(18, TODAY), (12, TODAY - DAY), (6, TODAY - DAY)], ids=str
)
def test_by_the_hour_a_closure_in_the_evening_leaves_the_day_alone(
    staff, unit, campaign, sealed, inside, outside, hour, last
):
    stranger = serving(post(unit, campaign, inside), home=outside)
    close(sealed, community=inside, at=MORNING.replace(hour=hour))

    apply(staff)

    assert stays(stranger)[0][2] == last


def test_a_measure_that_does_not_seal_moves_nobody(staff, unit, campaign, inside, outside):
    serving(post(unit, campaign, inside), home=outside)
    close(MeasureFactory(name="低风险"), community=inside)

    assert plan_of_closures(is_drill=False, today=TODAY).moves == []


def test_drills_and_real_closures_leave_each_other_alone(
    staff, unit, campaign, sealed, inside, outside
):
    exercise = CampaignFactory(is_drill=True, starts_on=TODAY - 9 * DAY)
    real = serving(post(unit, campaign, inside), home=outside)
    drilled = serving(post(unit, exercise, inside), home=outside)
    close(sealed, community=inside, is_drill=True)

    assert plan_of_closures(is_drill=False, today=TODAY).moves == []
    apply(staff, is_drill=True)

    assert stays(real)[0][2] is None
    assert stays(drilled)[0][2] == TODAY - DAY
    send_members(post(unit, campaign, inside), members=[_free(unit, outside)], since=TODAY)
    with pytest.raises(CrossesClosureError):
        send_members(post(unit, exercise, inside), members=[_free(unit, outside)], since=TODAY)


def _free(unit, home):
    return MemberFactory(unit=unit, home_community=home)


def test_nobody_is_sent_across_and_the_refusal_says_the_way_out(
    unit, campaign, sealed, inside, outside
):
    close(sealed, community=inside)
    here, there = post(unit, campaign, inside), post(unit, campaign, outside)
    resident, stranger = _free(unit, inside), _free(unit, outside)
    unknown = MemberFactory(unit=unit, home_community=None)

    with pytest.raises(CrossesClosureError) as refused:
        send_members(there, members=[resident], since=TODAY)
    assert refused.value.message == (
        f"城东路社区自8月24日08:00起封控管理（市指挥部通告31号），{resident.name}居住在其中，"
        "不能派往区域外；请改派居住社区的就地任务，或待解除后再派。"
    )
    for member in (stranger, unknown):
        with pytest.raises(CrossesClosureError, match="不住在其中，不能派入；请改派区域外的任务"):
            send_members(here, members=[member], since=TODAY)
    send_members(here, members=[resident], since=TODAY)
    send_members(there, members=[stranger, unknown], since=TODAY)


def test_a_closure_lifted_this_morning_keeps_nobody_back(unit, campaign, sealed, inside, outside):
    status = close(sealed, community=inside, at=MORNING - 3 * DAY)
    status.ends_at = MORNING
    status.save()

    send_members(post(unit, campaign, inside), members=[_free(unit, outside)], since=TODAY)


def test_a_closure_announced_for_later_keeps_an_open_stay_out(
    unit, campaign, sealed, inside, outside
):
    close(sealed, community=inside, at=MORNING + 3 * DAY)
    open_end = post(unit, campaign, inside)
    short = post(unit, campaign, inside, ends_on=TODAY + DAY)

    with pytest.raises(CrossesClosureError):
        send_members(open_end, members=[_free(unit, outside)], since=TODAY)
    send_members(short, members=[_free(unit, outside)], since=TODAY)


def test_applying_wants_the_plan_that_was_shown(staff, unit, campaign, sealed, inside, outside):
    here = post(unit, campaign, inside)
    serving(here, home=outside)
    close(sealed, community=inside)
    shown = plan_of_closures(is_drill=False, today=TODAY)
    late = serving(here, home=outside)

    asked = services.apply_closures(seal=shown.seal, is_drill=False, by=staff, now=timezone.now())

    assert done(asked).state == "refused"
    assert "请按最新情况核对" in asked.message
    assert stays(late)[0][2] is None


def test_undoing_puts_everything_back(staff, unit, campaign, sealed, inside, outside):
    there = post(unit, campaign, outside)
    serving(there, home=inside)
    serving(there, home=inside, starts_on=TODAY + 2 * DAY, ends_on=TODAY + 4 * DAY)
    serving(post(unit, campaign, inside), home=outside)
    close(sealed, community=inside)
    before = ledger()

    sealing = apply(staff)
    assert ledger() != before
    assert undo(sealing, staff).state == "undone"

    assert ledger() == before
    assert not services.undo_sealing(sealing, by=staff, now=timezone.now())


def test_whom_a_batch_sent_today_is_moved_and_put_back_with_the_batch(
    staff, unit, campaign, sealed, inside, outside
):
    there = post(unit, campaign, outside)
    members = [MemberFactory(unit=unit, home_community=home) for home in (inside, outside)]
    now = timezone.now()
    batch = services.send_batch(there, members=members, since=TODAY, by=staff, now=now)
    sent = set(batch.stays.values_list("member", "assignment"))
    close(sealed, community=inside)

    sealing = apply(staff)
    assert sealing.state == "applied"
    assert batch.stays.get(member=members[0]).assignment is None

    assert undo(sealing, staff).state == "undone"
    assert set(batch.stays.values_list("member", "assignment")) == sent
    assert services.undo_batch(batch, by=staff, now=timezone.now())


def test_undoing_is_refused_when_somebody_was_sent_elsewhere_or_counted(
    staff, unit, foreign_unit, campaign, sealed, inside, outside
):
    stranger = serving(post(foreign_unit, campaign, inside), home=outside)
    resident = serving(post(unit, campaign, outside), home=inside)
    close(sealed, community=inside)
    sealing = apply(staff)
    elsewhere = post(foreign_unit, campaign, CommunityFactory(), ends_on=TODAY)
    sent = send_members(elsewhere, members=[stranger], since=TODAY)
    after = ledger()

    assert undo(sealing, staff).state == "applied"
    assert stranger.name in sealing.message
    assert ledger() == after

    Assignment.objects.filter(pk__in=[row.pk for row in sent]).delete()
    made = Assignment.objects.get(member=resident, starts_on=TODAY).deployment
    DeploymentDayFactory(deployment=made, on=TODAY)
    assert undo(sealing, staff).state == "applied"
    assert "已登记在岗" in sealing.message


def test_undoing_keeps_what_was_written_of_a_post_it_made(
    staff, unit, campaign, sealed, inside, outside
):
    serving(post(unit, campaign, outside), home=inside)
    close(sealed, community=inside)
    sealing = apply(staff)
    visit = VisitFactory(campaign=campaign, unit=unit, deployment=sealing.made.get())
    after = ledger()

    assert undo(sealing, staff).state == "applied"

    assert "新建的就地任务已有其他登记" in sealing.message
    visit.refresh_from_db()
    assert (visit.deployment, ledger()) == (sealing.made.get(), after)


def test_undoing_is_refused_after_two_hours(staff, unit, campaign, sealed, inside, outside):
    serving(post(unit, campaign, inside), home=outside)
    close(sealed, community=inside)
    sealing = apply(staff)

    with pytest.raises(NotUndoableError, match="已超过2小时"):
        services.undo_sealing(sealing, by=staff, now=MORNING + dt.timedelta(hours=3))


def test_lifting_shows_who_returns_and_sends_them_back(
    staff, unit, campaign, sealed, inside, outside
):
    resident = serving(post(unit, campaign, outside), home=inside)
    stranger = serving(post(unit, campaign, inside), home=outside)
    status = close(sealed, community=inside)
    apply(staff)
    assert plan_of_returns(is_drill=False, today=TODAY).moves == []
    with time_machine.travel(MORNING + 5 * DAY, tick=False):
        status.ends_at = timezone.now()
        status.save()
        back = TODAY + 5 * DAY
        shown = plan_of_returns(is_drill=False, today=back)
        assert {(m.member, m.since) for m in shown.moves} == {
            (resident.pk, back), (stranger.pk, back),
        }  # fmt: skip
        before = ledger()

        sealing = bring_home(staff)

        assert stays(resident)[1:] == [
            ("城东路社区", TODAY, back - DAY), ("经八路社区", back, None),
        ]  # fmt: skip
        assert stays(stranger)[1:] == [("城东路社区", back, None)]
        assert plan_of_returns(is_drill=False, today=back).moves == []
        assert undo(sealing, staff).state == "undone"
        after = ledger()
        assert (after[0], after[1]) == (before[0], before[1])


def test_nobody_returns_who_was_sent_on_or_would_cross_another_closure(
    staff, unit, campaign, sealed, inside, outside
):
    busy = serving(post(unit, campaign, inside), home=outside)
    shut_in = serving(post(unit, campaign, inside), home=outside)
    status = close(sealed, community=inside)
    apply(staff)
    send_members(post(unit, campaign, CommunityFactory()), members=[busy], since=TODAY)
    shut_in.home_community = CommunityFactory()
    shut_in.save()
    close(sealed, community=shut_in.home_community, at=MORNING + DAY)
    status.ends_at = MORNING + DAY
    status.save()

    assert plan_of_returns(is_drill=False, today=TODAY + 2 * DAY).moves == []


def test_a_local_registration_stands_before_that_of_the_home_while_the_closure_lasts(
    staff, unit, campaign, sealed, inside, outside
):
    resident = serving(post(unit, campaign, outside), home=inside)
    home = MemberRegistration.objects.create(
        member=resident, community=outside, starts_on=TODAY - 30 * DAY
    )
    status = close(sealed, community=inside)
    apply(staff)

    def holds(day):
        return [row.community for row in MemberRegistration.objects.effective(day)]

    assert (holds(TODAY - DAY), holds(TODAY)) == ([outside], [inside])
    status.ends_at = MORNING + 3 * DAY
    status.save()
    assert holds(TODAY + 2 * DAY) == [inside]
    assert holds(TODAY + 3 * DAY) == [home.community]


def test_a_local_registration_lapses_with_its_closure_even_before_it_began(
    staff, unit, campaign, sealed, inside, outside
):
    there = post(unit, campaign, outside)
    now, later = serving(there, home=inside), serving(there, home=inside, starts_on=TODAY + 5 * DAY)
    status = close(sealed, community=inside)
    apply(staff)
    begun = MemberRegistration.objects.get(member=now)
    assert MemberRegistration.objects.get(member=later).starts_on == TODAY + 5 * DAY
    status.ends_at = MORNING + 3 * DAY
    status.save()

    for days in (2, 3):
        services.end_local_duty(MORNING + days * DAY)

    begun.refresh_from_db()
    assert (begun.ends_on, begun.void_reason) == (TODAY + 2 * DAY, "")
    void = MemberRegistration.objects.get(member=later)
    assert void.void_reason == "封控管理已于8月27日08:00解除，就地报到未开始"
    [shown] = cells(client_for(staff).get("/deployments/registrations/members/?standing=void"))
    assert "作废：封控管理已于8月27日08:00解除，就地报到未开始" in shown
    assert not MemberRegistration.objects.effective(void.starts_on).filter(member=later).exists()


def test_whose_local_registration_never_began_is_registered_by_the_next_closure(
    staff, unit, campaign, sealed, inside, outside
):
    later = serving(post(unit, campaign, outside), home=inside, starts_on=TODAY + 5 * DAY)
    status = close(sealed, community=inside)
    apply(staff)
    AreaStatus.objects.filter(pk=status.pk).update(ends_at=MORNING + DAY)
    services.end_local_duty(MORNING + 2 * DAY)
    bring_home(staff)
    close(sealed, community=inside, at=MORNING + 3 * DAY)

    apply(staff)

    found = MemberRegistration.objects.filter(member=later).order_by("pk")
    assert [bool(row.void_reason) for row in found] == [True, False]


def test_a_withdrawal_is_not_taken_back_across_a_closure_laid_since(
    staff, unit, campaign, sealed, inside, outside
):
    here = post(unit, campaign, inside)
    serving(here, home=outside)
    batch = services.withdraw_deployments(
        Deployment.objects.filter(pk=here.pk), last_day=TODAY, by=staff, now=timezone.now()
    )
    close(sealed, community=inside)

    with pytest.raises(CrossesClosureError):
        services.undo_batch(batch, by=staff, now=timezone.now())


def test_statements_do_not_grow_with_the_people(
    staff, unit, campaign, sealed, inside, outside, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    here, there = post(unit, campaign, inside), post(unit, campaign, outside)
    counted = []
    for _ in range(2):
        for _ in range(3):
            serving(here, home=outside)
            serving(there, home=inside)
        if not counted:
            close(sealed, community=inside)
        with CaptureQueriesContext(connection) as captured:
            apply(staff)
        counted.append(len(captured))

    assert counted[0] == counted[1]


def test_a_member_without_unit_today_is_still_moved(staff, unit, campaign, sealed, inside, outside):
    gone = MemberFactory(home_community=inside)
    MembershipFactory(member=gone, unit=unit, ends_on=TODAY - DAY)
    AssignmentFactory(deployment=post(unit, campaign, outside), member=gone)
    close(sealed, community=inside)

    apply(staff)

    assert stays(gone)[-1] == ("城东路社区", TODAY, None)


def test_what_a_closure_made_local_is_so_until_the_first_open_day(
    staff, unit, campaign, sealed, inside, outside
):
    here, there = post(unit, campaign, inside), post(unit, campaign, outside)
    by_hand = post(unit, campaign, outside, is_local=True)
    serving(here, home=inside)
    serving(there, home=CommunityFactory(name="嵩山路社区"))
    serving(there, home=inside)
    status = close(sealed, community=inside)
    apply(staff)

    def local():
        return set(Deployment.objects.filter(is_local=True))

    assert local() == {here, by_hand}
    evening = MORNING.replace(hour=18)
    AreaStatus.objects.filter(pk=status.pk).update(ends_at=evening)
    assert (services.end_local_duty(evening), local()) == (0, {here, by_hand})
    assert (services.end_local_duty(evening + DAY), local()) == (1, {by_hand})
