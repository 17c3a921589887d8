"""Sealed columns come back masked or whole; both are settled here, where keys are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from apps.core.crypto import blind_index, mask_phone, seal, unseal

from .copytext import line
from .declaration import Sheet, SheetColumn
from .staging import GIVEN, MASK_COLUMN, MASKED

NEW_MASKED = "新增的人请填写完整号码，不能带星号。"
OTHER_MASK = "带星号的号码与现有号码对不上；不改的保持原样，要改的填写完整号码。"
EACH = 2000


def unwelcome_masks(cursor: CursorWrapper, sheet: Sheet, column: SheetColumn) -> None:
    """Say which masks are not those of the present value: an edit of a mask is never lost."""
    name = column.name
    cursor.execute(
        f"INSERT INTO problem SELECT \"row\", %s, '', %s FROM compared "
        f'WHERE "{name}_given" = {MASKED} AND target_id IS NULL',
        [name, NEW_MASKED],
    )
    table, place = sheet.model._meta.db_table, f"{column.sealed}_sealed"
    masked = (
        f'SELECT "row", "{name}_mask", "{name}_sealed", ref FROM compared '
        f'WHERE "{name}_given" = {MASKED} AND target_id IS NOT NULL'
    )
    wrong = [
        line((row, name, "", OTHER_MASK))
        for row, mask, sealed, ref in _each(masked)
        if blind_index(
            mask_phone(unseal(sealed, table=table, column=place, ref=ref)), column=MASK_COLUMN
        )
        != mask
    ]
    _copy(cursor, "problem", wrong)


def reseal(cursor: CursorWrapper, sheet: Sheet, column: SheetColumn) -> None:
    """Bind the values of rows that stand already to those rows: they were sealed for new ones."""
    name = column.name
    table, place = sheet.model._meta.db_table, f"{column.sealed}_sealed"
    given = (
        f'SELECT "row", "{name}_sealed", staged_ref, ref FROM compared '
        f'WHERE "{name}_given" = {GIVEN} AND state = \'changed\' AND NOT "{name}_same"'
    )
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.resealed_{name}")
    cursor.execute(f'CREATE TEMP TABLE resealed_{name} ("row" int, sealed text) ON COMMIT DROP')
    lines = []
    for row, sealed, staged_ref, ref in _each(given):
        plain = unseal(sealed, table=table, column=place, ref=staged_ref)
        lines.append(line((row, seal(plain, table=table, column=place, ref=ref))))
    _copy(cursor, f"resealed_{name}", lines)
    cursor.execute(
        f'UPDATE compared c SET "{name}_sealed" = r.sealed FROM resealed_{name} r '
        'WHERE r."row" = c."row"'
    )


def _each(statement: str) -> Iterator[tuple[Any, ...]]:
    """Rows a few thousand at a time, by a cursor of the server."""
    with connection.connection.cursor("office_rows") as rows:
        rows.itersize = EACH
        rows.execute(statement)
        yield from rows


def _copy(cursor: CursorWrapper, table: str, lines: list[str]) -> None:
    if lines:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write("".join(lines))
