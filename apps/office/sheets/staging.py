"""From cells to a file of rows that COPY takes. Sealed columns are encrypted here, in Python."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.utils import CursorWrapper

from apps.core.crypto import Sealer, blind_index, mask_phone
from apps.core.formats import Qualifier

from ..workbooks.tables import FoundTable
from .copytext import NULL, array, field, line
from .declaration import Sheet, SheetColumn

EACH = 4000
"""Rows between two words on how far it is."""
MOST_REMEMBERED = 20_000

BLANK, GIVEN, MASKED = 0, 1, 2
"""What stood in a sealed column's cell."""

EMPTY = "不能为空，请填写。"
MASK_COLUMN = "mask"


@dataclass
class Staged:
    """What was read: which columns of the sheet the file has, and how many rows."""

    present: list[str]
    rows: int = 0


class _Reader:
    """Reads one column's cells into COPY's text; words that recur are read once."""

    def __init__(self, column: SheetColumn, at: int) -> None:
        self.column, self.at = column, at
        # A key hardly comes twice.
        self._known: dict[str, tuple[str, str]] | None = None if column.is_key else {}

    def cell(self, cells: Sequence[Any]) -> Any:
        return cells[self.at] if self.at < len(cells) else None

    def take(self, cells: Sequence[Any], ref: str) -> tuple[str, str]:  # noqa: ARG002
        """The text for COPY, and what is wrong with the cell."""
        cell = cells[self.at] if self.at < len(cells) else None
        known = self._known
        if known is None or type(cell) is not str:
            return self._read(cell)
        found = known.get(cell)
        if found is None:
            found = self._read(cell)
            if len(known) < MOST_REMEMBERED:
                known[cell] = found
        return found

    def _read(self, cell: Any) -> tuple[str, str]:
        value, problem = self.value(cell)
        return field(value), problem

    def value(self, cell: Any) -> tuple[Any, str]:
        parsed = self.column.read(cell)
        if parsed.problem:
            return None, parsed.problem
        if parsed.is_blank:
            return self.column.blank, EMPTY if self.column.is_needed else ""
        if parsed.qualifier:
            word = Qualifier[parsed.qualifier.upper()]
            return None, f"“{word}”不能用在这一列，请填写准确的值。"
        return parsed.value, ""


class _SealedReader(_Reader):
    """Reads a sealed column: given, sealed, index, indexes under former keys, index of the mask."""

    def __init__(self, column: SheetColumn, at: int, table: str) -> None:
        super().__init__(column, at)
        self._sealer = Sealer(table=table, column=f"{column.sealed}_sealed")

    def take(self, cells: Sequence[Any], ref: str) -> tuple[str, str]:
        plain, problem = self.value(self.cell(cells))
        if not plain:
            return f"{BLANK}\t\t\t{NULL}\t", problem
        if "*" in plain:
            return f"{MASKED}\t\t\t{NULL}\t{blind_index(plain, column=MASK_COLUMN)}", problem
        index, *older = self._sealer.indexes(plain)
        former = array(older) if older else NULL
        return f"{GIVEN}\t{self._sealer.seal(plain, ref)}\t{index}\t{former}\t", problem


def new_ref() -> str:
    """A random UUID as it is written; `uuid.uuid4` takes four times as long."""
    text = os.urandom(16).hex()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def present_columns(sheet: Sheet, table: FoundTable) -> list[SheetColumn]:
    return [column for column in sheet.columns if column.name in table.columns]


def staged_fields(sheet: Sheet, present: Sequence[SheetColumn]) -> list[tuple[str, str]]:
    """Name and SQL type of each column of the staging table, in the order of the file."""
    fields = [("row", "int")]
    if sheet.has_sealed:
        fields.append(("ref", "uuid"))
    for column in present:
        if column.sealed:
            name = column.name
            fields += [(f"{name}_given", "smallint"), (f"{name}_sealed", "text")]
            fields += [(f"{name}_index", "text"), (f"{name}_former", "text[]")]
            fields.append((f"{name}_mask", "text"))
        else:
            fields.append((column.name, column.sql_type))
    return fields


def staged_columns(cursor: CursorWrapper) -> frozenset[str]:
    """What the file itself has, of which `compared` fills the rest from what stands."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_temp.staged'::regclass AND attnum > 0"
    )
    return frozenset(name for (name,) in cursor.fetchall())


def stage(
    sheet: Sheet,
    table: FoundTable,
    *,
    rows: Path,
    problems: Path,
    progress: Callable[[int], object],
) -> Staged:
    """Read every row of `table`; write good values to `rows`, what is wrong to `problems`."""
    readers = _readers(sheet, table)
    has_ref = sheet.has_sealed
    staged = Staged([reader.column.name for reader in readers])
    with rows.open("w", encoding="utf-8") as good, problems.open("w", encoding="utf-8") as bad:
        for number, cells in table.rows():
            ref = new_ref() if has_ref else ""
            texts = [str(number), ref] if has_ref else [str(number)]
            for reader in readers:
                text, problem = reader.take(cells, ref)
                texts.append(text)
                if problem:
                    bad.write(line((number, reader.column.name, _shown(reader, cells), problem)))
            good.write("\t".join(texts) + "\n")
            staged.rows += 1
            if staged.rows % EACH == 0:
                progress(staged.rows)
    return staged


def _readers(sheet: Sheet, table: FoundTable) -> list[_Reader]:
    place = sheet.model._meta.db_table
    return [
        _SealedReader(column, table.columns[column.name], place)
        if column.sealed
        else _Reader(column, table.columns[column.name])
        for column in present_columns(sheet, table)
    ]


def _shown(reader: _Reader, cells: Sequence[Any]) -> str:
    """The cell as the page may quote it: never a whole phone."""
    text = shown(cells, reader.at)
    return mask_phone(text) if reader.column.sealed else text


def shown(cells: Sequence[Any], at: int) -> str:
    """What stands in a cell, as a problem quotes it."""
    cell = cells[at] if at < len(cells) else None
    if cell is None:
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return text.strip()[:60]
