"""What a comparison found, kept for the page: rows that are new, change something or are wrong."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.utils import CursorWrapper

from ..models import ImportBatch
from .declaration import Sheet, SheetColumn

MOST_NEW = 10_000
"""New rows kept for the page; what is wrong or changes something is kept whole."""
HIDDEN = '\'["hidden", "hidden"]\'::jsonb'
"""That a sealed value differs is told, never the value."""


def keep_results(cursor: CursorWrapper, batch: ImportBatch, sheet: Sheet) -> None:
    """Replace the batch's rows by those of `compared` and `problem`, in two statements."""
    cursor.execute("DELETE FROM office_importrow WHERE batch_id = %s", [batch.pk])
    label = ", ".join(f'c."{name}"' for name in sheet.label)
    changes = ", ".join(f"'{column.name}', {_change(column)}" for column in sheet.columns)
    cursor.execute(
        "INSERT INTO office_importrow (batch_id, row, state, label, changes, problems) "
        f"SELECT %s, c.\"row\", c.state, left(concat_ws(' ', {label}), 120), "
        "CASE WHEN c.state = 'wrong' THEN '{}'::jsonb "
        f"ELSE jsonb_strip_nulls(jsonb_build_object({changes})) END, "
        "coalesce(p.problems, '[]') FROM compared c LEFT JOIN ("
        "SELECT \"row\", jsonb_agg(jsonb_build_object('column', \"column\", 'value', value, "
        "'reason', reason) ORDER BY array_position(%s::text[], \"column\"), reason) AS problems "
        'FROM problem GROUP BY "row") p ON p."row" = c."row" '
        "WHERE c.state IN ('changed', 'wrong') OR (c.state = 'new' AND c.\"row\" < coalesce(("
        'SELECT "row" FROM compared WHERE state = \'new\' ORDER BY "row" OFFSET %s LIMIT 1'
        "), 2147483647))",
        [batch.pk, [column.name for column in sheet.columns], MOST_NEW],
    )


def keep_sealed(cursor: CursorWrapper, batch: ImportBatch, sealed: Sequence[SheetColumn]) -> None:
    """Keep the sealed values an import is about to replace: the audit trail has none of them."""
    for column in sealed:
        name, field = column.name, column.sealed
        cursor.execute(
            "UPDATE office_importrow r SET kept = coalesce(r.kept, '{}') || jsonb_build_object("
            f"'{field}_sealed', c.\"was_{name}_sealed\", '{field}_index', c.\"was_{name}_index\") "
            "|| jsonb_build_object('id', c.target_id) "
            'FROM compared c WHERE r.batch_id = %s AND r."row" = c."row" '
            f"AND c.state = 'changed' AND NOT c.\"{name}_same\"",
            [batch.pk],
        )


def _change(column: SheetColumn) -> str:
    """Old and new value as JSON, NULL where they are the same."""
    name = column.name
    if column.sealed:
        differs, pair = f'NOT c."{name}_same"', HIDDEN
    else:
        ids = f'"{name}_id"' if column.lookup else f'"{name}"'
        was = f'"was_{name}_id"' if column.lookup else f'"was_{name}"'
        differs = f"c.{ids} IS DISTINCT FROM c.{was}"
        pair = f'jsonb_build_array(c."was_{name}", c."{name}")'
    return f"CASE WHEN {differs} THEN {pair} END"
