"""Finds the table of a sheet by its headings, wherever people have put it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .book import Book, Cell, SheetData
from .days import day_of, with_year, year_of
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
    with the reason, `blank` how many had nothing in them, both filled as `rows()` comes by. `filled`
    are columns the file does not have: what is said above the header stands to the right of every
    row.
    """

    sheet: str
    header_row: int
    columns: dict[str, int]
    unknown: list[str] = field(default_factory=list)
    missing: list[Heading] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0
    data: SheetData = field(default_factory=lambda: SheetData("", []), repr=False)
    header: Header | None = field(default=None, repr=False)
    filled: dict[str, str] = field(default_factory=dict)
    days: frozenset[int] = frozenset()

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Excel's row number and the cells of each row that holds data.

        Left out are blank rows, sums, notes and dividers; what is merged downwards is filled in.
        """
        assert self.header is not None  # noqa: S101
        self.skipped.clear()
        self.blank = 0
        width = _width(self.header)
        judge = Judge(self.columns, self.header.labels, self._wide(width))
        fills = _Fills(self.data, self.header_row)
        is_flat = not (fills.has_any or self.filled or self.days)
        for at, cells in enumerate(self.data.rows):
            if at < self.header_row:
                continue
            # As nearly all rows are: nothing to fill in, and seen at a glance to be data.
            if is_flat and judge.is_plain(cells):
                yield at + 1, _wide(cells, width)
            elif all(map(is_blank, cells)):
                fills.pass_by(at, cells)
                self.blank += 1
            elif reason := judge.why(at, cells):
                fills.pass_by(at, cells)
                self.skipped.append((at + 1, reason))
            else:
                yield at + 1, self._completed(fills.pass_by(at, _wide(cells, width)), width)

    def add(self, name: str, said: str = "") -> None:
        """A column the file does not have: `said` goes for every row."""
        assert self.header is not None  # noqa: S101
        self.columns[name] = _width(self.header) + len(self.filled)
        self.filled[name] = said

    def _completed(self, cells: list[Cell], width: int) -> list[Cell]:
        if self.filled:
            cells = [*cells[:width], *self.filled.values()]
        if self.days and (year := year_of(self.above)):
            for at in self.days:
                cells[at] = with_year(cells[at], year)
        return cells

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

    @property
    def has_any(self) -> bool:
        return bool(self._starts)

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


def _width(header: Header) -> int:
    return max(header.labels, default=0) + 1


def _wide(cells: list[Cell], width: int) -> list[Cell]:
    short = width - len(cells)
    return cells + [""] * short if short > 0 else cells


def find_table(book: Book, headings: Sequence[Heading], *, sheet: str = "") -> FoundTable:
    """The table with these headings, in the visible sheets or the one named `sheet`.

    Raises WorkbookRefusedError naming what was looked for.
    """
    shown = [data for data in book.sheets if not data.is_hidden]
    looked = [data for data in shown if sheet in {"", data.name}]
    headers = [(data, header) for data in looked if (header := best_header(data, headings))]
    tables = [_table(data, header, headings) for data, header in headers]
    least = min(2, len(headings))
    whole = [one for one in tables if not _lacks(one) and _headed(one) >= least]
    if not whole:
        raise WorkbookRefusedError(_what_is_missing(tables, headings))
    filled = [table for table in whole if next(table.rows(), None)]
    if len(filled) > 1:
        names = "".join(f"“{table.sheet}”" for table in filled)
        raise WorkbookRefusedError(
            f"工作表{names}里都有这样的表，请只留要导入的一张，删去其余的再上传。"
        )
    found = (filled or whole)[0]
    _refuse_twice(found, headings)
    return found


def _headed(table: FoundTable) -> int:
    """How many columns the file itself has: what is said for every row makes no header."""
    return len(table.columns) - len(table.filled)


def _lacks(table: FoundTable) -> list[Heading]:
    return [heading for heading in table.missing if heading.required]


def _what_is_missing(tables: Sequence[FoundTable], headings: Sequence[Heading]) -> str:
    near = [table for table in tables if _headed(table) > 1]
    if near:
        table = max(near, key=_headed)
        lacking = "".join(f"“{heading.label}”" for heading in _lacks(table))
        return (
            f"工作表“{table.sheet}”第 {table.header_row} 行的表头缺少{lacking}列，请补上后再上传。"
        )
    wanted = [heading for heading in headings if heading.required]
    words = dict.fromkeys(heading.label for heading in (*wanted, *headings))
    return (
        f"没有找到表头（要有{'、'.join(list(words)[:6])}等列），"
        "请核对是不是选错了文件，或下载模板填写。"
    )


def _refuse_twice(table: FoundTable, headings: Sequence[Heading]) -> None:
    labels = {heading.name: heading.label for heading in headings}
    for name, columns in table.header.twice.items() if table.header else ():
        raise WorkbookRefusedError(
            f"工作表“{table.sheet}”的表头里“{labels[name]}”有不止一列（{letters(columns)}），"
            "请只留一列，或改名区分。"
        )


def _table(data: SheetData, header: Header, headings: Sequence[Heading]) -> FoundTable:
    names = {column: name for name, column in header.columns.items()}
    table = FoundTable(
        sheet=data.name,
        header_row=header.bottom + 1,
        columns=dict(header.columns),
        unknown=[
            " ".join(label.split())
            for column, label in header.labels.items()
            if column not in names and fold(label) not in IGNORED
        ],
        above=_above(data, header.top),
        hidden=[names[column] for column in sorted(set(names) & data.hidden_columns)],
        days=frozenset(
            header.columns[one.name]
            for one in headings
            if one.is_day and one.name in header.columns
        ),
        data=data,
        header=header,
    )
    for heading in header.missing(headings):
        said = _said(table, heading)
        if said:
            table.add(heading.name, said)
        else:
            table.missing.append(heading)
    return table


def _said(table: FoundTable, heading: Heading) -> str:
    """What goes for every row where the file has no such column."""
    if heading.stated and (said := table.stated(*heading.stated)):
        return said
    if heading.stated and heading.is_day and (day := day_of(table.above)):
        return day
    return heading.default


def _above(data: SheetData, top: int) -> list[str]:
    cells = (cell for row in data.rows[:top] for cell in row)
    return [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
