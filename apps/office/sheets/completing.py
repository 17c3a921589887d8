"""Rows without their key that say otherwise, beyond doubt, whom they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from ..workbooks.tables import FoundTable
from .declaration import Sheet, SheetColumn
from .querying import sql_of
from .staging import EMPTY, GIVEN


def add_key(sheet: Sheet, table: FoundTable) -> None:
    """Let a file without the column of the key be read as one whose cells are empty."""
    for key in _keys(sheet):
        if key.name not in table.columns:
            table.add(key.name)


def complete_keys(
    cursor: CursorWrapper, sheet: Sheet, present: Sequence[SheetColumn], *, user: Any
) -> None:
    """Give each such row in `staged` the key of the one row in the person's scope that it names.

    The columns of `known_by` must all agree with exactly one row; the rest is told to add the key.
    """
    named = [sheet.by_name[name] for name in sheet.known_by]
    for key in _keys(sheet):
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM staged WHERE coalesce(\"{key.name}\", '') = '')"
        )
        if not cursor.fetchone()[0]:
            continue
        if all(column in present for column in named):
            _fill(cursor, sheet, key, named, user=user)
        cursor.execute(
            'DELETE FROM problem p USING staged s WHERE p."row" = s."row" '
            f'AND p."column" = %s AND p.reason = %s AND s."{key.name}" <> \'\'',
            [key.name, EMPTY],
        )
        cursor.execute(
            'UPDATE problem SET reason = %s WHERE "column" = %s AND reason = %s',
            [_reason(key, named), key.name, EMPTY],
        )


def _keys(sheet: Sheet) -> list[SheetColumn]:
    return [column for column in sheet.columns if column.is_key] if sheet.known_by else []


def _reason(key: SheetColumn, named: Sequence[SheetColumn]) -> str:
    by = "和".join(column.label for column in named)
    return f"没有{key.label}，按{by}也认不出唯一的一条，请补上；新增的须有{key.label}。"


def _fill(
    cursor: CursorWrapper,
    sheet: Sheet,
    key: SheetColumn,
    named: Sequence[SheetColumn],
    *,
    user: Any,
) -> None:
    """Sealed columns are compared by their index, under the present key and, apart, under former
    ones: one statement with OR could not be hashed."""
    paths = [f"{one.sealed}_index" if one.sealed else one.paths[0] for one in named]
    sql, params = sql_of(sheet.writable(user), key.paths[0], *paths)
    names = ", ".join(f'"{one.name}"' for one in named)
    once = (
        f"SELECT {names}, min(key) AS key FROM ({sql}) AS q(key, {names}) "
        f"WHERE {' AND '.join(f'{_text(one)} <> %s' for one in named)} "
        f"GROUP BY {names} HAVING count(*) = 1"
    )
    sealed = [one for one in named if one.sealed]
    for former in (False, True) if sealed else (False,):
        source = "staged s" + "".join(
            f' CROSS JOIN LATERAL unnest(s."{one.name}_former") AS f_{one.name}(value)'
            for one in sealed
            if former
        )
        agree = [f'{_staged(one, former=former)} = m."{one.name}"' for one in named]
        agree += [f's."{one.name}_given" = {GIVEN}' for one in sealed]
        cursor.execute(
            f'UPDATE staged t SET "{key.name}" = m.key FROM {source} JOIN ({once}) m '
            f"ON {' AND '.join(agree)} "
            f'WHERE t."row" = s."row" AND coalesce(s."{key.name}", \'\') = \'\'',
            [*params, *([""] * len(named))],
        )


def _text(column: SheetColumn) -> str:
    return f'q."{column.name}"::text'


def _staged(column: SheetColumn, *, former: bool) -> str:
    if not column.sealed:
        return f's."{column.name}"'
    return f"f_{column.name}.value" if former else f's."{column.name}_index"'
