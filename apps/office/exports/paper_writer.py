"""Writes a sheet in the office's own shape with openpyxl: A4 landscape, the heading on each page.

Imported where a sheet is written, not before: openpyxl brings numpy and half a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from apps.core.formats import Blank

from . import cells
from .paper import Cell, Paper, PaperColumn
from .plain import sheet_name, stamp

TITLE_ROW, ORGAN_ROW, HEAD_ROW, BODY_ROW = 1, 2, 3, 5
A4 = 9
SONG, HEI, TITLE_FONT = "宋体", "黑体", "方正小标宋简体"
THIN = Side(style="thin", color="000000")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
INDENTED = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
RIGHT = Alignment(horizontal="right", vertical="center")
DAY = 'yyyy"年"m"月"d"日"'
SHORT_DAY = 'm"月"d"日"'
SIGNATURES = ("填表人：", "审核人：", "填表日期：")


def write_paper(paper: Paper, *, by: str, at: dt.datetime) -> bytes:
    """The workbook; `by` and `at` stand at the head of each printed page."""
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = sheet_name(_legal(paper.title))
    width = len(paper.columns)
    _heading(sheet, paper, width)
    _head(sheet, paper.columns)
    last = _body(sheet, paper)
    last = _notes(sheet, paper, last + 1, width)
    _signatures(sheet, paper, last + 1, width)
    _page(sheet, paper, by=by, at=at)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- parts --------------------------------------------------------------------------------------


def _heading(sheet: Worksheet, paper: Paper, width: int) -> None:
    _merged(sheet, TITLE_ROW, 1, width, paper.title, Font(name=TITLE_FONT, size=18), CENTRE)
    sheet.row_dimensions[TITLE_ROW].height = 34
    middle = max(width // 2, 1)
    small = Font(name=SONG, size=10.5)
    _merged(sheet, ORGAN_ROW, 1, middle, f"填报单位（盖章）：{paper.organ}", small, LEFT)
    if width > middle:
        _merged(sheet, ORGAN_ROW, middle + 1, width, paper.basis, small, RIGHT)
    sheet.row_dimensions[ORGAN_ROW].height = 22


def _head(sheet: Worksheet, columns: Sequence[PaperColumn]) -> None:
    """Two storeys: what stands alone reaches through both."""
    bold, low = Font(name=HEI, size=10.5), HEAD_ROW + 1
    for place, column in enumerate(columns, 1):
        for row in (HEAD_ROW, low):
            cell = sheet.cell(row, place)
            cell.font, cell.alignment, cell.border = bold, CENTRE, GRID
        _put(sheet, low if column.over else HEAD_ROW, place, column.label)
        if not column.over:
            _merge(sheet, HEAD_ROW, place, low, place)
    for over, first, last in _storeys(columns):
        _put(sheet, HEAD_ROW, first, over)
        _merge(sheet, HEAD_ROW, first, HEAD_ROW, last)
    lines = max(_lines(column.label, column.width) for column in columns)
    sheet.row_dimensions[HEAD_ROW].height = 20
    sheet.row_dimensions[low].height = 20 if lines <= 1 else 6 + 14 * lines


def _storeys(columns: Sequence[PaperColumn]) -> Iterator[tuple[str, int, int]]:
    """The upper headings, each with its first and last column."""
    for over, group in groupby(enumerate(columns, 1), key=lambda pair: pair[1].over):
        places = [place for place, _ in group]
        if over:
            yield over, places[0], places[-1]


def _body(sheet: Worksheet, paper: Paper) -> int:
    """Rows and 合计; the number of the last."""
    row = BODY_ROW
    for values in paper.rows:
        _line(sheet, row, paper.columns, values)
        row += 1
    if not paper.rows:
        width = len(paper.columns)
        _merged(sheet, row, 1, width, paper.empty, Font(name=SONG, size=10.5), CENTRE, GRID)
        row += 1
    if paper.total is not None and paper.rows:
        _line(sheet, row, paper.columns, paper.total, font=Font(name=HEI, size=10.5))
        row += 1
    return row - 1


def _line(
    sheet: Worksheet,
    row: int,
    columns: Sequence[PaperColumn],
    values: Sequence[Cell],
    *,
    font: Font | None = None,
) -> None:
    for place, (column, value) in enumerate(zip(columns, values, strict=True), 1):
        cell = _put(sheet, row, place, value)
        is_text = column.kind == "text" and column.width >= 12
        cell.font = font or Font(name=SONG, size=10.5)
        cell.alignment = INDENTED if is_text and value is not None else CENTRE
        cell.border = GRID
        if not isinstance(cell.value, str):
            cell.number_format = _format(column, value)
    sheet.row_dimensions[row].height = _height(columns, values)


def _height(columns: Sequence[PaperColumn], values: Sequence[Cell]) -> float:
    """As many lines as the longest text takes: Excel does not grow a row by itself here."""
    lines = [
        _lines(value, column.width)
        for column, value in zip(columns, values, strict=True)
        if isinstance(value, str)
    ]
    return 20 if max(lines, default=1) <= 1 else 6 + 14 * max(lines)


def _lines(text: str, width: float) -> int:
    """Lines a text takes in a column; a Chinese character is two wide."""
    wide = (sum(2 if char > "\u2e7f" else 1 for char in line) for line in text.split("\n"))
    return sum(max(-(-length // max(int(width), 1)), 1) for length in wide)


def _format(column: PaperColumn, value: Cell) -> str:
    if column.kind == "day":
        return SHORT_DAY
    if column.kind == "change":
        return "+#,##0;-#,##0;0"
    is_whole = isinstance(value, int) or (isinstance(value, Decimal) and value == int(value))
    return cells.WHOLE if is_whole else "#,##0.##"


def _notes(sheet: Worksheet, paper: Paper, row: int, width: int) -> int:
    """注：1.…；2.… in one cell under the table; the number of its row."""
    if not paper.notes:
        return row - 1
    notes = list(paper.notes)
    if len(notes) > 1:
        notes = [f"{number}.{note}" for number, note in enumerate(notes, 1)]
    text = f"注：{'；'.join(note.rstrip('。') for note in notes)}。"
    _merged(sheet, row, 1, width, text, Font(name=SONG, size=9), LEFT)
    room = sum(column.width for column in paper.columns)
    sheet.row_dimensions[row].height = 16 * -(-len(text) * 2 // int(room)) + 4
    return row


def _signatures(sheet: Worksheet, paper: Paper, row: int, width: int) -> None:
    third = max(width // 3, 1)
    dated = f"{paper.on.year}年{paper.on.month}月{paper.on.day}日"
    starts = [1, 1 + third, 1 + 2 * third]
    for number, (label, first) in enumerate(zip(SIGNATURES, starts, strict=True)):
        if first > width:
            break
        last = width if number == len(starts) - 1 else min(first + third - 1, width)
        text = f"{label}{dated}" if number == len(starts) - 1 else label
        _merged(sheet, row, first, last, text, Font(name=SONG, size=10.5), LEFT)
    sheet.row_dimensions[row].height = 26


def _page(sheet: Worksheet, paper: Paper, *, by: str, at: dt.datetime) -> None:
    for place, column in enumerate(paper.columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = f"{'C' if len(paper.columns) > 3 else 'A'}{BODY_ROW}"
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "landscape", A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{TITLE_ROW}:{HEAD_ROW + 1}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.7, 0.6, 0.3, 0.3
    sheet.oddHeader.right.text = f"{stamp(by, at).replace('&', '&&')} 导出"
    sheet.oddHeader.right.size = 8
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.oddFooter.center.size = 9


def _merged(
    sheet: Worksheet,
    row: int,
    first: int,
    last: int,
    value: Cell,
    font: Font,
    alignment: Alignment,
    border: Border | None = None,
) -> None:
    for place in range(first, last + 1):
        cell = sheet.cell(row, place)
        cell.font, cell.alignment = font, alignment
        if border is not None:
            cell.border = border
    _put(sheet, row, first, value)
    _merge(sheet, row, first, row, last)


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _put(sheet: Worksheet, row: int, place: int, value: Cell) -> Any:
    """Text is put down as text whatever it begins with: openpyxl takes =… for a formula."""
    cell = sheet.cell(row, place)
    if isinstance(value, Blank):
        value = str(value)
    if isinstance(value, str):
        cell.value = cells.text(_legal(value))
        cell.data_type = "s"
        cell.number_format = cells.TEXT
    else:
        cell.value = cells.value_of(value)
    return cell


def _legal(value: str) -> str:
    """Without control characters, which a workbook cannot hold."""
    return "".join(char for char in value if char >= " " or char in "\n\t")
