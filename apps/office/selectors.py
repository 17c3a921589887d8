"""Reads of imports: how far the worker is, what a row would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence

from .enums import ImportState
from .models import ImportBatch, ImportRow
from .sheets import Sheet, SheetColumn

HIDDEN = ["hidden", "hidden"]


@dataclass(frozen=True)
class Progress:
    """How far the worker is; `total` 0 when nobody can tell."""

    done: int
    total: int
    word: str
    trouble: str = ""

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.total, 100) if self.total else 0


@dataclass(frozen=True)
class Change:
    """One value of a row: what stood and what will stand, in words."""

    label: str
    old: str
    new: str


def progress_of(batch: ImportBatch) -> Progress:
    """What the ledger of jobs says of the batch's present attempt."""
    run = Occurrence.objects.filter(job="import", scope=batch.scope).first()
    if run is None or run.state == OccurrenceState.EXPECTED:
        return Progress(0, 0, "已排队，等候办理")
    if run.state == OccurrenceState.FAILED:
        return Progress(0, 0, "未能办完，稍后自动再试", run.error)
    done, total = run.result.get("done", 0), run.result.get("total", 0)
    words = {
        ImportState.CHECKING: "正在与现有记录比对"
        if total and 2 * done >= total
        else "正在读取表格",
        ImportState.APPLYING: "正在写入",
        ImportState.UNDOING: "正在撤销",
    }
    return Progress(done, total, words.get(ImportState(batch.state), ""))


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


def _in_words(column: SheetColumn, pair: list[Any]) -> tuple[str, str]:
    if pair == HIDDEN:
        return "", "加密保存，不显示"
    old, new = (_word(column, value) for value in pair)
    return old, new


def _word(column: SheetColumn, value: Any) -> str:
    return "" if value is None else str(column.write(value))
