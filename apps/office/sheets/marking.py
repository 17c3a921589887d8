"""The file that came, given back with its wrong cells red and the reason in each."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ..workbooks.book import Book
from ..workbooks.tables import FoundTable

RED = PatternFill("solid", fgColor="F8C9C4")
PLAIN = PatternFill()
WARN = Font(color="B42318")
HEADING = "错误原因"
AUTHOR = "导入核对"
MOST_UNPACKED = 16 << 20
MOST_CELLS = 60_000
"""A larger workbook is written anew, cell by cell, without its looks: opening it takes too much."""

Problems = Mapping[int, Sequence[Mapping[str, str]]]
"""By Excel's row: column (name of the sheet's column), value and reason."""
Answers = Mapping[str, Sequence[str]]
"""Columns the file gets, in which it is answered: name, and the options of the drop-down."""


def mark(
    data: bytes,
    book: Book,
    table: FoundTable,
    problems: Problems,
    labels: Mapping[str, str],
    answers: Answers | None = None,
) -> bytes:
    """An .xlsx of the file with every problem shown where it is and listed in a last column."""
    rows = next(one.rows for one in book.sheets if one.name == table.sheet)
    width = max((len(row) for row in rows), default=0)
    all_rows = sum(len(one.rows) for one in book.sheets)
    marks = _Marks(table, rows[table.header_row - 1], problems, labels, answers or {})
    if book.kind == "xlsx" and all_rows * max(width, 1) <= MOST_CELLS and _is_light(data):
        return _mark_in_place(data, marks)
    return _mark_anew(rows, width, marks)


def _is_light(data: bytes) -> bool:
    """Whether openpyxl may open the file here: styles or texts that nobody counted weigh, too.

    `read_book` has made sure that no part is larger than it says.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return sum(part.file_size for part in package.infolist()) <= MOST_UNPACKED


@dataclass(frozen=True)
class _Marks:
    """What is written, and where; columns are counted from 0."""

    table: FoundTable
    header: Sequence[Any]
    problems: Problems
    labels: Mapping[str, str]
    answers: Answers

    def added(self, width: int) -> dict[int, str]:
        """The headings of further columns. A file marked before has its reasons replaced."""
        heads = [self.labels[name] for name in self.answers]
        if HEADING not in self.header:
            heads.append(HEADING)
        return dict(enumerate(heads, width))

    def reasons_at(self, width: int) -> int:
        if HEADING in self.header:
            return self.header.index(HEADING)
        return width + len(self.answers)

    def by_cell(self, row: int, width: int) -> Mapping[int, list[str]]:
        # What concerns a column that is not there has no cell of its own.
        places = {n: at for n, at in self.table.columns.items() if n not in self.table.filled}
        places |= {name: at for at, name in enumerate(self.answers, width)}
        reasons: dict[int, list[str]] = defaultdict(list)
        for problem in self.problems.get(row, ()):
            if problem["column"] in places:
                reasons[places[problem["column"]]].append(problem["reason"])
        return reasons

    def summary(self, row: int) -> str:
        return "；".join(
            f"{self.labels[one['column']]}：{one['reason'].rstrip('。')}"
            for one in self.problems[row]
        )


def _mark_in_place(data: bytes, marks: _Marks) -> bytes:
    book = load_workbook(io.BytesIO(data))
    page: Worksheet = book[marks.table.sheet]
    width, head = page.max_column, marks.table.header_row
    last = marks.reasons_at(width) + 1
    _clear_old(page, head, last)
    for at, label in marks.added(width).items():
        page.cell(head, at + 1, label).font = WARN
    page.column_dimensions[get_column_letter(last)].width = 50
    for at, options in enumerate(marks.answers.values(), width + 1):
        _offer(page, at, head, options)
    for number in marks.problems:
        for at, reasons in marks.by_cell(number, width).items():
            cell = page.cell(number, at + 1)
            cell.fill = RED
            cell.comment = _comment(reasons)
        summary = page.cell(number, last, marks.summary(number))
        summary.data_type, summary.font = "s", WARN
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _clear_old(page: Worksheet, head: int, last: int) -> None:
    """Marks of an earlier upload: what has been mended since must not stay red."""
    for cells in page.iter_rows(min_row=head + 1):
        for cell in cells:
            if cell.comment and cell.comment.author == AUTHOR:
                cell.comment, cell.fill = None, PLAIN
            elif cell.column == last and cell.value is not None:
                cell.value = None


def _offer(page: Worksheet, at: int, head: int, options: Sequence[str]) -> None:
    letter = get_column_letter(at)
    page.column_dimensions[letter].width = 16
    if options:
        rule = DataValidation(type="list", formula1=f'"{",".join(options)}"', allow_blank=True)
        rule.add(f"{letter}{head + 1}:{letter}{max(page.max_row, head + 1)}")
        page.add_data_validation(rule)


def _comment(reasons: Sequence[str]) -> Comment:
    return Comment("\n".join(reasons), AUTHOR, width=260, height=90)


def _mark_anew(rows: Sequence[Sequence[Any]], width: int, marks: _Marks) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(marks.table.sheet)
    last, head = marks.reasons_at(width), marks.table.header_row
    added = marks.added(width)
    page.column_dimensions[get_column_letter(last + 1)].width = 50

    def cell(value: Any) -> WriteOnlyCell:
        made = WriteOnlyCell(page, value=value)
        if isinstance(value, str):
            made.data_type = "s"
        return made

    for number, values in enumerate(rows, 1):
        line: list[Any] = [cell(value) for value in values]
        line += [None] * (width + len(added) - len(line))
        if number == head:
            for at, label in added.items():
                line[at] = cell(label)
        elif number > head:
            line[last] = None
        if number in marks.problems:
            for at, reasons in marks.by_cell(number, width).items():
                line[at] = line[at] if line[at] is not None else cell("")
                line[at].fill = RED
                line[at].comment = _comment(reasons)
            line[last] = cell(marks.summary(number))
            line[last].font = WARN
        page.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
