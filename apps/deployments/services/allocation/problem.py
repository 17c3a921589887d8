"""What is to be solved: who is where, who is wanted where, and how near that is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache

from ...allocating import Nearness

CITY: tuple[Hashable, ...] = ("city",)


LEVELS = ("community", "street", "district", "city")


STEPS = (Nearness.COMMUNITY, Nearness.STREET, Nearness.DISTRICT, Nearness.FURTHER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where people are or are wanted; None where it is not on record."""

    community: int | None = None
    street: int | None = None
    district: int | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """People of one unit who set out from one place. `zone`: the sealed area that holds them."""

    unit: int
    place: Place
    heads: int
    zone: Hashable = None


@dataclass(frozen=True, slots=True)
class Demand:
    """A need; `weight` says how much worse a head unmet here is than elsewhere."""

    place: Place
    heads: int
    weight: int = 1
    zone: Hashable = None


@dataclass(frozen=True, slots=True)
class Move:
    """`heads` of a supply go to a demand; both by their index."""

    supply: int
    demand: int
    heads: int
    nearness: Nearness


@dataclass(frozen=True, slots=True)
class Plan:
    moves: tuple[Move, ...]
    unmet: int
    distance: int
    """Steps climbed by everybody together."""
    load: int
    cost: int
    is_optimal: bool


def hub(place: Place, zone: Hashable, level: int) -> tuple[Hashable, ...]:
    """The node of a place at a level; a sealed area is a world of its own."""
    if zone is not None:
        return ("zone", zone)
    key = (place.community, place.street, place.district, "all")[level]
    return (LEVELS[level], key) if level < len(LEVELS) - 1 else CITY


@lru_cache(maxsize=20_000)
def climb(place: Place, zone: Hashable) -> tuple[tuple[Hashable, ...], ...]:
    """From the place itself to the city; from a place that is not on record only the city."""
    if zone is not None:
        return (hub(place, zone, 0),)
    known = (place.community, place.street, place.district)
    below = (hub(place, None, level) for level in range(3) if known[level] is not None)
    return (*below, CITY)
