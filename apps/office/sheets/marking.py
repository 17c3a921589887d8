"""The file that came, given back with its wrong cells red and the reason in each."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ..workbooks.book import Book
from ..workbooks.tables import FoundTable

RED = PatternFill("solid", fgColor="F8C9C4")
WARN = Font(color="B42318")
HEADING = "错误原因"
AUTHOR = "导入核对"
MOST_UNPACKED = 16 << 20
MOST_CELLS = 60_000
"""A larger workbook is written anew, cell by cell, without its looks: opening it takes too much."""

Problems = Mapping[int, Sequence[Mapping[str, str]]]
"""By Excel's row: column (name of the sheet's column), value and reason."""


def mark(
    data: bytes, book: Book, table: FoundTable, problems: Problems, labels: Mapping[str, str]
) -> bytes:
    """An .xlsx of the file with every problem shown where it is and listed in a last column."""
    rows = next(one.rows for one in book.sheets if one.name == table.sheet)
    width = max((len(row) for row in rows), default=0)
    all_rows = sum(len(one.rows) for one in book.sheets)
    if book.kind == "xlsx" and all_rows * max(width, 1) <= MOST_CELLS and _is_light(data):
        return _mark_in_place(data, table, problems, labels)
    return _mark_anew(rows, width, table, problems, labels)


def _is_light(data: bytes) -> bool:
    """Whether openpyxl may open the file here: styles or texts that nobody counted weigh, too.

    `read_book` has made sure that no part is larger than it says.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return sum(part.file_size for part in package.infolist()) <= MOST_UNPACKED


def _mark_in_place(
    data: bytes, table: FoundTable, problems: Problems, labels: Mapping[str, str]
) -> bytes:
    book = load_workbook(io.BytesIO(data))
    page: Worksheet = book[table.sheet]
    last = page.max_column + 1
    page.cell(table.header_row, last, HEADING).font = WARN
    page.column_dimensions[get_column_letter(last)].width = 50
    for number, found in problems.items():
        for at, reasons in _by_cell(found, table):
            cell = page.cell(number, at + 1)
            cell.fill = RED
            cell.comment = Comment("\n".join(reasons), AUTHOR, width=260, height=90)
        summary = page.cell(number, last, _summary(found, labels))
        summary.data_type, summary.font = "s", WARN
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _mark_anew(
    rows: Sequence[Sequence[Any]],
    width: int,
    table: FoundTable,
    problems: Problems,
    labels: Mapping[str, str],
) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(table.sheet)
    page.column_dimensions[get_column_letter(width + 1)].width = 50

    def cell(value: Any) -> WriteOnlyCell:
        made = WriteOnlyCell(page, value=value)
        if isinstance(value, str):
            made.data_type = "s"
        return made

    for number, values in enumerate(rows, 1):
        line: list[Any] = [cell(value) for value in values]
        line += [None] * (width - len(line))
        if number == table.header_row:
            line.append(cell(HEADING))
        if number in problems:
            for at, reasons in _by_cell(problems[number], table):
                line[at] = line[at] if line[at] is not None else cell("")
                line[at].fill = RED
                line[at].comment = Comment("\n".join(reasons), AUTHOR, width=260, height=90)
            line.append(cell(_summary(problems[number], labels)))
            line[-1].font = WARN
        page.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _by_cell(
    found: Sequence[Mapping[str, str]], table: FoundTable
) -> Iterable[tuple[int, list[str]]]:
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in found:
        # What concerns a column that is not there has no cell of its own.
        if problem["column"] in table.columns and problem["column"] not in table.filled:
            reasons[table.columns[problem["column"]]].append(problem["reason"])
    return reasons.items()


def _summary(found: Sequence[Mapping[str, str]], labels: Mapping[str, str]) -> str:
    return "；".join(f"{labels[one['column']]}：{one['reason'].rstrip('。')}" for one in found)
