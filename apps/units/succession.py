"""Dated belongings for many rows at once: the rule of `services`, set by set."""

from __future__ import annotations

from dataclasses import dataclass

from apps.office.sheets import Applying


@dataclass(frozen=True)
class Succession:
    """Rows of `table` that say to what `owner` belongs from a day on.

    `values` are its columns, named in `compared` alike, and as `was_…` for what holds today. The
    owners stand in `owners`; new ones are found there by `known_by`, which `compared` has, too.
    """

    table: str
    owner: str
    values: tuple[str, ...]
    owners: str
    known_by: str

    def write(self, applying: Applying) -> None:
        """Let what is new or differs hold from the business day; the former ends the day before.

        A change of the same first day puts that day's row right.
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
            f"SELECT coalesce(c.target_id, o.id), {new}, %s FROM compared c "
            f'LEFT JOIN "{self.owners}" o ON o."{self.known_by}" = c."{self.known_by}" '
            f"WHERE (c.state = 'new' OR {moved}) AND c.\"{self.values[0]}\" IS NOT NULL "
            f'AND NOT EXISTS (SELECT FROM "{self.table}" m '
            f'WHERE m."{self.owner}" = c.target_id AND m.starts_on = %s)',
            [on, on],
        )
