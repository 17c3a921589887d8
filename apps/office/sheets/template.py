"""The workbook people fill in: headings, drop-downs, help, and what stands today."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from apps.core.dates import to_local

from .declaration import Sheet, SheetColumn

MOST_ROWS = 3000
"""More rows than this are filled in by the worker, not while somebody waits."""
EACH = 1000
"""Rows between two words on how far it is."""
SPARE_ROWS = 500
HEADER_ROW = 3
OPTIONS = "选项"
RULE = "红底的列必填；空白表示清除，删去整列表示不改；表头请勿改动。"
LINE = Side(style="thin", color="C9CDD4")
EDGES = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD = PatternFill("solid", fgColor="F2F3F5")
NEEDED = PatternFill("solid", fgColor="FDE8E6")
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
CREATOR = "导入模板"

Progress = Callable[[int], object]


def make_template(sheet: Sheet, *, user: Any, on: dt.date, is_blank: bool = False) -> bytes:
    """The workbook for `user`, with the rows they may change; with `is_blank` without any."""
    stream = io.BytesIO()
    rows: Iterator[list[Any]] = iter(()) if is_blank else sheet.export_rows(user, on=on)
    _write(sheet, stream, rows, user=user)
    return stream.getvalue()


def fill_template(sheet: Sheet, target: Path, *, user: Any, on: dt.date, progress: Progress) -> int:
    """The same as a file, however many rows there are; how many there were."""
    return _write(sheet, target, sheet.export_rows(user, on=on), user=user, progress=progress)


def _write(
    sheet: Sheet,
    target: Path | BinaryIO,
    rows: Iterator[list[Any]],
    *,
    user: Any,
    progress: Progress = lambda _done: None,
) -> int:
    """Row by row: a roster of 72,000 must not stand in memory."""
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(sheet.title)
    for at, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(at)].width = column.width
    page.freeze_panes = f"B{HEADER_ROW + 1}"
    _write_head(page, sheet)
    count = 0
    for cells in rows:
        page.append([_inert(page, value) for value in cells])
        count += 1
        if count % EACH == 0:
            progress(count)
    spare = [_spare(page, column) for column in sheet.columns]
    for _ in range(SPARE_ROWS):
        page.append(spare)
    last = HEADER_ROW + count + SPARE_ROWS
    _write_options(book, page, sheet.columns, user=user, last=last)
    book.save(target)
    return count


def _write_head(page: Any, sheet: Sheet) -> None:
    last = get_column_letter(len(sheet.columns))
    for row, height in ((1, 30), (2, 48), (HEADER_ROW, 24)):
        page.row_dimensions[row].height = height
    title, notes = (
        WriteOnlyCell(page, sheet.title),
        WriteOnlyCell(page, f"填写说明：{''.join(sheet.notes)}{RULE}"),
    )
    title.font, title.alignment = Font(size=16, bold=True), CENTRED
    notes.alignment = Alignment(vertical="top", wrap_text=True)
    page.append([title])
    page.append([notes])
    page.append([_heading(page, column) for column in sheet.columns])
    for row in (1, 2):
        page.merged_cells.add(f"A{row}:{last}{row}")


def _heading(page: Any, column: SheetColumn) -> Any:
    cell = WriteOnlyCell(page, column.label)
    cell.font, cell.alignment, cell.border = Font(bold=True), CENTRED, EDGES
    cell.fill = NEEDED if column.is_needed else HEAD
    if text := help_of(column):
        cell.comment = Comment(text, CREATOR, width=220, height=80)
    return cell


def help_of(column: SheetColumn) -> str:
    """What is asked for in a column, in a sentence."""
    parts = ["必填"] if column.is_needed else []
    parts += [part for part in (column.help, column.example and f"例如 {column.example}") if part]
    return "；".join(parts) + "。" if parts else ""


def _inert(page: Any, value: Any) -> Any:
    """No text is a formula, whatever it begins with; codes keep their noughts. A moment stands as
    the clock of the office showed it: a cell knows no zone."""
    if isinstance(value, dt.datetime) and value.tzinfo:
        return to_local(value).replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page, value)
    cell.data_type = "s"
    cell.number_format = "@"
    if value[:1] in "=+-@":
        cell.quotePrefix = True
    return cell


def _spare(page: Any, column: SheetColumn) -> Any:
    """A cell still to be filled: what is text stays text."""
    if column.sql_type != "text":
        return None
    cell = WriteOnlyCell(page)
    cell.number_format = "@"
    return cell


def _write_options(
    book: Workbook, page: Any, columns: Sequence[SheetColumn], *, user: Any, last: int
) -> None:
    """Each drop-down's words in a column of a hidden sheet: a list in the rule itself is too short."""
    options: Any = book.create_sheet(OPTIONS)
    options.sheet_state = "hidden"
    lists: list[list[str]] = []
    for at, column in enumerate(columns, 1):
        labels = column.labels_for(user)
        if not labels:
            continue
        lists.append(labels)
        letter, place = get_column_letter(at), get_column_letter(len(lists))
        name = f"options_{column.name}"
        area = f"'{OPTIONS}'!${place}$1:${place}${len(labels)}"
        book.defined_names[name] = DefinedName(name, attr_text=area)
        rule = DataValidation(type="list", formula1=f"={name}", allow_blank=True)
        rule.errorStyle, rule.errorTitle = "warning", column.label
        rule.error = "不在下拉选项中，导入时会核对。"
        page.data_validations.append(rule)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{last}")
    for row in zip_longest(*lists):
        options.append([None if label is None else _inert(options, label) for label in row])
