"""Compared rows into the tables: INSERT … SELECT and one UPDATE, then what the sheet adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from apps.core.statements import keys_checked_at_once

from ..models import ImportBatch
from .declaration import Applying, Sheet, SheetColumn
from .masks import reseal
from .results import keep_sealed


def lock_tables(cursor: CursorWrapper, sheet: Sheet) -> None:
    """Let nobody write to the sheet's tables until the transaction ends; readers go on."""
    names = ", ".join(f'"{model._meta.db_table}"' for model in sheet.tables)
    cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def write_rows(batch: ImportBatch, sheet: Sheet, applying: Applying) -> None:
    """Write every new and changed row of `compared`; nothing in it may be wrong."""
    cursor = applying.cursor
    sealed = [column for column in sheet.columns if column.sealed]
    keep_sealed(cursor, batch, sealed)
    for column in sealed:
        if column.name in batch.columns:
            reseal(cursor, sheet, column)
    with keys_checked_at_once(cursor):
        sheet.prepare(applying)
        if not sheet.writes_itself:
            pairs = _pairs(sheet.columns)
            _insert(cursor, sheet, pairs)
            _update(cursor, sheet, pairs)
        sheet.apply(applying)


@dataclass(frozen=True)
class _Pair:
    """A column of the table, the expression that fills it, and the type both are compared in."""

    name: str
    value: str
    kind: str


def _pairs(columns: Sequence[SheetColumn]) -> list[_Pair]:
    pairs = []
    for column in columns:
        if column.sealed:
            pairs += [
                _Pair(f"{column.sealed}_{part}", f'c."{column.name}_{part}"', "text")
                for part in ("sealed", "index")
            ]
        elif column.stored and column.lookup:
            pairs.append(_Pair(column.stored, f'c."{column.name}_id"', "bigint"))
        elif column.stored:
            pairs.append(_Pair(column.stored, f'c."{column.name}"', column.sql_type))
    return pairs


def _insert(cursor: CursorWrapper, sheet: Sheet, pairs: Sequence[_Pair]) -> None:
    filled = [(pair.name, pair.value) for pair in pairs] + list(sheet.added.items())
    if sheet.has_sealed:
        filled.append(("ref", "c.ref"))
    names = ", ".join(f'"{name}"' for name, _ in filled)
    values = ", ".join(value for _, value in filled)
    table = sheet.model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM compared c '
        "WHERE c.state = 'new' ORDER BY c.\"row\""
    )


def _update(cursor: CursorWrapper, sheet: Sheet, pairs: Sequence[_Pair]) -> None:
    table = sheet.model._meta.db_table
    sets = ", ".join(f'"{pair.name}" = {pair.value}' for pair in pairs)
    old = ", ".join(f't."{pair.name}"::{pair.kind}' for pair in pairs)
    new = ", ".join(pair.value for pair in pairs)
    cursor.execute(
        f'UPDATE "{table}" t SET {sets} FROM compared c WHERE t.id = c.target_id '
        f"AND c.state = 'changed' AND ({old}) IS DISTINCT FROM ({new})"
    )
