"""What of a list leaves: its columns and rows as the page shows them, or in its sheet's own shape.

A list whose rows also come back (`apps.office.sheets`) leaves in the shape of that sheet where the
person may import it and its rows are met again when they come back: exported, edited and imported,
exactly the edits arrive. Otherwise, and where asked, it leaves in the columns of the page.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.core.exporting import list_at
from apps.core.tables import Column, Row
from apps.core.views.lists import ScopedListView, among

from ..enums import ExportShape
from ..sheets import Sheet, SheetColumn, sheet_for
from . import cells
from .cells import Value

LIST, SHEET = ExportShape.LIST.value, ExportShape.SHEET.value
PIECE = 8000
MOST_OF_ONE = 20
"""Rows of a sheet that belong to one of the list, as a rule: the people of a deployment."""
MOST = 1_000_000
"""A sheet of Excel ends at 1,048,576 rows."""
BLANK_NOTE = "空白为未报或未登记，0 为零。"
SHEET_NOTE = "可改后在“导入”中传回；单元格留空即清除原值，带 * 的号码不改即保留。"
SHEET_FORMATS = {
    "int": cells.WHOLE,
    "date": cells.FORMATS["day"],
    "timestamptz": cells.FORMATS["moment"],
}


AS_IS = SheetColumn.__dataclass_fields__["write"].default
"""What a sheet's column says when its values need no words of their own."""


class TooManyRowsError(DomainError):
    """More rows than a sheet holds."""


@dataclass(frozen=True)
class OutColumn:
    label: str
    format: str
    width: float = 0


@dataclass(frozen=True)
class Outgoing:
    """A list on its way out. `pieces()` gives its rows, some thousand at a time, in its order."""

    title: str
    conditions: str
    order: str
    measure: str
    note: str
    total: int
    shape: str
    columns: Sequence[OutColumn]
    pieces: Callable[[], Iterator[list[tuple[Value, ...]]]]


def outgoing(address: str, user: Any, *, campaign: str = "", shape: str = "") -> Outgoing:
    """The list at `address` as `user` may take it now; counted, its rows not yet read.

    Raises Http404, PermissionDenied, and TooManyRowsError beyond MOST.
    """
    view = list_at(address, user, campaign=campaign)
    filterset, rows = view.found()
    total = rows.order_by().values("pk").count()
    if total > MOST:
        raise TooManyRowsError(f"结果超过 {MOST:,} {view.measure}，请用筛选缩小范围后再导出。")
    chips = filterset.chips() if filterset else []
    sheet = None if shape == LIST else sheet_for(view, user)
    found = _returning(sheet, user, rows, total) if sheet else None
    sheet = sheet.for_rows(rows) if sheet and found is not None else None
    columns, pieces = _by_sheet(sheet, view, user, rows) if sheet else _by_columns(view, rows)
    return Outgoing(
        title=" · ".join(filter(None, (view.get_title(), view.get_subtitle())))[:100],
        conditions="；".join(f"{chip.label}：{chip.value}" for chip in chips) or "无",
        order=_order(view),
        measure=sheet.measure if sheet else view.measure,
        note=SHEET_NOTE if sheet else BLANK_NOTE,
        total=total if found is None else found,
        shape=SHEET if sheet else LIST,
        columns=columns,
        pieces=pieces,
    )


def _returning(sheet: Sheet, user: Any, rows: QuerySet[Any], total: int) -> int | None:
    """How many rows of the sheet the list stands for; None where not all would be met again."""
    listed = sheet.rows_of(rows)
    if listed is not rows and not (total := listed.order_by().count()):
        return None
    keys = listed.order_by().values("pk")
    return total if sheet.known(user).filter(pk__in=keys).count() == total else None


def _order(view: ScopedListView) -> str:
    sort = view.chosen_sort()
    if not sort:
        return "页面默认顺序"
    column = next(c for c in view.get_columns() if c.name == sort.removeprefix("-"))
    label = column.bound_to(view.get_model()).label
    return f"按“{label}”{'降序' if sort.startswith('-') else '升序'}"


Pieces = Callable[[], Iterator[list[tuple[Value, ...]]]]


def _by_columns(view: ScopedListView, rows: QuerySet[Any]) -> tuple[list[OutColumn], Pieces]:
    model = view.get_model()
    columns = [column.bound_to(model) for column in view.get_columns()]
    readers = [(column, cells.reader_of(column)) for column in columns]

    def pieces() -> Iterator[list[tuple[Value, ...]]]:
        for piece in view.pieces(rows, PIECE):
            shown = [_shown(column, read, piece) for column, read in readers]
            yield list(zip(*shown, strict=True))

    heads = [OutColumn(column.heading, cells.format_of(column, model)) for column in columns]
    return _told_apart(heads), pieces


def _shown(column: Column, read: cells.Read, piece: Sequence[Row]) -> list[Value]:
    """One column of some thousand rows."""
    if cells.is_plain(column) and piece and type(piece[0]) is dict:
        return cells.values_of([row[column.name] for row in piece])
    return [read(row) for row in piece]


def _by_sheet(
    sheet: Sheet, view: ScopedListView, user: Any, rows: QuerySet[Any]
) -> tuple[list[OutColumn], Pieces]:
    on = business_day()

    def pieces() -> Iterator[list[tuple[Value, ...]]]:
        size = PIECE if sheet.listed == "pk" else PIECE // MOST_OF_ONE
        for keys in view.key_pieces(rows, size):
            yield _in_shape(sheet, user, keys, on)

    heads = [OutColumn(c.label, _sheet_format(c), c.width) for c in sheet.columns]
    return heads, pieces


def _in_shape(sheet: Sheet, user: Any, keys: list[Any], on: dt.date) -> list[tuple[Value, ...]]:
    """The rows of the list's `keys`, in their order, in the columns of the sheet."""
    wanted = [sheet.listed, *(column.paths[0] for column in sheet.columns)]
    paths = list(dict.fromkeys([*wanted, "ref"] if sheet.has_sealed else wanted))
    rows = sheet.known(user).filter(among(keys, path=sheet.listed))
    found = sheet.annotate(rows, on=on).order_by(*([] if sheet.listed == "pk" else sheet.order))
    by_key: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found.values_list(*paths):
        by_key[row[0]].append(row)
    values = list(zip(*(row for key in keys for row in by_key.get(key, ())), strict=True))
    if not values:
        return []
    by_path = dict(zip(paths, values, strict=True))
    shown = [_written(sheet, column, by_path) for column in sheet.columns]
    return list(zip(*shown, strict=True))


def _written(sheet: Sheet, column: SheetColumn, by_path: dict[str, tuple[Any, ...]]) -> list[Value]:
    """One column as `Sheet.cell` writes each of its values."""
    values = by_path[column.paths[0]]
    if column.sealed:
        return cells.values_of(sheet.masked(column, values, by_path["ref"]))
    if column.write is AS_IS:
        return cells.values_of(values)
    return cells.written_once(values, column.write)


def _sheet_format(column: SheetColumn) -> str:
    kind = column.sql_type.partition("(")[0]
    if column.lookup is None and kind in SHEET_FORMATS:
        return SHEET_FORMATS[kind]
    return cells.MONEY if kind == "numeric" else cells.TEXT


def _told_apart(columns: list[OutColumn]) -> list[OutColumn]:
    """Two columns of one name would become one."""
    seen: dict[str, int] = {}
    told = []
    for column in columns:
        times = seen[column.label] = seen.get(column.label, 0) + 1
        label = column.label if times == 1 else f"{column.label}（{times}）"
        told.append(OutColumn(label, column.format, column.width))
    return told
