"""What people type into a number cell, read the way the office means it."""

from decimal import Decimal
from typing import NamedTuple

from apps.core.numbers import UnreadableNumberError as UnreadableValueError
from apps.core.numbers import read_number

from .enums import Measure, Qualifier

__all__ = ["FRACTIONAL", "Reading", "UnreadableValueError", "parse_value", "qualifier_word"]

FRACTIONAL = frozenset(
    {Measure.HOURS, Measure.TONNES, Measure.CUBIC_METRES, Measure.SQUARE_METRES, Measure.YUAN}
)


class Reading(NamedTuple):
    """A cell as read: a number, an explicit zero, or missing (None), and how exact it is."""

    value: Decimal | None
    qualifier: Qualifier = Qualifier.EXACT


def qualifier_word(stored: str) -> str:
    """The stored qualifier as `formats.figure` writes it: 约, 余 or nothing."""
    return "" if stored == Qualifier.EXACT else str(Qualifier(stored).label)


def parse_value(text: str, measure: str = "") -> Reading:
    """Read one cell; `measure` (a `Measure`) says whether parts of one are possible.

    What is accepted is told by `core.numbers.read_number`, which also raises UnreadableValueError
    with the sentence for the field.
    """
    word = str(Measure(measure).label) if measure else ""
    whole = bool(measure) and measure not in FRACTIONAL
    number = read_number(text, measure=word, is_whole=whole)
    return Reading(number.value, Qualifier(number.qualifier))
