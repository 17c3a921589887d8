"""Taking an import back, from what the audit trail has of it, where nothing stands on it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.utils import CursorWrapper

from apps.accounts.database import SECRET_ENDINGS

from ..models import ImportBatch
from .declaration import Sheet

TRAIL = """
CREATE TEMP TABLE trail ON COMMIT DROP AS
SELECT id, "table", key::bigint AS key, operation, before
FROM accounts_auditentry
WHERE at >= %s AND actor = %s AND request = %s AND "table" = ANY(%s)
"""
LATER = """
SELECT count(DISTINCT t.key) FROM trail t
JOIN accounts_auditentry a ON a."table" = t."table" AND a.key = t.key::text
WHERE t."table" = %s AND a.id > (SELECT max(id) FROM trail)
"""


def read_trail(cursor: CursorWrapper, batch: ImportBatch, sheet: Sheet) -> None:
    """Put what the import wrote into the temporary table `trail`."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.trail")
    tables = [model._meta.db_table for model in sheet.tables]
    cursor.execute(TRAIL, [batch.applying_at, batch.by.username, batch.trail, tables])
    cursor.execute('CREATE INDEX ON trail ("table", key)')
    cursor.execute("ANALYZE trail")


def what_stands_on_it(cursor: CursorWrapper, sheet: Sheet) -> list[str]:
    """Sentences on what was changed since, or uses what the import added."""
    found = [sheet.not_undone] if sheet.not_undone else sheet.bars_undoing(cursor)
    for model in sheet.tables:
        cursor.execute(LATER, [model._meta.db_table])
        (changed,) = cursor.fetchone()
        if changed:
            found.append(f"{changed} 条“{model._meta.verbose_name}”此后又有改动")
        found += _users_of(cursor, model)
    return found


def _users_of(cursor: CursorWrapper, model: type[models.Model]) -> list[str]:
    found = []
    for relation in _relations(model):
        other, column = relation.related_model, relation.field.column
        table = other._meta.db_table
        if isinstance(relation, models.ManyToManyRel) and relation.through is not None:
            # What names the row stands in a table between the two.
            table, column = relation.through._meta.db_table, relation.field.m2m_reverse_name()
        cursor.execute(
            f'SELECT count(*) FROM "{table}" o JOIN trail t ON t.key = o."{column}" '
            "AND t.\"table\" = %s AND t.operation = 'I' WHERE NOT EXISTS ("
            'SELECT FROM trail own WHERE own."table" = %s AND own.key = o.id '
            # Added with it, or moved to it: both are taken back.
            "AND (own.operation = 'I' OR jsonb_exists(own.before, %s)))",
            [model._meta.db_table, table, column],
        )
        (users,) = cursor.fetchone()
        if users:
            names = f"“{other._meta.verbose_name}”用到了新增的“{model._meta.verbose_name}”"
            found.append(f"{users} 条{names}")
    return found


def _relations(model: type[models.Model]) -> list[Any]:
    """What names rows of `model`, also where it has no name to be asked by from here."""
    return [
        field
        for field in model._meta.get_fields(include_hidden=True)
        if isinstance(field, models.ForeignObjectRel)
        and not field.related_model._meta.auto_created  # known by its relation of many to many
    ]


def put_back(cursor: CursorWrapper, batch: ImportBatch, sheet: Sheet) -> None:
    """Remove what was added, then give changed rows the values they had before."""
    for model in reversed(sheet.tables):
        table = model._meta.db_table
        cursor.execute(
            f'DELETE FROM "{table}" WHERE id IN '
            "(SELECT key FROM trail WHERE \"table\" = %s AND operation = 'I')",
            [table],
        )
    for model in sheet.tables:
        _restore(cursor, batch, model, is_main=model is sheet.model)


def _restore(
    cursor: CursorWrapper, batch: ImportBatch, model: type[models.Model], *, is_main: bool
) -> None:
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    sets = ", ".join(f'"{column}" = r."{column}"' for column in columns if column != "id")
    secret = [column for column in columns if column.endswith(SECRET_ENDINGS)]
    # The trail says of sealed columns only that they changed; what they held is with the rows.
    kept = (
        "LEFT JOIN office_importrow k ON k.batch_id = %s AND (k.kept ->> 'id')::bigint = u.key"
        if is_main
        else "LEFT JOIN office_importrow k ON k.batch_id = %s AND false"
    )
    # No column of ours may be named like the row that is filled anew (a visit has `present`).
    cursor.execute(
        f'UPDATE "{table}" t SET {sets} FROM ('
        f'SELECT r.* FROM "{table}" stands JOIN ('
        "SELECT e.key, jsonb_object_agg(f.key, f.value ORDER BY e.id DESC) AS before "
        "FROM trail e CROSS JOIN LATERAL jsonb_each(e.before) f "
        "WHERE e.\"table\" = %s AND e.operation = 'U' GROUP BY e.key) u ON u.key = stands.id "
        f"{kept} CROSS JOIN LATERAL jsonb_populate_record("
        "stands, (u.before - %s::text[]) || coalesce(k.kept, '{}')) r) r WHERE r.id = t.id",
        [table, batch.pk, secret],
    )
