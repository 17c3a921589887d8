"""Dated belongings for many rows at once: the rule of `services`, set by set."""

from __future__ import annotations

from dataclasses import dataclass

from apps.office.sheets import Applying


@dataclass(frozen=True)
class Succession:
    """Rows of `table` that say to what `owner` belongs from a day on.

    `values` are its columns, named in `compared` alike, and as `was_…` for what holds today.
    """

    table: str
    owner: str
    values: tuple[str, ...]

    def write(self, applying: Applying, *, owner: str) -> None:
        """Let what is new or differs hold from the business day; the former ends the day before.

        `owner` is SQL for the id of the row's owner, over `compared c`. A change of the same first
        day puts that day's row right.
        """
        cursor, on = applying.cursor, applying.on
        new = ", ".join(f'c."{name}"' for name in self.values)
        was = ", ".join(f'c."was_{name}"' for name in self.values)
        moved = f"c.state = 'changed' AND ({new}) IS DISTINCT FROM ({was})"
        sets = ", ".join(f'"{name}" = c."{name}"' for name in self.values)
        cursor.execute(
            f'UPDATE "{self.table}" m SET {sets} FROM compared c '
            f'WHERE m."{self.owner}" = c.target_id AND m.starts_on = %s AND {moved}',
            [on],
        )
        cursor.execute(
            f'UPDATE "{self.table}" m SET ends_on = %s::date - 1 FROM compared c '
            f'WHERE m."{self.owner}" = c.target_id AND m.starts_on < %s '
            f"AND (m.ends_on IS NULL OR m.ends_on >= %s) AND {moved}",
            [on, on, on],
        )
        names = ", ".join(f'"{name}"' for name in self.values)
        cursor.execute(
            f'INSERT INTO "{self.table}" ("{self.owner}", {names}, starts_on) '
            f"SELECT coalesce(c.target_id, ({owner})), {new}, %s FROM compared c "
            f"WHERE (c.state = 'new' OR {moved}) AND c.\"{self.values[0]}\" IS NOT NULL "
            f'AND NOT EXISTS (SELECT FROM "{self.table}" m '
            f'WHERE m."{self.owner}" = c.target_id AND m.starts_on = %s)',
            [on, on],
        )
