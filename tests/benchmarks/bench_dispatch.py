"""How long a proposal takes at the scale of the province, and how far from the optimum it is.

    python -m tests.benchmarks.bench_dispatch

Prints for 179 units × 1,243 needs and for 5,549 teams × 2,404 communities: the best time of five,
whether the optimum is proven, what first come, first served would come to, and in the smaller case
what a flow with an arc for every pair finds. Goals: 0.5 s and 1 s.
"""

import os
import time
from random import Random

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from apps.deployments.allocating import Nearness  # noqa: E402
from apps.deployments.services.allocation.problem import (  # noqa: E402
    Demand,
    Place,
    Plan,
    Supply,
)
from apps.deployments.services.allocation.solver import first_come, solve  # noqa: E402

DISTRICTS, STREETS, COMMUNITIES = 16, 210, 2_760


def places(rng: Random) -> list[Place]:
    district_of = [rng.randrange(DISTRICTS) for _ in range(STREETS)]
    streets = [rng.randrange(STREETS) for _ in range(COMMUNITIES)]
    return [Place(one, street, district_of[street]) for one, street in enumerate(streets)]


def instance(units: int, supplies: int, demands: int, seed: int):
    """Sizes are skewed, and there is a little less than is asked for."""
    rng = Random(seed)
    where = places(rng)
    wants = [
        Demand(
            place, min(3 + int(rng.expovariate(0.08)), 120), rng.choices((1, 2, 3), (8, 3, 1))[0]
        )
        for place in rng.sample(where, demands)
    ]
    asked = sum(one.heads for one in wants)
    weights = [rng.paretovariate(1.4) for _ in range(supplies)]
    scale = asked * 0.97 / sum(weights)
    offers = [
        Supply(number % units, rng.choice(where), max(1, round(weight * scale)))
        for number, weight in enumerate(weights)
    ]
    loads = {unit: rng.randrange(11) for unit in range(units)}
    return offers, wants, loads


def steps(one: Supply, other: Demand) -> int:
    a, b = one.place, other.place
    if a.community == b.community:
        return 0
    if a.street == b.street:
        return 1
    return 2 if a.district == b.district else 3


def over_pairs(offers, wants) -> tuple[int, int, float]:
    """Unmet heads and steps of a flow with an arc for every pair, and the seconds it took."""
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    began = time.perf_counter()
    flow = SimpleMinCostFlow()
    source, unmet = len(offers) + len(wants), 1_000_000
    rows = [(source, index, one.heads, 0) for index, one in enumerate(offers)]
    rows += [
        (source, len(offers) + number, want.heads, unmet * want.weight)
        for number, want in enumerate(wants)
    ]
    rows += [
        (index, len(offers) + number, min(one.heads, want.heads), steps(one, want))
        for number, want in enumerate(wants)
        for index, one in enumerate(offers)
    ]
    tails, heads, rooms, prices = (np.array(column) for column in zip(*rows, strict=True))
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, rooms, prices)
    asked = sum(one.heads for one in wants)
    amounts = [0] * len(offers) + [-one.heads for one in wants] + [asked]
    flow.set_nodes_supplies(np.arange(source + 1), np.array(amounts))
    flow.solve()
    flows = flow.flows(arcs)
    missing = int(flows[prices >= unmet].sum())
    distance = int((flows * np.where(prices >= unmet, 0, prices)).sum())
    return missing, distance, time.perf_counter() - began


def told(name: str, plan: Plan) -> None:
    near = {kind: sum(m.heads for m in plan.moves if m.nearness == kind) for kind in Nearness}
    share = " ".join(f"{kind.label} {heads:,}" for kind, heads in near.items() if heads)
    print(f"    {name}: unmet {plan.unmet:,}, steps {plan.distance:,}, {share}")


def measure(units: int, supplies: int, demands: int, *, seed: int = 1) -> None:
    offers, wants, loads = instance(units, supplies, demands, seed)
    times = []
    for _ in range(5):
        began, spent = time.perf_counter(), time.process_time()
        plan = solve(offers, wants, loads=loads)
        times.append((time.perf_counter() - began, time.process_time() - spent))
    wall, cpu = min(times)
    asked, offered = (sum(one.heads for one in rows) for rows in (wants, offers))
    print(f"{supplies:,} × {demands:,}: {asked:,} asked, {offered:,} offered")
    proof = "proven optimal" if plan.is_optimal else "not proven"
    print(f"    {wall:.3f} s ({cpu:.3f} s of one core), {proof}, {len(plan.moves):,} lines")
    told("proposal", plan)
    naive = first_come(offers, wants, order=range(len(wants)))
    told("first come", naive)
    print(f"    first come goes {naive.distance / plan.distance - 1:+.0%} further")
    if supplies * demands < 1_000_000:
        missing, distance, took = over_pairs(offers, wants)
        gap = f"unmet {missing - plan.unmet:+,}, steps {distance - plan.distance:+,}"
        print(f"    a flow over all pairs: {took:.2f} s, {gap}")


if __name__ == "__main__":
    measure(179, 179, 1_243)
    measure(179, 5_549, 2_404)
