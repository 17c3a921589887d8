"""Rows of cells as JSON, a few hundred at a time: the form they travel and rest in.

JSON and not pickle or marshal: the child that packs them reads hostile files.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from .book import Cell, Uncomputed

EACH = 500

FRAME = struct.Struct(">cI")
"""Before each piece the child sends: its kind and its length."""
NOTE, SHEET, ROWS, END, REFUSED = b"N", b"S", b"R", b"E", b"X"


def _odd(cell: Any) -> list[Any]:
    """A cell JSON has no word for."""
    if isinstance(cell, dt.datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, dt.date):
        return ["date", cell.isoformat()]
    if isinstance(cell, dt.time):
        return ["time", cell.isoformat()]
    if isinstance(cell, dt.timedelta):
        return ["seconds", cell.total_seconds()]
    raise TypeError(type(cell))


_KINDS: dict[str, Callable[[Any], Cell]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "seconds": lambda seconds: dt.timedelta(seconds=seconds),
    "uncomputed": Uncomputed,
}


def pack(rows: Sequence[list[Cell]], uncomputed: Sequence[tuple[int, int, str]] = ()) -> bytes:
    """`rows`, of which `uncomputed` names cells (row, column) that show no value."""
    for row, column, text in uncomputed:
        cells: list[Any] = rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = ["uncomputed", text]
    packed = json.dumps(rows, default=_odd, ensure_ascii=False, separators=(",", ":"))
    # A lone half of a surrogate pair is no text; JSON would carry it, UTF-8 does not.
    return packed.encode(errors="replace")


def unpack(packed: bytes) -> list[list[Cell]]:
    rows: list[list[Any]] = json.loads(packed)
    if packed.count(b"[") > len(rows) + 1:
        for cells in rows:
            for at, cell in enumerate(cells):
                if type(cell) is list:
                    cells[at] = _KINDS[cell[0]](cell[1])
    return rows


class PackedRows(Sequence[list[Cell]]):
    """Rows that are unpacked as one comes by: 72,000 of them rest in 12 MB instead of 100."""

    def __init__(self, chunks: Sequence[bytes], count: int) -> None:
        self._chunks = chunks
        self._count = count
        self._at = -1
        self._rows: list[list[Cell]] = []

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[Cell]]: ...
    def __getitem__(self, index: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._count))]
        at = index + self._count if index < 0 else index
        if not 0 <= at < self._count:
            raise IndexError(index)
        chunk, place = divmod(at, EACH)
        if chunk != self._at:
            self._at, self._rows = chunk, unpack(self._chunks[chunk])
        return self._rows[place]

    def __iter__(self) -> Iterator[list[Cell]]:
        for chunk in self._chunks:
            yield from unpack(chunk)
