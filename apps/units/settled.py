"""Days on which it is settled already which group a unit belongs to.

A report carries the group of its day, the ledger counts by the membership of that day. Once a
unit's report stands, the membership of its day stays, or one unit would count in two groups.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

Settled = Callable[[dt.date], QuerySet[Any]]
"""Answers rows with a `unit`: the units whose group of that day stands."""

_known: list[Settled] = []


def register_settled(settled: Settled) -> None:
    """Called by upper apps when they are ready."""
    _known.append(settled)


def is_settled(unit: Any, *, on: dt.date) -> bool:
    """Whether the group of `unit` on `on` may no longer change."""
    return any(settled(on).filter(unit=unit).exists() for settled in _known)


def settled_units(*, on: dt.date) -> list[int]:
    """Ids of the units whose group of `on` may no longer change."""
    return sorted({key for settled in _known for key in settled(on).values_list("unit", flat=True)})
