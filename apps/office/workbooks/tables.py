"""Finds the table of a sheet by its headings, wherever people have put it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .book import Book, Cell


@dataclass(frozen=True)
class Heading:
    """A column that is looked for, with the words it may go by."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass
class FoundTable:
    """Where a table stands. `columns` maps names to columns counted from 0, rows are Excel's.

    `above` are the texts over the header (title, 填报单位, date), `hidden` the names of found columns
    that Excel does not show, `skipped` the rows left out with the reason, as `rows()` comes by.
    """

    sheet: str
    header_row: int
    columns: dict[str, int]
    unknown: list[str] = field(default_factory=list)
    missing: list[Heading] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Excel's row number and the cells of each row that holds data."""
        raise NotImplementedError


def find_table(book: Book, headings: Sequence[Heading], *, sheet: str = "") -> FoundTable:
    """The table with these headings, in the visible sheets or the one named `sheet`.

    Raises WorkbookRefusedError naming what was looked for.
    """
    raise NotImplementedError
