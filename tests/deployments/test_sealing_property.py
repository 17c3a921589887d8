"""Random closures, homes, stays and sendings: nobody ever crosses a closed boundary afterwards."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.communities.models import AreaStatus
from apps.core.dates import BEIJING, moment_on
from apps.deployments import services
from apps.deployments.models import Assignment, LocalPost
from apps.deployments.sealing import plan_of_closures, plan_of_returns
from apps.deployments.services import AlreadySentError, CrossesClosureError
from tests.factories import (
    AreaPartFactory,
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    EstateFactory,
    MeasureFactory,
    MemberFactory,
    NamedAreaFactory,
    SealingFactory,
    StreetFactory,
    UnitFactory,
    UserFactory,
)

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 8, 24, 0, 30, tzinfo=BEIJING)
TODAY = START.date()
HORIZON = 8
PLACES = ("street", "community", "estate", "area")

# Which place, from which hour, for how many hours (0: no end), a drill or not.
closures = st.lists(
    st.tuples(
        st.integers(0, 8), st.integers(-30, 90), st.sampled_from([0, 5, 20, 40]), st.booleans()
    ),
    max_size=4,
)
# Home (a number past the estates is unknown), post, first day, length (0: no end), a drill or not.
stays = st.lists(
    st.tuples(
        st.integers(0, 7), st.integers(0, 3), st.integers(-3, 4), st.integers(0, 4), st.booleans()
    ),
    max_size=6,
)
sendings = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=4
)


class World:
    """Two streets with two communities each, two with an estate; two campaigns; two named areas:
    across the streets, and of an estate with the other street."""

    def __init__(self):
        self.by = UserFactory()
        self.unit = UnitFactory()
        self.streets = StreetFactory.create_batch(2)
        self.communities = [CommunityFactory(street=self.streets[n // 2]) for n in range(4)]
        self.estates = [EstateFactory(community=one) for one in self.communities[:2]]
        self.measure = MeasureFactory(is_sealed=True)
        begun = TODAY - 20 * DAY
        self.campaigns = {
            drill: CampaignFactory(is_drill=drill, starts_on=begun) for drill in (False, True)
        }
        self.places = [
            *({"street": one} for one in self.streets),
            *({"community": one} for one in self.communities[:3]),
            *({"estate": one} for one in self.estates),
            self.area({"community": self.communities[0]}, {"community": self.communities[2]}),
            self.area({"estate": self.estates[1]}, {"street": self.streets[1]}),
        ]

    def area(self, *parts):
        area = NamedAreaFactory()
        for part in parts:
            AreaPartFactory(area=area, **{"community": None, **part})
        return {"area": area}

    def close(self, place, hour, hours, drill):
        first = START + dt.timedelta(hours=hour)
        last = first + dt.timedelta(hours=hours) if hours else None
        where = {"community": None, **self.places[place]}
        same = AreaStatus.objects.filter(
            **{name: where.get(name) for name in PLACES}, is_drill=drill
        )
        if not same.exists():
            AreaStatusFactory(
                measure=self.measure, starts_at=first, ends_at=last, is_drill=drill, **where
            )

    def member(self, home):
        where = {}
        if home < len(self.communities):
            where = {"home_community": self.communities[home]}
        elif home < len(self.communities) + len(self.estates):
            estate = self.estates[home - len(self.communities)]
            where = {"home_community": estate.community, "home_estate": estate}
        return MemberFactory(unit=self.unit, **where)

    def post(self, place, drill, **more):
        return DeploymentFactory(
            unit=self.unit,
            campaign=self.campaigns[drill],
            community=self.communities[place],
            starts_on=TODAY - 10 * DAY,
            **more,
        )


def covers(status, place, estate):
    if isinstance(status, AreaStatus) and status.area is not None:
        return any(covers(part, place, estate) for part in status.area.parts.all())
    if status.estate_id:
        return estate == status.estate_id
    if status.community_id:
        return place is not None and place.pk == status.community_id
    return place is not None and place.street_id == status.street_id


def crossings():
    """Told by hand, day by day and row by row, from the words of the rule and nothing else."""
    found = []
    confined = dict(LocalPost.objects.values_list("deployment", "estate"))
    rows = Assignment.objects.select_related(
        "member__home_community", "member__home_estate__community", "deployment__community"
    )
    for row in rows:
        member, post = row.member, row.deployment
        home = member.home_estate.community if member.home_estate else member.home_community
        for status in AreaStatus.objects.filter(is_drill=row.is_drill, measure__is_sealed=True):
            inside = covers(status, home, member.home_estate_id)
            there = covers(status, post.community, confined.get(post.pk))
            for ahead in range(HORIZON):
                day = TODAY + ahead * DAY
                noon = moment_on(day, dt.time(12))
                holds = status.starts_at <= noon and (
                    status.ends_at is None or noon < status.ends_at
                )
                serves = row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
                if holds and serves and inside != there:
                    found.append((row.pk, status.pk, day))
    return found


def apply(world):
    for drill in (False, True):
        plan = plan_of_closures(is_drill=drill, today=TODAY)
        if plan.moves:
            carry_out("sealed", plan, drill, world)


def carry_out(kind, plan, drill, world):
    sealing = SealingFactory(
        kind=kind, seal=plan.seal, is_drill=drill, by=world.by, state="applying"
    )
    assert services.carry_out(sealing, now=timezone.now())


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stays, closures, sendings, closures)
# Withdrawn from tomorrow, whoever serves out today meets a closure that begins today.
@example([(0, 2, 0, 0, False)], [(1, 12, 0, False)], [], [(0, 0, 0, False)])
# From one place of an area to another of it, and from its estate out of it.
@example(
    [(0, 2, 0, 0, False), (5, 2, 0, 0, False), (5, 1, 0, 0, False), (1, 3, 0, 0, True)],
    [(7, 0, 0, False), (8, 0, 0, True)],
    [(2, 0, 1, False), (5, 0, 1, False), (5, 3, 1, True)],
    [(8, 0, 40, False)],
)
def test_nobody_crosses_a_closed_boundary(placed, first, sent, second):
    from django.db import transaction

    with time_machine.travel(START, tick=False), transaction.atomic():
        world = World()
        for home, place, begins, length, drill in placed:
            since = TODAY + begins * DAY
            until = since + length * DAY if length else None
            AssignmentFactory(
                deployment=world.post(place, drill),
                member=world.member(home),
                starts_on=since,
                ends_on=until,
            )
        for closure in first:
            world.close(*closure)
        apply(world)
        assert crossings() == []
        assert plan_of_closures(is_drill=False, today=TODAY).moves == []
        send(world, sent)
        assert crossings() == []
        for closure in second:
            world.close(*closure)
        apply(world)
        assert crossings() == []
        AreaStatus.objects.filter(ends_at=None, starts_at__lt=START).update(ends_at=START)
        bring_back(world)
        assert crossings() == []
        transaction.set_rollback(True)


def send(world, sent):
    for home, place, ahead, drill in sent:
        try:
            with_end = TODAY + (ahead + 2) * DAY
            services.send_members(
                world.post(place, drill, ends_on=with_end),
                members=[world.member(home)],
                since=TODAY + ahead * DAY,
            )
        except (CrossesClosureError, AlreadySentError):
            continue


def bring_back(world):
    for drill in (False, True):
        plan = plan_of_returns(is_drill=drill, today=TODAY)
        if plan.moves:
            carry_out("returned", plan, drill, world)
