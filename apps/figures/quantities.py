"""A number that knows its measure: 人 and 人次 do not add up, in code no more than on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.core import formats

from .enums import Measure


class MixedMeasuresError(TypeError):
    """Two measures met in one sum: a mistake of ours, never of the person before the page."""

    def __init__(self, one: Measure, other: Measure) -> None:
        super().__init__(f"{one.label}与{other.label}口径不同，不能相加或比较。")


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of one measure. Adds, subtracts and compares with its own kind alone.

    A bare number has no measure and is refused as well; `total` adds many up.
    """

    value: Decimal
    measure: Measure

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.value + self._like(other), self.measure)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.value - self._like(other), self.measure)

    def __lt__(self, other: Quantity) -> bool:
        return self.value < self._like(other)

    def __gt__(self, other: Quantity) -> bool:
        return self.value > self._like(other)

    def __str__(self) -> str:
        return formats.figure(self.value, f" {self.measure.label}")

    def _like(self, other: Quantity) -> Decimal:
        if not isinstance(other, Quantity):
            raise TypeError(f"{self.measure.label}只能与{self.measure.label}相加，不能与裸数相加。")
        if other.measure != self.measure:
            raise MixedMeasuresError(self.measure, other.measure)
        return other.value


def total(quantities: Iterable[Quantity | None]) -> Quantity | None:
    """The sum of those that are there; None when all are missing. Raises MixedMeasuresError."""
    found: Quantity | None = None
    for one in quantities:
        if one is not None:
            found = one if found is None else found + one
    return found
