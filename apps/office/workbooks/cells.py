"""Reads one cell as an office means it; what is not certain is a problem, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .book import Cell


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell holds.

    `qualifier` is "about" or "over" (`figures.Qualifier`). `problem` is the reason with its remedy;
    `offer` then what may be meant and must be confirmed. `is_blank` is missing, not zero.
    """

    value: Any = None
    qualifier: str = ""
    problem: str = ""
    offer: Any = None
    is_blank: bool = False


def read_text(cell: Cell, *, most: int) -> Parsed:
    """Text of at most `most` characters, its ends trimmed."""
    raise NotImplementedError


def read_name(cell: Cell, *, most: int) -> Parsed:
    """A person's or place's name: as text, without the blanks offices space names with."""
    raise NotImplementedError


def read_count(cell: Cell, *, measure: str = "") -> Parsed:
    """A whole number from 0; `measure` is the word that may stand after it."""
    raise NotImplementedError


def read_decimal(cell: Cell, *, places: int = 2, measure: str = "") -> Parsed:
    """A number from 0 with up to `places` decimals, as Decimal."""
    raise NotImplementedError


def read_day(cell: Cell, *, year: int | None = None, is_end: bool = False) -> Parsed:
    """A date. `year` is taken where the cell has none; with `is_end` 至今 is blank."""
    raise NotImplementedError


def read_moment(cell: Cell, *, year: int | None = None) -> Parsed:
    """A date with its time, aware, in the portal's time zone."""
    raise NotImplementedError


def read_phone(cell: Cell) -> Parsed:
    """A phone: 11 digits of a mobile, or area code and number with a dash."""
    raise NotImplementedError


def read_choice(cell: Cell, choices: Mapping[str, Any]) -> Parsed:
    """One of the labels of `choices`, as its value."""
    raise NotImplementedError


def read_flag(cell: Cell) -> Parsed:
    """Yes or no."""
    raise NotImplementedError
