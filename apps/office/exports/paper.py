"""Sheets in the office's own shape: title, 填报单位（盖章）, two-storey header, 合计, 注, 填表人.

Rows come in the official order from whoever builds them; `paper_writer` puts them on A4. What is missing is a `Blank` that says why, never a zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from apps.core.formats import Blank

Cell = str | int | float | Decimal | dt.date | dt.datetime | Blank | None


@dataclass(frozen=True)
class PaperColumn:
    """One column. Neighbours of the same `over` stand under one heading."""

    label: str
    kind: Literal["text", "number", "change", "day"] = "number"
    over: str = ""
    width: float = 9


@dataclass(frozen=True)
class Paper:
    """A sheet to be printed, sealed and signed.

    `basis` says what kind of figures these are and as of when: 核定数 or 快报数（未核定）. `total`
    is the 合计 row, with None where nothing is added.
    """

    title: str
    organ: str
    basis: str
    on: dt.date
    columns: Sequence[PaperColumn]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    notes: Sequence[str] = field(default_factory=tuple)
    empty: str = "无"


def numbered(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Rows with their 序号 before them."""
    return [[number, *row] for number, row in enumerate(rows, 1)]


def total_of(rows: Sequence[Sequence[Cell]], label: str = "合计") -> list[Cell]:
    """Sums of the columns that hold numbers of one measure; 合计 stands in the second column.

    A column of nothing but blanks has no sum: a total of what nobody reported is not zero.
    """
    summed: list[Cell] = []
    for column in zip(*rows, strict=True):
        numbers = [one for one in column if isinstance(one, int | Decimal)]
        summed.append(sum(numbers) if numbers else None)
    return [None, label, *summed[2:]]
