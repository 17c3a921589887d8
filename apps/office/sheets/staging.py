"""From cells to a file of rows that COPY takes. Sealed columns are encrypted here, in Python."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.core.crypto import blind_index, blind_indexes, mask_phone, seal

from ..workbooks.tables import FoundTable
from .copytext import line
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
    wrong: int = 0


@dataclass
class _Reader:
    """Reads one column's cells; words that recur are read once."""

    column: SheetColumn
    at: int
    remembers: bool
    known: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def value(self, cells: Sequence[Any]) -> tuple[Any, str]:
        """Value and problem of this column's cell."""
        cell = cells[self.at] if self.at < len(cells) else None
        if type(cell) is not str or not self.remembers:
            return self._read(cell)
        found = self.known.get(cell)
        if found is None:
            found = self._read(cell)
            if len(self.known) < MOST_REMEMBERED:
                self.known[cell] = found
        return found

    def _read(self, cell: Any) -> tuple[Any, str]:
        parsed = self.column.read(cell)
        if parsed.problem:
            return None, parsed.problem
        if parsed.is_blank:
            return self.column.blank, EMPTY if self.column.is_needed else ""
        if parsed.qualifier:
            return None, f"“{parsed.qualifier}”不能用在这一列，请填写准确的值。"
        return parsed.value, ""


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


def stage(
    sheet: Sheet,
    table: FoundTable,
    *,
    rows: Path,
    problems: Path,
    progress: Callable[[int], object],
) -> Staged:
    """Read every row of `table`; write good values to `rows`, what is wrong to `problems`."""
    present = present_columns(sheet, table)
    readers = [
        # A key or a phone hardly comes twice.
        _Reader(column, table.columns[column.name], not column.is_key and not column.sealed)
        for column in present
    ]
    staged = Staged([column.name for column in present])
    with rows.open("w", encoding="utf-8") as good, problems.open("w", encoding="utf-8") as bad:
        for number, cells in table.rows():
            values, wrong = _row(sheet, readers, number, cells)
            good.write(line(values))
            for problem in wrong:
                bad.write(line(problem))
            staged.rows += 1
            staged.wrong += bool(wrong)
            if staged.rows % EACH == 0:
                progress(staged.rows)
    return staged


def _row(
    sheet: Sheet, readers: Sequence[_Reader], number: int, cells: Sequence[Any]
) -> tuple[list[Any], list[tuple[Any, ...]]]:
    values: list[Any] = [number]
    wrong: list[tuple[Any, ...]] = []
    ref = uuid.uuid4() if sheet.has_sealed else None
    if ref is not None:
        values.append(ref)
    for reader in readers:
        value, problem = reader.value(cells)
        if problem:
            wrong.append((number, reader.column.name, _shown(reader, cells), problem))
        if reader.column.sealed:
            values += _sealed(sheet, reader.column, value, ref)
        else:
            values.append(value)
    return values, wrong


def _shown(reader: _Reader, cells: Sequence[Any]) -> str:
    """The cell as the page may quote it: never a whole phone."""
    cell = cells[reader.at] if reader.at < len(cells) else None
    if cell is None:
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    text = text.strip()[:60]
    return mask_phone(text) if reader.column.sealed else text


def _sealed(
    sheet: Sheet, column: SheetColumn, plain: str | None, ref: uuid.UUID | None
) -> tuple[Any, ...]:
    """given, sealed, index, indexes under former keys, index of the mask."""
    if not plain or ref is None:
        return BLANK, "", "", None, ""
    place = f"{column.sealed}_sealed"
    if "*" in plain:
        return MASKED, "", "", None, blind_index(plain, column=MASK_COLUMN)
    index, *former = blind_indexes(plain, column=place)
    sealed = seal(plain, table=sheet.model._meta.db_table, column=place, ref=ref)
    return GIVEN, sealed, index, former or None, ""
