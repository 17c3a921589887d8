"""What of a workbook was not taken in: for people, who must be able to see that nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .book import Book
from .leftover import is_blank
from .tables import FoundTable

MOST = 200
"""Rows named one by one; the counts are of all."""
HIDDEN_SHEET, OTHER_SHEET = "隐藏的工作表", "没有这张表的表头，或没有数据行"


def left_out(book: Book, table: FoundTable, labels: Mapping[str, str]) -> dict[str, Any]:
    """Rows with their reasons, columns and rows Excel hides and we read, sheets nobody read; as JSON.

    To be asked once the rows of `table` have come by. Empty where all was taken in.
    """
    rows = [[number, reason] for number, reason in table.skipped]
    hidden = _hidden_rows(table)
    found: dict[str, Any] = {
        "rows": rows[:MOST],
        "counts": dict(Counter(reason for _, reason in rows)),
        "blank": table.blank,
        "columns": [labels.get(name, name) for name in table.hidden],
        "hidden": hidden[:MOST],
        "hidden_count": len(hidden),
        "sheets": [
            [data.name, HIDDEN_SHEET if data.is_hidden else OTHER_SHEET]
            for data in book.sheets
            if data.name != table.sheet and data.rows
        ],
    }
    return {key: value for key, value in found.items() if value}


def _hidden_rows(table: FoundTable) -> list[int]:
    """Numbers of rows with data that a filter or a hand has hidden."""
    skipped = {number for number, _ in table.skipped}
    return [
        at + 1
        for at in sorted(table.data.hidden_rows)
        if table.header_row <= at < len(table.data.rows)
        and at + 1 not in skipped
        and not all(map(is_blank, table.data.rows[at]))
    ]
