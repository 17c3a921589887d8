"""Compared rows into the tables: INSERT … SELECT and one UPDATE, then what the sheet adds."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.utils import CursorWrapper

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
    pairs = _pairs(sheet.columns)
    _insert(cursor, sheet, pairs)
    _update(cursor, sheet, pairs)
    sheet.apply(applying)


def _pairs(columns: Sequence[SheetColumn]) -> list[tuple[str, str]]:
    """Columns of the table with the expression that fills them."""
    pairs = []
    for column in columns:
        if column.sealed:
            pairs += [
                (f"{column.sealed}_{part}", f'c."{column.name}_{part}"')
                for part in ("sealed", "index")
            ]
        elif column.stored:
            name = f"{column.name}_id" if column.lookup else column.name
            pairs.append((column.stored, f'c."{name}"'))
    return pairs


def _insert(cursor: CursorWrapper, sheet: Sheet, pairs: Sequence[tuple[str, str]]) -> None:
    pairs = [*pairs, *sheet.added.items()]
    if sheet.has_sealed:
        pairs.append(("ref", "c.ref"))
    names = ", ".join(f'"{name}"' for name, _ in pairs)
    values = ", ".join(value for _, value in pairs)
    table = sheet.model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM compared c '
        "WHERE c.state = 'new' ORDER BY c.\"row\""
    )


def _update(cursor: CursorWrapper, sheet: Sheet, pairs: Sequence[tuple[str, str]]) -> None:
    table = sheet.model._meta.db_table
    sets = ", ".join(f'"{name}" = {value}' for name, value in pairs)
    old = ", ".join(f't."{name}"' for name, _ in pairs)
    new = ", ".join(value for _, value in pairs)
    cursor.execute(
        f'UPDATE "{table}" t SET {sets} FROM compared c WHERE t.id = c.target_id '
        f"AND c.state = 'changed' AND ({old}) IS DISTINCT FROM ({new})"
    )
