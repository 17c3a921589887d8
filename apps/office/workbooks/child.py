"""Runs by itself, under limits: reads the workbook on standard input, writes its rows as frames.

Nothing of Django is loaded here.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from . import compounds, kinds, packages, texts
from .packages import Inspected, column_letters
from .packing import EACH, END, FRAME, NOTE, REFUSED, ROWS, SHEET, pack
from .refusals import Reason, Refused


class Output:
    """Where the frames go; counts what passes."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream = stream
        self._most = most

    def put(self, kind: bytes, content: bytes) -> None:
        self._most -= len(content)
        if self._most < 0 and kind == ROWS:
            raise Refused(Reason.MEMORY)
        self._stream.write(FRAME.pack(kind, len(content)) + content)

    def say(self, frame: bytes, /, **words: Any) -> None:
        self.put(frame, json.dumps(words, ensure_ascii=True).encode())
        self._stream.flush()


def limit(memory: int, seconds: int) -> None:
    """From here on: so much more memory, so much time, no file written, no process started."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + memory
    for what, soft, hard in (
        (resource.RLIMIT_AS, most, most),
        # At the soft limit comes SIGXCPU, which tells; at the hard one SIGKILL, which does not.
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


def main() -> None:
    order = json.loads(sys.argv[1])
    output = Output(sys.stdout.buffer, order["transport"])
    limit(order["memory"], order["seconds"])
    try:
        kind = read(sys.stdin.buffer, order, output)
        output.say(END, kind=kind)
    except Refused as refused:
        output.say(REFUSED, reason=refused.reason, words=refused.words)
    except MemoryError:
        output.say(REFUSED, reason=Reason.MEMORY, words={})
    except PasswordError:
        output.say(REFUSED, reason=Reason.ENCRYPTED, words={})
    except BaseException:  # noqa: BLE001 — a panic of Rust's is no Exception; all are the file's
        output.say(REFUSED, reason=Reason.BROKEN, words={})


def read(file: BinaryIO, order: dict[str, Any], output: Output) -> str:
    """Write all sheets; the kind of the workbook. Raises Refused."""
    promised = kinds.check_name(order["name"])
    container = kinds.kind_of(file)
    sheets: Iterable[Sheet]
    if container == "text":
        kind, sheets = "csv", [Sheet("表格", texts.open_rows(file), merged=[], is_hidden=False)]
    elif container == "zip":
        weight = packages.Weight(order["unpacked"], order["columns"])
        kind, sheets = "xlsx", _workbook(file, packages.inspect(file, weight), output)
    else:
        kind, sheets = "xls", _workbook(file, compounds.inspect(file), output)
    kinds.check_promise(promised, kind)
    written = [sheet.write(order, output) for sheet in sheets]
    if not any(written):
        raise Refused(Reason.NOTHING)
    return kind


class Sheet:
    """One sheet on its way out."""

    def __init__(self, name: str, rows: Iterable[list[Any]], **told: Any) -> None:
        self._name = name
        self._rows = iter(rows)
        self._told = told

    def write(self, order: dict[str, Any], output: Output) -> bool:
        """Frames of this sheet; whether it holds anything."""
        inspected: Inspected = self._told.pop("inspected", Inspected())
        hidden = sorted(inspected.hidden_columns)
        rows = sorted(inspected.hidden_rows)
        output.say(SHEET, name=self._name, hidden=hidden, hidden_rows=rows, **self._told)
        count = 0
        for chunk in _chunks(_whole(self._rows, inspected)):
            _check_columns(self._name, chunk, order["columns"])
            marks = [
                (row - count, column, text)
                for (row, column), text in inspected.uncomputed.items()
                if count <= row < count + len(chunk)
            ]
            count += len(chunk)
            if count > order["rows"]:
                last = max(count, inspected.last_row)
                raise Refused(Reason.ROWS, sheet=self._name, rows=last, most=order["rows"])
            output.put(ROWS, pack(chunk, marks))
        return count > 0


def _whole(rows: Iterator[list[Any]], inspected: Inspected) -> Iterator[list[Any]]:
    """Rows without empty cells at their end and without empty rows at the sheet's."""
    last = max((row for row, _ in inspected.uncomputed), default=-1)
    empty = at = 0
    for row in rows:
        while row and row[-1] == "":
            row.pop()
        at += 1
        if not row and at > last + 1:
            empty += 1
            continue
        yield from ([] for _ in range(empty))
        empty = 0
        yield row
    yield from ([] for _ in range(last + 1 - at))


def _chunks(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    chunk: list[list[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == EACH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _check_columns(sheet: str, rows: list[list[Any]], most: int) -> None:
    widest = max(map(len, rows))
    if widest > most:
        column = column_letters(widest - 1)
        raise Refused(Reason.COLUMNS, sheet=sheet, column=column, most=most)


def _workbook(file: BinaryIO, inspected: dict[str, Inspected], output: Output) -> Iterator[Sheet]:
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        known = inspected.get(about.name, Inspected())
        output.say(NOTE, sheet=about.name, last_row=known.last_row)
        sheet = book.get_sheet_by_name(about.name)
        yield Sheet(
            about.name,
            _rows(sheet),
            merged=_merged(sheet),
            is_hidden=about.visible != SheetVisibleEnum.Visible,
            inspected=known,
        )


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Rows from the first; calamine leaves out columns that are empty to the left."""
    if not sheet.start:
        return iter(())
    left = [""] * sheet.start[1]
    return (left + row for row in sheet.iter_rows()) if left else sheet.iter_rows()


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, int, int]]:
    ranges = sheet.merged_cell_ranges or []
    return [(top, left, bottom, right) for (top, left), (bottom, right) in ranges]


if __name__ == "__main__":
    main()
