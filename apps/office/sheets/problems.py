"""What is wrong with compared rows: each named by row, column, value and reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from .declaration import Lookup, Sheet, SheetColumn
from .masks import unwelcome_masks
from .querying import sql_of

MARK_WRONG = (
    "UPDATE compared c SET state = 'wrong' FROM (SELECT DISTINCT \"row\" FROM problem) p "
    'WHERE p."row" = c."row" AND c.state <> \'wrong\''
)


class Problems:
    """Finds them set by set; the number of statements follows the sheet, not the rows."""

    def __init__(
        self,
        sheet: Sheet,
        present: Sequence[SheetColumn],
        absent: Sequence[SheetColumn],
        *,
        user: Any,
        on: dt.date,
    ) -> None:
        self.sheet, self.present, self.absent = sheet, present, absent
        self.user, self.on = user, on

    def find(self, cursor: CursorWrapper) -> None:
        """Fill `problem` and set the state of the rows it names."""
        cursor.execute(MARK_WRONG)
        self._of_columns(cursor)
        if not self.sheet.sees_all(self.user):
            self._keys_of_others(cursor)
        if self.sheet.fixed:
            self._fixed(cursor)
        for check in self.sheet.checks:
            column = self.sheet.by_name[check.column]
            given = check.params(self.user, self.on)
            self._say(cursor, column, check.reason, check.where, given)
        for names in self.sheet.unique:
            self._taken(cursor, names)
        cursor.execute(MARK_WRONG)
        self.sheet.find_problems(cursor, user=self.user, on=self.on)
        cursor.execute(MARK_WRONG)
        # Only now: a row that is wrong claims neither its key nor its name.
        keys = [key.name for key in self._keys()]
        for names in [keys, *self.sheet.unique]:
            self._twice(cursor, names)
            cursor.execute(MARK_WRONG)

    def _keys(self) -> list[SheetColumn]:
        return self.sheet.keys([column.name for column in self.present])

    def _of_columns(self, cursor: CursorWrapper) -> None:
        for column in self.present:
            if column.lookup:
                self._unknown_names(cursor, column, column.lookup)
        for column in self.absent:
            if column.is_needed:
                reason = f"新增时须有“{column.label}”，表中没有这一列，请补上。"
                self._say(cursor, column, reason, "c.target_id IS NULL")
        for column in self.present:
            if column.sealed:
                unwelcome_masks(cursor, self.sheet, column)

    def _say(
        self,
        cursor: CursorWrapper,
        column: SheetColumn,
        reason: str,
        where: str,
        params: Sequence[Any] = (),
    ) -> None:
        value = "''" if column.sealed else f'c."{column.name}"::text'
        cursor.execute(
            f'INSERT INTO problem SELECT c."row", %s, {value}, %s FROM compared c WHERE {where}',
            [column.name, reason, *params],
        )

    def _unknown_names(self, cursor: CursorWrapper, column: SheetColumn, lookup: Lookup) -> None:
        name = f'c."{column.name}"'
        cursor.execute(
            f'INSERT INTO problem SELECT c."row", %s, {name}::text, '
            f'CASE c."{column.name}_n" WHEN 0 THEN %s ELSE %s END '
            f"FROM compared c WHERE {name} <> '' AND c.\"{column.name}_n\" <> 1",
            [column.name, lookup.unknown, lookup.several],
        )

    def _keys_of_others(self, cursor: CursorWrapper) -> None:
        """Rows that stand, but not for this person: told apart from new ones, and nothing of them."""
        keys = self._keys()
        if any(key.lookup for key in keys):
            return  # a name in the key has been looked for within the person's scope already
        sql, params = sql_of(self.sheet.model._default_manager.all(), *(k.paths[0] for k in keys))
        names = ", ".join(f'"{key.name}"' for key in keys)
        same = " AND ".join(f'a."{key.name}" = c."{key.name}"' for key in keys)
        reason = f"该{keys[0].label}已有登记，但不在您的范围内，请核对，或联系工委办公室办理。"
        where = f"c.target_id IS NULL AND EXISTS (SELECT FROM ({sql}) AS a({names}) WHERE {same})"
        self._say(cursor, keys[0], reason, where, params)

    def _fixed(self, cursor: CursorWrapper) -> None:
        """Rows that are met and not to be changed: the reason stands in every cell that was."""
        sql, params = sql_of(self.sheet.writable(self.user), "pk")
        is_fixed = f"c.state = 'changed' AND c.target_id NOT IN ({sql})"
        for column in self.present:
            name = _valued(column)
            differs = name.replace('"', '"was_', 1)
            where = f"{is_fixed} AND c.{name} IS DISTINCT FROM c.{differs}"
            self._say(cursor, column, self.sheet.fixed, where, params)
        cursor.execute(MARK_WRONG)

    def _taken(self, cursor: CursorWrapper, names: Sequence[str]) -> None:
        """Another row that stands already has these values."""
        columns = [self.sheet.by_name[name] for name in names]
        table = self.sheet.model._meta.db_table
        same = " AND ".join(
            f"t.\"{column.stored}\" = c.{_valued(column)} AND c.{_valued(column)}::text <> ''"
            for column in columns
        )
        reason = f"“{columns[-1].label}”与另一条已有的记录相同，请核对。"
        where = (
            "(c.target_id IS NULL OR c.state = 'changed') AND EXISTS ("
            f'SELECT FROM "{table}" t WHERE {same} AND t.id IS DISTINCT FROM c.target_id)'
        )
        self._say(cursor, columns[-1], reason, where)

    def _twice(self, cursor: CursorWrapper, names: Sequence[str]) -> None:
        """The first good row of a file has the key; later ones are wrong."""
        columns = [self.sheet.by_name[name] for name in names]
        by = ", ".join(f"c.{_valued(column)}" for column in columns)
        given = " AND ".join(f"c.{_valued(column)}::text <> ''" for column in columns)
        last = columns[-1]
        told = f"“{last.label}”与第 "
        cursor.execute(
            'INSERT INTO problem SELECT d."row", %s, d.value, %s || d.first || %s FROM ('
            f'SELECT c."row", c."{last.name}"::text AS value, '
            f'min(c."row") OVER (PARTITION BY {by}) AS first '
            f"FROM compared c WHERE c.state <> 'wrong' AND {given}) d WHERE d.\"row\" > d.first",
            [last.name, told, " 行重复，请只留一行。"],
        )


def _valued(column: SheetColumn) -> str:
    return f'"{column.name}_id"' if column.lookup else f'"{column.name}"'
