"""Reads of imports: how far the worker is, what a row would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from apps.jobs import selectors as jobs

from .enums import ImportState
from .models import ImportBatch, ImportRow
from .sheets import Sheet, SheetColumn

HIDDEN = ["hidden", "hidden"]
THAW: dict[str, Callable[[str], Any]] = {
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timestamptz": dt.datetime.fromisoformat,
}
WORDS = {
    ImportState.CHECKING: "正在读取表格",
    ImportState.APPLYING: "正在写入",
    ImportState.UNDOING: "正在撤销",
}


@dataclass(frozen=True)
class Change:
    """One value of a row: what stood and what will stand, in words."""

    label: str
    old: str
    new: str


def progress_of(batch: ImportBatch) -> jobs.Progress:
    """What the ledger of jobs says of the batch's present attempt."""
    found = jobs.progress_of("import", batch.scope, word=WORDS.get(ImportState(batch.state), ""))
    is_read = found.total and 2 * found.done >= found.total
    if batch.state == ImportState.CHECKING and is_read:
        return replace(found, word="正在与现有记录比对")
    return found


def rows_of(batch: ImportBatch, state: str) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(batch=batch, state=state).order_by("row")


def changes_of(row: ImportRow, sheet: Sheet) -> list[Change]:
    """The values a row adds or changes, in the order of the sheet's columns."""
    found: Mapping[str, Any] = row.changes
    return [
        Change(column.label, *_in_words(column, found[column.name]))
        for column in sheet.columns
        if column.name in found
    ]


def problems_of(row: ImportRow, sheet: Sheet | None) -> list[dict[str, str]]:
    """What is wrong with a row, each with its column's label and the value as people write it."""
    columns = {column.name: column for column in sheet.columns} if sheet else {}
    return [
        {**one, "label": column.label, "value": _quoted(column, one["value"])}
        if (column := columns.get(one["column"]))
        else {**one, "label": one["column"]}
        for one in row.problems
    ]


def _quoted(column: SheetColumn, value: str) -> str:
    """A moment the database names is told by the clock here; what was typed stays as typed."""
    if column.sql_type != "timestamptz":
        return value
    try:
        return _word(column, value)
    except ValueError:
        return value


def _in_words(column: SheetColumn, pair: list[Any]) -> tuple[str, str]:
    if pair == HIDDEN:
        return "", "加密保存，不显示"
    old, new = (_word(column, value) for value in pair)
    return old, new


def _word(column: SheetColumn, value: Any) -> str:
    """`value` as it came back from JSON, where days and moments are text."""
    if value is None:
        return ""
    thaw = THAW.get(column.sql_type, str) if isinstance(value, str) else None
    told = column.write(thaw(value) if thaw else value)
    return f"{localtime(told):%Y-%m-%d %H:%M}" if isinstance(told, dt.datetime) else str(told)
