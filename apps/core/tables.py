"""Tables and fact lists declared as columns; cells are written in Python, fast and in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from django.db.models import Model
from django.utils.safestring import SafeString

from . import html
from .columns import Column, Row, at, field_at, walk
from .formats import Blank
from .html import Tone, escaped

__all__ = [
    "Column", "Event", "Fact", "Heading", "Line", "Row", "Table", "at", "facts_of", "field_at",
    "walk",
]  # fmt: skip


class Line(NamedTuple):
    """One row ready for the page; `cells` is the markup of all its <td>, `title` names it."""

    row: Row
    title: Column
    cells: SafeString

    @property
    def pk(self) -> Any:
        row = self.row
        return row.get("pk") if isinstance(row, dict) else getattr(row, "pk", None)

    @property
    def name(self) -> str:
        return str(self.title.raw(self.row))

    @property
    def tick(self) -> SafeString:
        """The cell that selects the row."""
        name = escaped(self.name)
        return SafeString(
            '<td class="t-tick"><input type="checkbox" class="form-check-input" form="bulk"'
            f' name="pk" value="{escaped(self.pk)}" data-tick data-name="{name}"'
            f' aria-label="选择 {name}"></td>'
        )


@dataclass(frozen=True)
class Heading:
    column: Column
    sort: str = ""
    state: Literal["", "ascending", "descending"] = ""


@dataclass
class Table:
    """Columns and rows for `includes/_table.html`; `rows` are dicts, objects or both.

    `row_template` draws the last cell (buttons of a working list) with `row`. `caption` is read
    to those who cannot see. `foot` is one row of totals under the same columns; `sums` are totals
    by the names of some. `is_compact` makes two lines of a row on a phone: the title with the cell
    of css `p-end`, then the rest.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]
    caption: str = ""
    row_template: str = ""
    selectable: bool = False
    ordering: str = ""
    foot: Row | None = None
    sums: Mapping[str, Any] | None = None
    is_compact: bool = False
    empty: str = "没有符合条件的记录。"

    @classmethod
    def of(
        cls, model: type[Model], columns: Sequence[Column], rows: Iterable[Row], **more: Any
    ) -> Table:
        """A table whose labels and choices come from `model`."""
        bound = [column.bound_to(model) for column in columns]
        return cls(bound, rows, caption=more.pop("caption", str(model._meta.verbose_name)), **more)

    @property
    def headings(self) -> Iterator[Heading]:
        current, down = self.ordering.removeprefix("-"), self.ordering.startswith("-")
        for column in self.columns:
            if not column.order:
                yield Heading(column)
            elif column.name != current:
                first = "-" if column.right or column.kind in {"day", "moment"} else ""
                yield Heading(column, first + column.name)
            else:
                turned = column.name if down else f"-{column.name}"
                yield Heading(column, turned, "descending" if down else "ascending")

    @cached_property
    def lines(self) -> list[Line]:
        title = self._title
        write = self._writer()
        return [Line(row, title, write(row)) for row in self.rows]

    # Head and body are written here: a template takes five times as long for them.

    @property
    def head(self) -> SafeString:
        """The headings where nobody sorts."""
        return SafeString("".join(map(_headed, self.headings)))

    @property
    def body(self) -> SafeString:
        """The rows where no template draws their last cell."""
        return SafeString(
            "".join(
                f"<tr>{line.tick if self.selectable else ''}{line.cells}</tr>"
                for line in self.lines
            )
        )

    @property
    def foot_cells(self) -> SafeString:
        if self.sums is not None:
            return self._summed(self.sums)
        return self._writer()(self.foot) if self.foot is not None else SafeString("")

    def _summed(self, sums: Mapping[str, Any]) -> SafeString:
        """合计 under the title, each sum under its column, nothing under the others.

        Where no row has a value the sum has none either.
        """
        title = self._title

        def cell(column: Column) -> str:
            if column is title:
                return "合计"
            if column.name not in sums:
                return ""
            found = sums[column.name]
            blank = column.blank or Blank.MISSING
            return html.blank(blank) if found is None else html.figure(found)

        cells = (f"{column.opening}{cell(column)}</td>" for column in self.columns)
        return SafeString("".join(cells))

    @property
    def _title(self) -> Column:
        return next((c for c in self.columns if c.phone == "title"), self.columns[0])

    def _writer(self) -> Callable[[Row], SafeString]:
        """Writes the cells of a row; the opening tags are made once for the whole table."""
        pairs = [(column.bare, column.opening) for column in self.columns]

        def write(row: Row) -> SafeString:
            # Every part is markup already.
            return SafeString(
                "".join(f"{opening}{column.render(row)}</td>" for column, opening in pairs)
            )

        return write

    @property
    def width(self) -> int:
        return len(self.columns) + bool(self.row_template) + self.selectable


def _headed(heading: Heading) -> str:
    column = heading.column
    right = ' class="r"' if column.right else ""
    state = f' aria-sort="{heading.state}"' if heading.state else ""
    says = html.help_mark(column.help) if column.help else ""
    return f'<th scope="col"{right}{state}>{escaped(column.heading)}{says}</th>'


@dataclass(frozen=True)
class Fact:
    """One line of a record's list of facts."""

    label: str
    value: Any
    help: str = ""


def facts_of(record: Model, columns: Sequence[Column]) -> list[Fact]:
    """Columns read off one record, for `includes/_facts.html`."""
    bound = [column.bound_to(type(record)) for column in columns]
    return [Fact(column.label, column.render(record), column.help) for column in bound]


@dataclass(frozen=True)
class Event:
    """One entry of a timeline: when, what, by whom."""

    at: datetime | date
    title: str
    by: str = ""
    text: str = ""
    tone: Tone = "grey"
    link: str = ""
