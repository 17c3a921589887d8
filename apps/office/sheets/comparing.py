"""Rows of a file beside what stands: all set-based, in temporary tables of one transaction.

`staged` is the file, `problem` lists what is wrong (row, column, value, reason), `compared` has each
row as it will stand (`name`, `unit_id`), as it stands (`was_name`, `was_unit_id`), the id of the row
it meets (`target_id`) and its `state`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

from .completing import complete_keys
from .declaration import Sheet, SheetColumn
from .problems import Problems
from .querying import sql_of
from .staging import BLANK, MASKED, staged_fields

BLOCK = 1 << 20
CREATE_PROBLEM = (
    'CREATE TEMP TABLE problem ("row" int, "column" text, value text, reason text) ON COMMIT DROP'
)
COUNT = "SELECT state, count(*) FROM compared GROUP BY state"
FINGERPRINT = "SELECT count(*), coalesce(sum(hash_record_extended(c, 0)), 0) FROM compared c"


@dataclass
class Comparison:
    """Counts by state, and a fingerprint that is equal when nothing has changed meanwhile."""

    counts: dict[str, int]
    fingerprint: str


@dataclass
class _Parts:
    """The pieces of the statement that makes `compared`."""

    select: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


class Comparer:
    """Compares one file; `compare` may be called once in a transaction."""

    def __init__(self, sheet: Sheet, present: Sequence[str], *, user: Any, on: dt.date) -> None:
        self.sheet, self.user, self.on = sheet, user, on
        self.present = [column for column in sheet.columns if column.name in present]
        self.absent = [column for column in sheet.columns if column.name not in present]

    def compare(self, *, rows: Path, problems: Path) -> Comparison:
        """Fill the three temporary tables and say what is in them."""
        with connection.cursor() as cursor:
            # Whole sets are joined here and when they are written; of tables that were filled a
            # moment ago the planner guesses few rows, and a loop over 72,000 × 72,000 never ends.
            cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
            self._load(cursor, rows, problems)
            self._make_compared(cursor)
            Problems(self.sheet, self.present, self.absent, user=self.user, on=self.on).find(cursor)
            cursor.execute(COUNT)
            counts = dict(cursor.fetchall())
            cursor.execute(FINGERPRINT)
            number, total = cursor.fetchone()
        return Comparison(counts, f"{number}:{total}")

    # --- loading

    def _load(self, cursor: CursorWrapper, rows: Path, problems: Path) -> None:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged, pg_temp.problem, pg_temp.compared")
        fields = staged_fields(self.sheet, self.present)
        columns = ", ".join(f'"{name}" {kind}' for name, kind in fields)
        cursor.execute(f"CREATE TEMP TABLE staged ({columns}) ON COMMIT DROP")
        cursor.execute(CREATE_PROBLEM)
        _copy_in(cursor, "staged", rows)
        _copy_in(cursor, "problem", problems)
        if self.sheet.known_by:
            complete_keys(cursor, self.sheet, self.present, user=self.user)

    # --- comparing

    def _make_compared(self, cursor: CursorWrapper) -> None:
        parts = _Parts()
        keys = self.sheet.keys([column.name for column in self.present])
        for column in keys:
            self._join_lookup(parts, column)
        self._join_current(parts, keys)
        for column in self.present:
            self._join_lookup(parts, column)
        for column in self.present:
            self._select_present(parts, column)
        for column in self.absent:
            self._select_absent(parts, column)
        if self.sheet.has_sealed:
            parts.select += ["s.ref AS staged_ref", "coalesce(cur.ref, s.ref) AS ref"]
        same = " AND ".join(parts.same) or "true"
        state = (
            "CASE WHEN cur.pk IS NULL THEN 'new' "
            f"WHEN {same} THEN 'unchanged' ELSE 'changed' END AS state"
        )
        select = ", ".join(['s."row"', "cur.pk AS target_id", *parts.select, state])
        cursor.execute(
            f"CREATE TEMP TABLE compared ON COMMIT DROP AS SELECT {select} FROM staged s "
            + " ".join(parts.joins),
            parts.params,
        )

    def _join_lookup(self, parts: _Parts, column: SheetColumn) -> None:
        """Every spelling of every row that may be named, once; `n` tells how many bear it."""
        lookup = column.lookup
        if lookup is None or column.name in parts.ids:
            return
        for other in lookup.within.values():
            # What it is looked for within has to be found first.
            first = self.sheet.by_name[other.removesuffix("_id")]
            if first in self.present:
                self._join_lookup(parts, first)
        alias = f"l_{column.name}"
        within = list(lookup.within)
        sql, params = sql_of(lookup.rows(self.user), lookup.key, *lookup.names, *within)
        names = [f"n{i}" for i in range(len(lookup.names))]
        w = "".join(f', "{one}"' for one in within)
        spelled = ", ".join(f"{name}::text" for name in names)
        parts.joins.append(
            f"LEFT JOIN (SELECT form{w}, min(pk) AS id, min(label) AS label, "
            f"count(DISTINCT pk) AS n FROM (SELECT pk, n0::text AS label, "
            f"unnest(ARRAY[{spelled}]) AS form{w} FROM ({sql}) AS q(pk, {', '.join(names)}{w})) f "
            f"WHERE form <> '' GROUP BY form{w}) {alias} ON {alias}.form = s.\"{column.name}\""
            + "".join(
                f' AND {alias}."{one}" = {self._id_of(parts, other)}'
                for one, other in lookup.within.items()
            )
        )
        parts.params += params
        parts.ids[column.name] = f"CASE WHEN {alias}.n = 1 THEN {alias}.id END"

    def _id_of(self, parts: _Parts, name: str) -> str:
        """The id a lookup column has on this line: found in the file, or the present one."""
        column = name.removesuffix("_id")
        return parts.ids.get(column, f'cur."{column}_id"')

    def _join_current(self, parts: _Parts, keys: Sequence[SheetColumn]) -> None:
        rows = self.sheet.annotate(self.sheet.known(self.user), on=self.on)
        days = [key for key in keys if key.sql_type == "date"] if self.sheet.fixed else []
        for key in days:
            # Years of rows go out with lists; none but those of the file's days can be met.
            named = RawSQL(f'SELECT "{key.name}" FROM staged', [])  # noqa: S611
            rows = rows.filter(**{f"{key.paths[0]}__in": named})
        sql, params = sql_of(rows, *self.sheet.paths())
        if days:
            sql += " OFFSET 0"  # what is looked up of a row is so for those that are left
        on = " AND ".join(
            f'cur."{key.name}_id" = {parts.ids[key.name]}'
            if key.lookup
            else f'cur."{key.name}" = s."{key.name}"'
            for key in keys
        )
        parts.joins.append(f"LEFT JOIN ({sql}) AS cur({self._current_names()}) ON {on}")
        parts.params += params

    def _current_names(self) -> str:
        names = ["pk"]
        for column in self.sheet.columns:
            if column.sealed:
                names += [f"{column.name}_sealed", f"{column.name}_index"]
            else:
                names.append(column.name)
                if column.lookup:
                    names.append(f"{column.name}_id")
        if self.sheet.has_sealed:
            names.append("ref")
        return ", ".join(f'"{name}"' for name in names)

    def _select_present(self, parts: _Parts, column: SheetColumn) -> None:
        name = column.name
        if column.sealed:
            self._select_sealed(parts, name)
        elif column.lookup:
            alias, found = f"l_{name}", parts.ids[name]
            parts.select += [
                f'coalesce({alias}.label, s."{name}") AS "{name}"',
                f'{found} AS "{name}_id"',
                f'coalesce({alias}.n, 0) AS "{name}_n"',
                f'cur."{name}"::text AS "was_{name}"',
                f'cur."{name}_id" AS "was_{name}_id"',
            ]
            parts.same.append(f'({found}) IS NOT DISTINCT FROM cur."{name}_id"')
        else:
            was = f'cur."{name}"::{column.sql_type}'
            now = f's."{name}"'
            if column.follows:
                now = f"CASE WHEN {now}::text <> '' THEN {now} ELSE {was} END"
            parts.select += [f'{now} AS "{name}"', f'{was} AS "was_{name}"']
            parts.same.append(f"({now}) IS NOT DISTINCT FROM {was}")

    def _select_sealed(self, parts: _Parts, name: str) -> None:
        same = (
            f'CASE s."{name}_given" WHEN {MASKED} THEN true '
            f"WHEN {BLANK} THEN coalesce(cur.\"{name}_index\", '') = '' "
            f'ELSE coalesce(s."{name}_index" = cur."{name}_index" '
            f'OR cur."{name}_index" = ANY(s."{name}_former"), false) END'
        )
        parts.select += [
            f's."{name}_given"',
            f's."{name}_mask"',
            f'({same}) AS "{name}_same"',
            *(
                f"CASE WHEN {same} THEN coalesce(cur.\"{name}_{part}\", '') "
                f'ELSE s."{name}_{part}" END AS "{name}_{part}"'
                for part in ("sealed", "index")
            ),
            f'cur."{name}_sealed" AS "was_{name}_sealed"',
            f'cur."{name}_index" AS "was_{name}_index"',
        ]
        parts.same.append(f"({same})")

    def _select_absent(self, parts: _Parts, column: SheetColumn) -> None:
        """A column that is not in the file stays as it is; a new row has its blank."""
        name = column.name
        if column.sealed:
            parts.select += [
                f'{BLANK}::smallint AS "{name}_given"',
                f'true AS "{name}_same"',
                *(
                    f'coalesce(cur."{name}_{part}", \'\') AS "{name}_{part}"'
                    for part in ("sealed", "index")
                ),
                f'cur."{name}_sealed" AS "was_{name}_sealed"',
                f'cur."{name}_index" AS "was_{name}_index"',
            ]
            return
        kind = "text" if column.lookup else column.sql_type
        parts.select += [
            f'coalesce(cur."{name}"::{kind}, %s::{kind}) AS "{name}"',
            f'cur."{name}"::{kind} AS "was_{name}"',
        ]
        # Placeholders of the select list come before those of the joins.
        parts.params.insert(self._absent_before(column), column.blank)
        if column.lookup:
            parts.select += [
                f'cur."{name}_id" AS "{name}_id"',
                f'cur."{name}_id" AS "was_{name}_id"',
            ]

    def _absent_before(self, column: SheetColumn) -> int:
        earlier = self.absent[: self.absent.index(column)]
        return sum(not one.sealed for one in earlier)


def _copy_in(cursor: CursorWrapper, table: str, path: Path) -> None:
    with path.open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        while block := file.read(BLOCK):
            copy.write(block)


def leave_unchanged(cursor: CursorWrapper, names: Sequence[str]) -> None:
    """Of changed rows those that say what stands after all, in the columns `names`, are none."""
    same = " AND ".join(f'c."{one}" IS NOT DISTINCT FROM c."was_{one}"' for one in names)
    cursor.execute(
        f"UPDATE compared c SET state = 'unchanged' WHERE c.state = 'changed' AND {same}"
    )
