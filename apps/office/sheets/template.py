"""The empty workbook people fill in: headings, drop-downs, help, and what stands today."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from itertools import islice
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .declaration import Sheet, SheetColumn

MOST_ROWS = 3000
"""More rows than this leave by the list's export, not by a template made while somebody waits."""
SPARE_ROWS = 500
HEADER_ROW = 3
OPTIONS = "选项"
LINE = Side(style="thin", color="C9CDD4")
EDGES = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD = PatternFill("solid", fgColor="F2F3F5")
NEEDED = PatternFill("solid", fgColor="FDE8E6")
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
CREATOR = "导入模板"


def make_template(sheet: Sheet, *, user: Any, on: dt.date) -> bytes:
    """The workbook for `user`, with the rows they may change where these are not too many."""
    book = Workbook()
    page = book.active
    page.title = sheet.title
    rows = list(islice(sheet.export_rows(user, on=on), MOST_ROWS + 1))
    too_many = len(rows) > MOST_ROWS
    _write_head(page, sheet, too_many=too_many)
    for cells in () if too_many else rows:
        page.append(cells)
        _make_inert(page[page.max_row])
    _write_options(book, page, sheet.columns, user)
    page.freeze_panes = page.cell(HEADER_ROW + 1, 2)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_head(page: Worksheet, sheet: Sheet, *, too_many: bool) -> None:
    width = len(sheet.columns)
    notes = [*sheet.notes, "红底的列必填；空白表示清除，删去整列表示不改；表头请勿改动。"]
    if too_many:
        notes.append(f"现有记录超过 {MOST_ROWS} 行，没有列出；要修改的，请从名录导出后改。")
    for number, text in ((1, sheet.title), (2, "填写说明：" + "".join(notes))):
        page.cell(number, 1, text)
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=width)
    page.cell(1, 1).font = Font(size=16, bold=True)
    page.cell(1, 1).alignment = CENTRED
    page.cell(2, 1).alignment = Alignment(vertical="top", wrap_text=True)
    page.row_dimensions[1].height = 30
    page.row_dimensions[2].height = 48
    page.row_dimensions[HEADER_ROW].height = 24
    for at, column in enumerate(sheet.columns, 1):
        cell = page.cell(HEADER_ROW, at, column.label)
        cell.font, cell.alignment, cell.border = Font(bold=True), CENTRED, EDGES
        cell.fill = NEEDED if column.is_needed else HEAD
        page.column_dimensions[get_column_letter(at)].width = column.width
        if text := help_of(column):
            cell.comment = Comment(text, CREATOR, width=220, height=80)


def help_of(column: SheetColumn) -> str:
    """What is asked for in a column, in a sentence."""
    parts = ["必填"] if column.is_needed else []
    parts += [part for part in (column.help, column.example and f"例如 {column.example}") if part]
    return "；".join(parts) + "。" if parts else ""


def _make_inert(cells: Sequence[Any]) -> None:
    """No text is a formula, whatever it begins with; codes keep their noughts."""
    for cell in cells:
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.number_format = "@"
            cell.quotePrefix = cell.value[:1] in "=+-@"


def _write_options(
    book: Workbook, page: Worksheet, columns: Sequence[SheetColumn], user: Any
) -> None:
    """Each drop-down's words in a column of a hidden sheet: a list in the rule itself is too short."""
    options = book.create_sheet(OPTIONS)
    options.sheet_state = "hidden"
    used = 0
    last = page.max_row + SPARE_ROWS
    for at, column in enumerate(columns, 1):
        letter = get_column_letter(at)
        for row in range(page.max_row + 1, last + 1) if column.sql_type == "text" else ():
            page.cell(row, at).number_format = "@"
        labels = column.labels_for(user)
        if not labels:
            continue
        used += 1
        for row, label in enumerate(labels, 1):
            options.cell(row, used, label).data_type = "s"
        place = get_column_letter(used)
        name = f"options_{column.name}"
        area = f"'{OPTIONS}'!${place}$1:${place}${len(labels)}"
        book.defined_names[name] = DefinedName(name, attr_text=area)
        rule = DataValidation(type="list", formula1=f"={name}", allow_blank=True)
        rule.errorStyle, rule.errorTitle = "warning", column.label
        rule.error = "不在下拉选项中，导入时会核对。"
        page.add_data_validation(rule)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{last}")
