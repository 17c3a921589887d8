"""The proposal is the best there is: it equals trying everything, and it never crosses a boundary."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.deployments.allocating import Nearness
from apps.deployments.services.allocation.problem import Demand, Place, Supply
from apps.deployments.services.allocation.solver import first_come, solve, tiers

PLACES = [Place(n, n // 2, n // 4) for n in range(6)] + [Place(None, None, 1), Place()]
ZONES = st.sampled_from([None, None, None, "a", "b"])
SUPPLIES = st.lists(
    st.builds(
        Supply,
        unit=st.integers(0, 1),
        place=st.sampled_from(PLACES),
        heads=st.integers(1, 3),
        zone=ZONES,
    ),
    max_size=3,
)
DEMANDS = st.lists(
    st.builds(
        Demand,
        place=st.sampled_from(PLACES[:6]),
        heads=st.integers(1, 3),
        weight=st.integers(1, 3),
        zone=ZONES,
    ),
    min_size=1,
    max_size=2,
)


def steps(supply, demand):
    """How far, or None where the way is closed."""
    if supply.zone != demand.zone:
        return None
    if supply.zone is not None:
        return 0
    a, b = supply.place, demand.place
    if a.community is not None and a.community == b.community:
        return 0
    if a.street is not None and a.street == b.street:
        return 1
    return 2 if a.district is not None and a.district == b.district else 3


def best(supplies, demands, loads):
    """Weighed unmet heads, steps and load of the best of all plans."""
    pairs = [
        (i, j, steps(one, other))
        for i, one in enumerate(supplies)
        for j, other in enumerate(demands)
        if steps(one, other) is not None
    ]
    rooms = [range(min(supplies[i].heads, demands[j].heads) + 1) for i, j, _ in pairs]
    return min(
        (
            scored
            for amounts in product(*rooms)
            if (scored := score(supplies, demands, loads, pairs, amounts)) is not None
        ),
        default=None,
    )


def score(supplies, demands, loads, pairs, amounts):
    given_, taken = [0] * len(supplies), [0] * len(demands)
    distance = 0
    for (i, j, far), heads in zip(pairs, amounts, strict=True):
        given_[i] += heads
        taken[j] += heads
        distance += far * heads
    if any(n > one.heads for n, one in zip(given_, supplies, strict=True)):
        return None
    if any(n > one.heads for n, one in zip(taken, demands, strict=True)):
        return None
    unmet = sum(one.weight * (one.heads - n) for n, one in zip(taken, demands, strict=True))
    return unmet, distance, load_of(supplies, given_, loads)


def load_of(supplies, given_, loads):
    total = 0
    for unit in {one.unit for one in supplies}:
        size = sum(one.heads for one in supplies if one.unit == unit)
        asked = sum(n for n, one in zip(given_, supplies, strict=True) if one.unit == unit)
        for tier, room in enumerate(tiers(size)):
            part = min(room, asked)
            total += part * (loads.get(unit, 0) + tier)
            asked -= part
    return total


@settings(max_examples=60)
@given(SUPPLIES, DEMANDS, st.fixed_dictionaries({0: st.integers(0, 10), 1: st.integers(0, 10)}))
def test_a_plan_equals_the_best_of_all_plans(supplies, demands, loads):
    plan = solve(supplies, demands, loads=loads)

    taken = [sum(m.heads for m in plan.moves if m.demand == j) for j in range(len(demands))]
    weighed = sum(d.weight * (d.heads - n) for d, n in zip(demands, taken, strict=True))
    assert (weighed, plan.distance, plan.load) == best(supplies, demands, loads)
    assert plan.unmet == sum(d.heads for d in demands) - sum(taken)


@settings(max_examples=60)
@given(SUPPLIES, DEMANDS)
def test_a_plan_is_one_that_can_be_carried_out(supplies, demands):
    for plan in (
        solve(supplies, demands),
        first_come(supplies, demands, order=[*range(len(demands))]),
    ):
        for index, one in enumerate(supplies):
            assert sum(m.heads for m in plan.moves if m.supply == index) <= one.heads
        for index, one in enumerate(demands):
            assert sum(m.heads for m in plan.moves if m.demand == index) <= one.heads
        for move in plan.moves:
            supply, demand = supplies[move.supply], demands[move.demand]
            assert supply.zone == demand.zone
            far = steps(supply, demand)
            spot = supply.zone is not None
            assert move.nearness == (Nearness.ON_THE_SPOT if spot else Nearness.COMMUNITY + far)


def test_first_come_wastes_what_a_plan_does_not():
    near, far = Place(1, 1, 1), Place(9, 9, 9)
    supplies = [Supply(1, near, 5), Supply(2, far, 5)]
    demands = [Demand(Place(2, 2, 1), 5), Demand(near, 5)]

    plan, naive = solve(supplies, demands), first_come(supplies, demands, order=[0, 1])

    assert (plan.unmet, plan.distance) == (0, 15)
    assert (naive.unmet, naive.distance) == (0, 10 + 15)


def test_among_equals_the_rested_unit_goes():
    place = Place(1, 1, 1)

    plan = solve([Supply(1, place, 4), Supply(2, place, 4)], [Demand(place, 2)], loads={1: 9, 2: 0})

    assert [(m.supply, m.heads) for m in plan.moves] == [(1, 2)]


def test_nobody_asked_for_is_nobody_sent():
    assert solve([Supply(1, Place(), 3)], []).moves == ()
