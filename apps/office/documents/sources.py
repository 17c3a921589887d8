"""What stands in the books today for a number that a document printed. Upper apps answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True)
class Frozen:
    """One stored figure. `is_locked`: part of a standing lock, neither provisional nor undone."""

    value: Decimal | None
    measure: str
    qualifier: str = ""
    change: Decimal | None = None
    compared_units: int = 0
    is_locked: bool = True


Lookup: TypeAlias = Callable[[Collection[int]], Mapping[int, Frozen]]

_lookups: list[Lookup] = []


def register_figures(lookup: Lookup) -> None:
    """Called once as the portal gets ready, by the app that keeps the figures."""
    if lookup not in _lookups:
        _lookups.append(lookup)


def frozen_figures(ids: Collection[int]) -> dict[int, Frozen]:
    """Those of `ids` that are stored, by id."""
    found: dict[int, Frozen] = {}
    for lookup in _lookups if ids else ():
        found.update(lookup(ids))
    return found
