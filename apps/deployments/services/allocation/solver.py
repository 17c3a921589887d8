"""Who goes where at the least cost: unmet need first, then distance, then unfair load.

A minimum-cost flow. Distance is told by the places on record (same community, street, district,
further), and those form a tree: people climb from where they are to the lowest place that holds
both them and the need, each step costs one, and coming down is free. So the arcs grow with the
places, not with pairs, and what is found is the optimum over all pairs.

The three aims are weighed so that no amount of a later one outweighs one head of an earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...allocating import Nearness
from .problem import LEVELS, STEPS, Demand, Move, Place, Plan, Supply, climb

TIERS = 5
"""A unit's people in five equal parts: each part asked of it weighs one more than the last."""
MOST_LOAD = 10


@dataclass(frozen=True, slots=True)
class Weights:
    """The price of one step and of one head unmet, so that the order of the aims is strict."""

    step: int
    unmet: int


def weigh(demands: Iterable[Demand]) -> Weights:
    """Prices so high that every head cannot outweigh one step, nor every step one head unmet."""
    heads = sum(one.heads for one in demands)
    load = MOST_LOAD + TIERS
    step = heads * load + 1
    return Weights(step=step, unmet=heads * (3 * step + load) + 1)


class Network:
    """Arcs of the flow, gathered before they are handed over in one go."""

    def __init__(self) -> None:
        self.nodes: dict[Hashable, int] = {}
        self.tails: list[int] = []
        self.heads: list[int] = []
        self.rooms: list[int] = []
        self.costs: list[int] = []

    def node(self, key: Hashable) -> int:
        return self.nodes.setdefault(key, len(self.nodes))

    def arc(self, tail: Hashable, head: Hashable, *, room: int, cost: int = 0) -> int:
        self.tails.append(self.node(tail))
        self.heads.append(self.node(head))
        self.rooms.append(room)
        self.costs.append(cost)
        return len(self.tails) - 1


def solve(
    supplies: Sequence[Supply], demands: Sequence[Demand], *, loads: dict[int, int] | None = None
) -> Plan:
    """The cheapest plan. `loads`: 0 (rested) to 10 by unit, how much was asked of it lately."""
    if not demands:
        return Plan((), 0, 0, 0, 0, is_optimal=True)
    weights, loads = weigh(demands), loads or {}
    net = Network()
    net.node("source")
    _add_units(net, supplies, loads)
    leaving = [_add_supply(net, number, one, weights) for number, one in enumerate(supplies)]
    unmet = [_add_demand(net, number, one, weights) for number, one in enumerate(demands)]
    _add_places(net, supplies, demands, weights)
    flows, cost, is_optimal = _run(net, demands)
    missing = [flows[arc] for arc in unmet]
    moves = _moves(
        supplies,
        demands,
        [flows[arc] for arc in leaving],
        [one.heads - lack for one, lack in zip(demands, missing, strict=True)],
    )
    distance = sum(move.heads * max(move.nearness - Nearness.COMMUNITY, 0) for move in moves)
    price = sum(
        one.weight * lack * weights.unmet for one, lack in zip(demands, missing, strict=True)
    )
    load = cost - price - distance * weights.step
    return Plan(moves, sum(missing), distance, load, cost, is_optimal)


def _add_units(net: Network, supplies: Sequence[Supply], loads: dict[int, int]) -> None:
    sizes: dict[int, int] = defaultdict(int)
    for one in supplies:
        sizes[one.unit] += one.heads
    for unit, heads in sizes.items():
        for tier, room in enumerate(tiers(heads)):
            cost = min(loads.get(unit, 0), MOST_LOAD) + tier
            net.arc("source", ("unit", unit), room=room, cost=cost)


def tiers(heads: int) -> list[int]:
    """`heads` in up to five parts, the larger first."""
    part = -(-heads // TIERS) or 1
    return [min(part, heads - taken) for taken in range(0, heads, part)]


def _add_supply(net: Network, number: int, one: Supply, weights: Weights) -> int:
    """Whose street is not on record is as far as anybody else of the district."""
    lowest = climb(one.place, one.zone)[0]
    net.arc(("unit", one.unit), ("supply", number), room=one.heads)
    cost = _rank(lowest) * weights.step
    return net.arc(("supply", number), ("up", lowest), room=one.heads, cost=cost)


def _add_demand(net: Network, number: int, one: Demand, weights: Weights) -> int:
    exit_ = ("down", climb(one.place, one.zone)[0])
    net.arc(exit_, ("demand", number), room=one.heads)
    cost = weights.unmet * one.weight
    return net.arc("source", ("demand", number), room=one.heads, cost=cost)


def _add_places(
    net: Network, supplies: Sequence[Supply], demands: Sequence[Demand], weights: Weights
) -> None:
    """Up by a step each, across at every level, down for nothing."""
    room = sum(one.heads for one in demands)
    rising = _paths(supplies)
    falling = _paths(demands)
    for low, high, steps in sorted(rising, key=repr):
        net.arc(("up", low), ("up", high), room=room, cost=steps * weights.step)
    for low, high, _ in sorted(falling, key=repr):
        net.arc(("down", high), ("down", low), room=room)
    above = {high for _, high, _ in rising} | {climb(s.place, s.zone)[0] for s in supplies}
    below = {high for _, high, _ in falling} | {climb(d.place, d.zone)[0] for d in demands}
    for key in sorted(above & below, key=repr):
        net.arc(("up", key), ("down", key), room=room)


def _paths(
    ends: Sequence[Supply] | Sequence[Demand],
) -> set[tuple[tuple[Hashable, ...], tuple[Hashable, ...], int]]:
    """Every step between neighbouring places that somebody may take."""
    found = set()
    for place, zone in {(one.place, one.zone) for one in ends}:
        path = climb(place, zone)
        for low, high in pairwise(path):
            found.add((low, high, _level(high) - _level(low)))
    return found


def _level(key: tuple[Hashable, ...]) -> int:
    return LEVELS.index(str(key[0]))


def _run(net: Network, demands: Sequence[Demand]) -> tuple[list[int], int, bool]:
    # Heavy to load, and wanted only where a proposal is made.
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.array(net.tails), np.array(net.heads), np.array(net.rooms), np.array(net.costs)
    )
    amounts = np.zeros(len(net.nodes), dtype=np.int64)
    amounts[net.nodes["source"]] = sum(one.heads for one in demands)
    for number, one in enumerate(demands):
        amounts[net.nodes["demand", number]] = -one.heads
    flow.set_nodes_supplies(np.arange(len(net.nodes)), amounts)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the flow answered {status}")
    return flow.flows(arcs).tolist(), int(flow.optimal_cost()), True


def _moves(
    supplies: Sequence[Supply], demands: Sequence[Demand], leaving: list[int], coming: list[int]
) -> tuple[Move, ...]:
    """Pairs out of the flow: at each place, from the lowest up, those there serve those there.

    What neither finds a counterpart climbs on. An optimal flow crosses at the lowest place it can,
    so the pairs cost what the flow costs.
    """
    here: dict[tuple[Hashable, ...], tuple[list[list[int]], list[list[int]]]] = defaultdict(
        lambda: ([], [])
    )
    for index, heads in enumerate(leaving):
        if heads:
            here[climb(supplies[index].place, supplies[index].zone)[0]][0].append([index, heads])
    for index, heads in enumerate(coming):
        if heads:
            here[climb(demands[index].place, demands[index].zone)[0]][1].append([index, heads])
    moves: list[Move] = []
    for level in range(len(LEVELS)):
        for key in sorted((k for k in here if _rank(k) == level), key=repr):
            people, wants = here.pop(key)
            moves += _match(people, wants, STEPS[level] if key[0] != "zone" else None)
            for index, heads in people:
                here[_above(supplies[index].place, level)][0].append([index, heads])
            for index, heads in wants:
                here[_above(demands[index].place, level)][1].append([index, heads])
    return tuple(moves)


def _rank(key: tuple[Hashable, ...]) -> int:
    return 0 if key[0] == "zone" else _level(key)


def _above(place: Place, level: int) -> tuple[Hashable, ...]:
    path = climb(place, None)
    return next(key for key in path if _level(key) > level)


def _match(
    people: list[list[int]], wants: list[list[int]], nearness: Nearness | None
) -> list[Move]:
    """The largest with the largest, so that few pairs come of it; the rest stays in the lists."""
    moves = []
    people.sort(key=lambda one: (-one[1], one[0]))
    wants.sort(key=lambda one: (-one[1], one[0]))
    while people and wants:
        giver, taker = people[0], wants[0]
        heads = min(giver[1], taker[1])
        near = Nearness.ON_THE_SPOT if nearness is None else nearness
        moves.append(Move(giver[0], taker[0], heads, near))
        giver[1] -= heads
        taker[1] -= heads
        for side in (people, wants):
            if not side[0][1]:
                side.pop(0)
    return moves


def first_come(
    supplies: Sequence[Supply], demands: Sequence[Demand], *, order: Sequence[int]
) -> Plan:
    """What comes of answering needs one by one in `order`, each from the nearest with people left:
    the yardstick beside the proposal."""
    left = [one.heads for one in supplies]
    by_hub: dict[Hashable, list[int]] = defaultdict(list)
    for index, one in enumerate(supplies):
        for key in climb(one.place, one.zone):
            by_hub[key].append(index)
    moves: list[Move] = []
    unmet = 0
    for number in order:
        want = demands[number].heads
        for key in climb(demands[number].place, demands[number].zone):
            near = Nearness.ON_THE_SPOT if key[0] == "zone" else STEPS[_rank(key)]
            kept = [index for index in by_hub[key] if left[index]]
            by_hub[key] = kept
            for index in kept:
                heads = min(want, left[index])
                if not heads:
                    break
                left[index] -= heads
                want -= heads
                moves.append(Move(index, number, heads, near))
        unmet += want
    distance = sum(move.heads * max(move.nearness - Nearness.COMMUNITY, 0) for move in moves)
    return Plan(tuple(moves), unmet, distance, 0, 0, is_optimal=False)
