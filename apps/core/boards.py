"""Blocks of a board: what each include in templates/includes/ draws, as frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from django.utils.safestring import SafeString

from . import html
from .formats import Blank, Number
from .html import Note, Tag, Tone, escaped

FLASH = Tag("快报数", "yellow")
"""A figure before the day is locked."""
FROZEN = Tag("核定数", "green")
"""A figure of a locked day."""
LIVE = Tag("实时", "grey")


@dataclass(frozen=True)
class Kpi:
    """One key figure for `_kpis.html`. `url` opens its rows; `notes` say coverage, 当日 or 累计.

    `change` is comparable only (units with a value on both days) or None, `basis` over how many;
    `good` says which way is better: up, down or "" for neither. `corrected` is what the value has
    been corrected to since it was published.
    """

    label: str
    value: Number | Blank | None
    unit: str
    url: str = ""
    tag: Tag | None = None
    change: Number | None = None
    basis: str = ""
    good: Literal["up", "down", ""] = "up"
    notes: Sequence[str] = ()
    qualifier: str = ""
    reason: Blank = Blank.MISSING
    alert: bool = False
    help: str = ""
    corrected: Note | None = None

    @property
    def figure(self) -> SafeString:
        return html.figure(self.value, self.unit, qualifier=self.qualifier, reason=self.reason)

    @property
    def tile(self) -> SafeString:
        """Written here: a board has up to fifteen, and a template takes thrice as long."""
        linked = f'<a class="rows" href="{escaped(self.url)}">{self.figure}</a>'
        return SafeString(
            f'<div class="kpi{" kpi-alert" if self.alert else ""}">'
            f'<div class="kpi-label">{escaped(self.label)}{escaped(self.tag or "")}{self._help}</div>'
            f'<div class="kpi-value">{linked if self.url else self.figure}</div>'
            f'<div class="kpi-notes num">{self._corrected}{self._change}'
            f"<div>{self._rows(' · '.join(map(escaped, self.notes)))}</div></div></div>"
        )

    @property
    def _help(self) -> str:
        return html.help_mark(self.help) if self.help else ""

    @property
    def _corrected(self) -> str:
        return f"<div>{escaped(self.corrected)}</div>" if self.corrected else ""

    @property
    def _change(self) -> str:
        if self.change is None:
            return ""
        basis = f" · {escaped(self.basis)}" if self.basis else ""
        return f"<div>{self._rows(html.change(self.change, good=self.good) + basis)}</div>"

    def _rows(self, text: str) -> str:
        """Change and coverage open what the value opens; the keyboard stops there once."""
        if not self.url or not text:
            return text
        return f'<a class="rows" href="{escaped(self.url)}" tabindex="-1">{text}</a>'


@dataclass(frozen=True)
class Act:
    """One of the day's four acts for `_acts.html`; give them in the order of their hours."""

    label: str
    icon: str
    state: Literal["done", "now", "wait", "late", "excused"]
    text: str
    url: str


@dataclass(frozen=True)
class GroupTile:
    """One liaison group for `_groups.html`. Colour only where something is missing.

    `late` of the filed came after the day was locked.
    """

    label: str
    leader: str
    filed: int
    expected: int
    url: str
    overdue: bool = False
    late: int = 0

    @property
    def tone(self) -> str:
        if self.filed >= self.expected:
            return ""
        return "bad" if self.overdue else "late"

    @property
    def spoken(self) -> str:
        return f"{self.label} 已报 {self.filed}，应报 {self.expected}"


@dataclass(frozen=True)
class Todo:
    """One line of 我的待办 for `_todo.html`."""

    label: str
    tone: Tone
    text: str
    url: str
    when: str = ""


@dataclass(frozen=True)
class Series:
    """One line or row of bars; None is a gap, never zero. `urls` open the rows of each number,
    `notes` stand beside it in the table."""

    name: str
    data: Sequence[Number | None]
    kind: Literal["line", "area", "dashed", "bar"] = "line"
    urls: Sequence[str] = ()
    notes: Sequence[Note | None] = ()


@dataclass(frozen=True)
class Point:
    """One number of a chart as its table shows it."""

    value: Number | None
    url: str = ""
    note: Note | None = None


@dataclass(frozen=True)
class Chart:
    """A chart for `_chart.html`, drawn by static/js/chart.js, with its table beside it.

    `sheet` is the address of the same table as Excel; `blank` says why a number is not there.
    `total` is what the one series adds up to, where days may be added.
    """

    foot_label: ClassVar[str] = "各日相加"

    key: str
    title: str
    x: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    x_label: str = "日期"
    tall: bool = False
    horizontal: bool = False
    sheet: str = ""
    blank: str = Blank.MISSING
    total: Number | None = None

    @property
    def script_id(self) -> str:
        return f"chart-{self.key}"

    @property
    def names(self) -> list[str]:
        return [series.name for series in self.series]

    @property
    def rows(self) -> Iterator[tuple[str, list[Point]]]:
        for n, label in enumerate(self.x):
            yield (
                label,
                [
                    Point(
                        s.data[n],
                        s.urls[n] if s.urls else "",
                        s.notes[n] if s.notes else None,
                    )
                    for s in self.series
                ],
            )

    @property
    def body(self) -> SafeString:
        """The rows of the table as markup: written here, where a template costs thrice as much."""
        return SafeString(
            "".join(
                f'<tr><th scope="row">{escaped(label)}</th>'
                + "".join(self._cell(point) for point in points)
                + "</tr>"
                for label, points in self.rows
            )
        )

    @property
    def foot(self) -> SafeString:
        if self.total is None:
            return SafeString("")
        figure = html.figure(self.total)
        return SafeString(
            f'<tr><th scope="row">{self.foot_label}</th><td class="r">{figure}</td></tr>'
        )

    def _cell(self, point: Point) -> str:
        inner = html.blank(self.blank) if point.value is None else html.figure(point.value)
        if point.url and point.value is not None:
            inner = SafeString(f'<a class="rows" href="{escaped(point.url)}">{inner}</a>')
        return f'<td class="r">{inner}{html.beside(point.note)}</td>'

    @property
    def spec(self) -> dict[str, Any]:
        """What the script reads."""
        return {
            "title": self.title,
            "unit": self.unit,
            "horizontal": self.horizontal,
            "blank": str(self.blank),
            "x": list(self.x),
            "series": [
                {
                    "name": s.name,
                    "kind": s.kind,
                    "data": [_json(v) for v in s.data],
                    "urls": list(s.urls),
                }
                for s in self.series
            ],
        }


def _json(value: Number | None) -> int | float | None:
    return value if value is None or isinstance(value, int) else float(value)
