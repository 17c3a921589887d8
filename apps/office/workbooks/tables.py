"""Finds the table of a sheet by its headings, wherever people have put it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .book import Book, Cell, SheetData
from .headers import Header, Heading, best_header, fold, letters
from .leftover import Judge, is_blank
from .reading import WorkbookRefusedError

__all__ = ["FoundTable", "Heading", "find_table"]

IGNORED = frozenset({"序号", "行号", "错误原因"})
STATED = re.compile(r"(?P<label>[^\s:：]+?)\s*[:：]\s*(?P<value>.*?)(?=\s{2,}|$)")


@dataclass
class FoundTable:
    """Where a table stands. `columns` maps names to columns counted from 0, rows are Excel's.

    `header_row` is the last of the header. `above` are the texts over the header (title, 填报单位,
    date), `hidden` the names of found columns that Excel does not show, `skipped` the rows left out
    with the reason, filled as `rows()` comes by.
    """

    sheet: str
    header_row: int
    columns: dict[str, int]
    unknown: list[str] = field(default_factory=list)
    missing: list[Heading] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    data: SheetData = field(default_factory=lambda: SheetData("", []), repr=False)
    header: Header | None = field(default=None, repr=False)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Excel's row number and the cells of each row that holds data.

        Left out are blank rows, sums, notes and dividers; what is merged downwards is filled in.
        """
        assert self.header is not None  # noqa: S101
        self.skipped.clear()
        width = max(self.header.labels, default=0) + 1
        judge = Judge(self.columns, self.header.labels, self._wide(width))
        fills = _Fills(self.data, self.header_row)
        for at, cells in enumerate(self.data.rows):
            if at < self.header_row:
                continue
            if all(map(is_blank, cells)):
                fills.pass_by(at, cells)
            elif reason := judge.why(at, cells):
                fills.pass_by(at, cells)
                self.skipped.append((at + 1, reason))
            else:
                short = width - len(cells)
                yield at + 1, fills.pass_by(at, cells + [""] * short if short > 0 else cells)

    def _wide(self, width: int) -> set[int]:
        """Rows of which one merged cell takes most."""
        most = max(width // 2, 3)
        return {
            top
            for top, left, bottom, right in self.data.merged
            if top == bottom and right - left + 1 >= most
        }

    def stated(self, *labels: str) -> str:
        """What is stated above the header under one of `labels`: 填报单位（盖章）：省水利厅."""
        wanted = {fold(label) for label in labels}
        for text in self.above:
            for found in STATED.finditer(text):
                label = re.sub(r"[（(].*", "", found["label"])
                if fold(label) in wanted and found["value"].strip():
                    return found["value"].strip()
        return ""


class _Fills:
    """Carries the value of cells merged downwards into the rows below."""

    def __init__(self, data: SheetData, header_row: int) -> None:
        self._starts: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[int, tuple[int, Cell]] = {}
        for top, left, bottom, _ in data.merged:
            if top >= header_row and bottom > top:
                self._starts.setdefault(top, []).append((left, bottom))

    def pass_by(self, row: int, cells: list[Cell]) -> list[Cell]:
        """The cells of `row`, filled; to be called for each row in turn."""
        cells = list(cells) if self._open else cells
        for column, (last, value) in list(self._open.items()):
            if row > last:
                del self._open[column]
            elif column < len(cells):
                cells[column] = value
        for column, last in self._starts.get(row, ()):
            if column < len(cells):
                self._open[column] = last, cells[column]
        return cells


def find_table(book: Book, headings: Sequence[Heading], *, sheet: str = "") -> FoundTable:
    """The table with these headings, in the visible sheets or the one named `sheet`.

    Raises WorkbookRefusedError naming what was looked for.
    """
    shown = [data for data in book.sheets if not data.is_hidden]
    looked = [data for data in shown if sheet in {"", data.name}]
    headers = [(data, header) for data in looked if (header := best_header(data, headings))]
    whole = [found for found in headers if _is_whole(found[1], headings)]
    if not whole:
        raise WorkbookRefusedError(_what_is_missing(headers, headings))
    tables = [_table(data, header, headings) for data, header in whole]
    filled = [table for table in tables if next(table.rows(), None)]
    if len(filled) > 1:
        names = "".join(f"“{table.sheet}”" for table in filled)
        raise WorkbookRefusedError(
            f"工作表{names}里都有这样的表，请只留要导入的一张，删去其余的再上传。"
        )
    return (filled or tables)[0]


def _is_whole(header: Header, headings: Sequence[Heading]) -> bool:
    return not header.lacks(headings) and len(header.columns) >= min(2, len(headings))


def _what_is_missing(
    headers: Sequence[tuple[SheetData, Header]], headings: Sequence[Heading]
) -> str:
    near = [found for found in headers if len(found[1].columns) > 1]
    if near:
        data, header = max(near, key=lambda found: len(found[1].columns))
        lacking = "".join(f"“{heading.label}”" for heading in header.lacks(headings))
        return (
            f"工作表“{data.name}”第 {header.bottom + 1} 行的表头缺少{lacking}列，请补上后再上传。"
        )
    wanted = [heading for heading in headings if heading.required] or headings
    words = "、".join(heading.label for heading in (*wanted, *headings)[:6])
    return f"没有找到表头（要有{words}等列），请核对是不是选错了文件，或下载模板填写。"


def _table(data: SheetData, header: Header, headings: Sequence[Heading]) -> FoundTable:
    labels = {heading.name: heading.label for heading in headings}
    for name, columns in header.twice.items():
        raise WorkbookRefusedError(
            f"工作表“{data.name}”的表头里“{labels[name]}”有不止一列（{letters(columns)}），"
            "请只留一列，或改名区分。"
        )
    known = set(header.columns.values())
    names = {column: name for name, column in header.columns.items()}
    return FoundTable(
        sheet=data.name,
        header_row=header.bottom + 1,
        columns=header.columns,
        unknown=[
            " ".join(label.split())
            for column, label in header.labels.items()
            if column not in known and fold(label) not in IGNORED
        ],
        missing=header.missing(headings),
        above=_above(data, header.top),
        hidden=[names[column] for column in sorted(known & data.hidden_columns)],
        data=data,
        header=header,
    )


def _above(data: SheetData, top: int) -> list[str]:
    cells = (cell for row in data.rows[:top] for cell in row)
    return [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
