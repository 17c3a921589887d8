"""Finds the header of a sheet: of one, two or three storeys, under titles, in anybody's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .book import Cell, Merge, SheetData
from .packages import column_letters

LOOKED = 40
"""Rows a header may be under."""
STOREYS = 3

NOTED = re.compile(r"\([^()]*\)")
MARKS = str.maketrans("", "", "*:※★·")


@dataclass(frozen=True)
class Heading:
    """A column that is looked for, with the words it may go by.

    Where there is no such column, what is `stated` above the header under one of these words goes
    for every row (填报单位：省水利厅), else the `default`. Days without a year take the one that
    stands above the header.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    stated: tuple[str, ...] = ()
    default: str = ""
    is_day: bool = False


@dataclass(frozen=True)
class Header:
    """A place that reads like the header: rows from 0, the columns found, how they are headed."""

    top: int
    bottom: int
    columns: dict[str, int]
    labels: dict[int, str]
    twice: dict[str, tuple[int, int]]

    def missing(self, headings: Sequence[Heading]) -> list[Heading]:
        return [heading for heading in headings if heading.name not in self.columns]

    def lacks(self, headings: Sequence[Heading]) -> list[Heading]:
        return [heading for heading in self.missing(headings) if heading.required]


def fold(text: str) -> str:
    """A heading without what makes no difference: width, blanks, stars, colons, case."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).translate(MARKS).casefold()


def best_header(data: SheetData, headings: Sequence[Heading]) -> Header | None:
    """The place with most of the headings, the required ones before all; None if there is none."""
    head = _Head(data)
    found = [header for header in head.candidates(headings) if header.columns]

    def worth(header: Header) -> tuple[int, int, int, int]:
        storeys = header.bottom - header.top
        return -len(header.lacks(headings)), len(header.columns), -storeys, -header.top

    return max(found, key=worth, default=None)


class _Head:
    """The first rows of a sheet, with what is merged filled in."""

    def __init__(self, data: SheetData) -> None:
        rows = data.rows[:LOOKED]
        self._height = len(rows)
        self._width = max(map(len, rows), default=0)
        self._texts = [[_text(cell) for cell in _padded(row, self._width)] for row in rows]
        self._merge: dict[tuple[int, int], Merge] = {}
        for merge in data.merged:
            self._fill(merge)

    def _fill(self, merge: Merge) -> None:
        top, left, bottom, right = merge
        if top >= self._height or left >= self._width:
            return
        for row in range(top, min(bottom + 1, self._height)):
            for column in range(left, min(right + 1, self._width)):
                self._texts[row][column] = self._texts[top][left]
                self._merge[row, column] = merge

    def candidates(self, headings: Sequence[Heading]) -> Iterator[Header]:
        for top in range(self._height):
            if self._is_within(top):
                continue
            least = self._storeys(top)
            for bottom in range(top + least - 1, min(top + STOREYS, self._height)):
                yield self._header(top, bottom, headings)

    def _is_within(self, top: int) -> bool:
        """Whether a cell above reaches down into this row: no header begins here."""
        merges = (self._merge.get((top, column)) for column in range(self._width))
        return any(merge and merge[0] < top for merge in merges)

    def _storeys(self, top: int) -> int:
        """Rows that cells merged downwards from `top` reach over."""
        merges = (self._merge.get((top, column)) for column in range(self._width))
        ends = [merge[2] for merge in merges if merge and merge[0] == top]
        return max([end - top + 1 for end in ends if end - top < STOREYS], default=1)

    def _header(self, top: int, bottom: int, headings: Sequence[Heading]) -> Header:
        paths = {column: self._path(top, bottom, column) for column in range(self._width)}
        forms = {column: _forms(path) for column, path in paths.items() if path}
        columns: dict[str, int] = {}
        twice: dict[str, tuple[int, int]] = {}
        for heading in headings:
            fits = sorted(
                (rank, column)
                for column, words in forms.items()
                if (rank := _rank(heading, words)) is not None
            )
            if not fits:
                continue
            columns[heading.name] = fits[0][1]
            for first, second in pairwise(fits[:2]):
                if first[0] == second[0]:
                    twice[heading.name] = first[1], second[1]
        labels = {column: "".join(path) for column, path in paths.items() if path}
        return Header(top, bottom, columns, labels, twice)

    def _path(self, top: int, bottom: int, column: int) -> list[str]:
        """What stands over a column, from the top."""
        path: list[str] = []
        before: Merge | None = None
        for row in range(top, bottom + 1):
            merge = self._merge.get((row, column))
            text = self._texts[row][column]
            # Where nothing tells of merged cells, a blank right of a word belongs to it.
            if not text and merge is None and row < bottom and self._texts[row + 1][column]:
                text = self._left_of(row, column)
            if text and (merge is None or merge != before):
                path.append(text)
            before = merge
        return path

    def _left_of(self, row: int, column: int) -> str:
        return next((text for text in reversed(self._texts[row][:column]) if text), "")


def _padded(row: list[Cell], width: int) -> list[Cell]:
    return row + [None] * (width - len(row))


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.strip()
    return "" if cell is None else str(cell)


def _forms(path: list[str]) -> list[str]:
    """How a column may be called, the fullest first: 起止时间起, 起; then without (人)."""
    whole = [fold("".join(path[at:])) for at in range(len(path))]
    bare = [NOTED.sub("", form) for form in whole]
    return whole + [form for form in bare if form and form not in whole]


def _rank(heading: Heading, forms: list[str]) -> tuple[int, int] | None:
    """How well a column fits: its own label before an alias, the fullest form before a shorter."""
    for word_rank, word in enumerate((heading.label, *heading.aliases)):
        wanted = fold(word)
        for candidate in dict.fromkeys((wanted, NOTED.sub("", wanted))):
            if candidate and candidate in forms:
                return min(word_rank, 1), forms.index(candidate)
    return None


def letters(columns: Sequence[int]) -> str:
    """D、H"""
    return "、".join(map(column_letters, columns))
