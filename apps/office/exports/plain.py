"""Long plain lists as .xlsx, row by row: written in Rust, in constant memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from rustpy_xlsxwriter import Format, write_worksheet

from apps.core.dates import to_local

from .cells import TEXT, Value
from .listing import OutColumn, Outgoing

HEADER_ROW = 3
"""Above it stand the title, what was asked for, and the note."""
NARROW, WIDE = 8.0, 46.0
MEASURED = 200
"""Rows whose texts decide how wide the columns are."""
A4 = 9
# What Excel would take for a code in a header or footer.
AMPERSAND = "&", "&&"
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

Progress = Callable[[int], object]


def write_list(
    out: Outgoing,
    target: Path | BinaryIO,
    *,
    by: str,
    at: dt.datetime,
    progress: Progress | None = None,
) -> int:
    """Write `out` to `target`, signed with who took it and when; how many rows there were.

    `progress(rows)` is called between pieces.
    """
    pieces = out.pieces()
    first = next(pieces, [])
    columns = list(out.columns)
    count = Counted(columns, chain([first], pieces), progress)
    last = max(len(columns) - 1, 1)
    lines = (out.title, _asked(out, by, at), out.note)
    styles = (_title(), _small(), _small())
    write_worksheet(
        iter(count),
        target,
        sheet_name=sheet_name(out.title),
        header_row=HEADER_ROW,
        header_format=_head(),
        freeze_row=HEADER_ROW + 1,
        freeze_col=1,
        merge_ranges=[
            (row, 0, row, last, line, style)
            for row, (line, style) in enumerate(zip(lines, styles, strict=True))
        ],
        row_heights={0: 26.0},
        column_widths=_widths(columns, first),
        column_formats={c.label: Format().set_num_format(c.format) for c in columns},
        ignore_errors={c.label: "number_stored_as_text" for c in columns if c.format == TEXT},
        autofilter=bool(first),
        page_setup=_page(by, at),
    )
    return count.rows


class Counted:
    """The rows as the writer takes them, counted as they pass."""

    def __init__(
        self,
        columns: Sequence[OutColumn],
        pieces: Iterator[list[tuple[Value, ...]]],
        progress: Progress | None,
    ) -> None:
        self.labels = [column.label for column in columns]
        self.pieces = pieces
        self.progress = progress
        self.rows = 0

    def __iter__(self) -> Iterator[dict[str, Value]]:
        labels = self.labels
        for piece in self.pieces:
            for row in piece:
                yield dict(zip(labels, row, strict=True))
            self.rows += len(piece)
            if self.progress is not None:
                self.progress(self.rows)
        if not self.rows:
            # The heading comes from the first row: an empty one leaves nothing but that.
            yield dict.fromkeys(labels)


def sheet_name(title: str) -> str:
    """What a tab may be called."""
    name = title.partition(" · ")[0].translate(FORBIDDEN).strip(" '")
    return name[:31] or "Sheet1"


def signature(user: Any) -> str:
    """Who took a file, as it is written into it."""
    return f"{user.name}（{user.username}）"


def stamp(by: str, at: dt.datetime) -> str:
    """Who took the file and when: 张三 2021-08-05 17:40."""
    return f"{by} {to_local(at):%Y-%m-%d %H:%M}"


def _asked(out: Outgoing, by: str, at: dt.datetime) -> str:
    return (
        f"筛选：{out.conditions}　排序：{out.order}　共 {out.total:,} {out.measure}　"
        f"数据截至 {to_local(at):%Y-%m-%d %H:%M}　导出：{by}"
    )


def _title() -> Any:
    return Format().set_bold().set_font_size(16).set_align("left").set_align("vertical_center")


def _small() -> Any:
    return Format().set_font_size(9).set_font_color("#736C63").set_align("left")


def _head() -> Any:
    head = Format().set_bold().set_background_color("#F3EFE9").set_text_wrap()
    return head.set_border("thin").set_border_color("#D3CCC2").set_align("center")


def _page(by: str, at: dt.datetime) -> dict[str, Any]:
    """A4 landscape; the heading and who took it on each page."""
    return {
        "landscape": True,
        "paper_size": A4,
        "fit_to_pages": (1, 0),
        "repeat_rows": (HEADER_ROW, HEADER_ROW),
        "margins": {"left": 0.4, "right": 0.4, "top": 0.6, "bottom": 0.6},
        "header": f"&R&8 {stamp(by, at).replace(*AMPERSAND)} 导出",
        "footer": "&L&8非涉密平台数据，仅供工作使用&R&8第 &P 页，共 &N 页",
    }


def _widths(columns: Sequence[OutColumn], first: list[tuple[Value, ...]]) -> list[float]:
    """As wide as the texts of the first rows, within reason."""
    widths = []
    for place, column in enumerate(columns):
        shown = [_breadth(row[place]) for row in first[:MEASURED]]
        widest = max([_breadth(column.label) + 2, *shown]) + 2
        widths.append(min(max(NARROW, column.width, widest), WIDE))
    return widths


def _breadth(value: Value) -> float:
    if value is None:
        return 0
    if isinstance(value, dt.datetime):
        return 16
    if isinstance(value, dt.date):
        return 10
    lines = str(value).split("\n")
    return max(len(line) + sum(char > "\u2e7f" for char in line) for line in lines)
