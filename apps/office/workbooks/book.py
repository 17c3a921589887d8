"""A workbook as it was read: sheets of rows, nothing converted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column; all counted from 0."""


class Uncomputed(str):
    """A cell that shows no value: the text of a formula nobody has computed, or Excel's error."""

    __slots__ = ()


@dataclass(frozen=True)
class SheetData:
    """One sheet. `rows` begin at Excel's row 1 and column A; empty cells are "" or None."""

    name: str
    rows: Sequence[list[Cell]]
    merged: list[Merge] = field(default_factory=list)
    is_hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Book:
    """`kind` is xlsx, xls or csv."""

    kind: str
    sheets: list[SheetData]
