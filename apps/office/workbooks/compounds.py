"""Looks through an .xls, a compound file, before it is read: its streams and their records."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from typing import BinaryIO

from .packages import Inspected
from .refusals import Reason, Refused

HEADER = 512
END = 0xFFFFFFFA
"""Sector numbers from here on mark ends and gaps."""
ENTRY = 128
SMALL = 4096

BOF, BOUNDSHEET, FILEPASS, SUPBOOK = 0x809, 0x85, 0x2F, 0x1AE
ROW, COLINFO, BOOLERR, FORMULA = 0x208, 0x7D, 0x205, 0x06
HIDDEN = 0x20
"""The option of a row that is not shown."""
OWN_BOOK, ADD_IN = 0x0401, 0x3A01
FAULTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class Compound:
    """The directory and the streams of a compound file. Raises Refused where it is broken."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        self._table = self._allocation()
        self.streams = dict(self._directory())

    def _sector(self, number: int) -> bytes:
        start = HEADER + number * self._size if self._size == HEADER else (number + 1) * self._size
        return self._data[start : start + self._size]

    def _allocation(self) -> array[int]:
        numbers = [n for n in struct.unpack_from("<109I", self._data, 76) if n < END]
        more: int = struct.unpack_from("<I", self._data, 68)[0]
        seen = set()
        while more < END and more not in seen:
            seen.add(more)
            sector = self._sector(more)
            listed = struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
            numbers += [n for n in listed[:-1] if n < END]
            more = listed[-1] if listed else END
        table = array("I")
        for number in numbers:
            sector = self._sector(number)
            table.frombytes(sector[: len(sector) // 4 * 4])
        return table

    def read(self, first: int) -> bytes:
        """The sectors of a chain put together."""
        parts = []
        number = first
        for _ in range(len(self._table)):
            if number >= min(END, len(self._table)):
                break
            parts.append(self._sector(number))
            number = self._table[number]
        return b"".join(parts)

    def _directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Name, first sector and size of each entry."""
        listed = self.read(struct.unpack_from("<I", self._data, 48)[0])
        for at in range(0, len(listed) - ENTRY + 1, ENTRY):
            length: int = struct.unpack_from("<H", listed, at + 64)[0]
            name = listed[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<II", listed, at + 116)
            yield name, (first, size)


def inspect(file: BinaryIO) -> dict[str, Inspected]:
    """What is found, by sheet's name. Raises Refused for what we do not read."""
    data = file.read()
    try:
        compound = Compound(data)
        _check_kind(compound)
        name = "Workbook" if "Workbook" in compound.streams else "Book"
        first, size = compound.streams[name]
        # A stream this small lies elsewhere; Excel writes none.
        return _walk(compound.read(first)[:size]) if size >= SMALL else {}
    except (struct.error, IndexError, ValueError):
        raise Refused(Reason.BROKEN) from None


def _check_kind(compound: Compound) -> None:
    names = {name.lower() for name in compound.streams}
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise Refused(Reason.ENCRYPTED)
    if any(name.startswith("_vba_project") or name == "vba" for name in names):
        raise Refused(Reason.MACROS)
    if "worddocument" in names:
        raise Refused(Reason.OTHER_KIND, what="Word 文档")
    if "powerpoint document" in names:
        raise Refused(Reason.OTHER_KIND, what="演示文稿")
    if not names & {"workbook", "book"}:
        raise Refused(Reason.OTHER_KIND, what="无法识别的文件")


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Offset, kind and content of each record."""
    at, end = 0, len(stream) - 4
    while at <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _walk(stream: bytes) -> dict[str, Inspected]:
    starts: dict[int, str] = {}
    found: dict[str, Inspected] = {}
    sheet = Inspected()
    for at, kind, body in _records(stream):
        if kind == FILEPASS:
            raise Refused(Reason.ENCRYPTED)
        if kind == SUPBOOK:
            _check_book(body)
        elif kind == BOUNDSHEET:
            starts[struct.unpack_from("<I", body)[0]] = _title(body)
        elif kind == BOF and at in starts:
            sheet = found.setdefault(starts[at], Inspected())
        else:
            _note(sheet, kind, body)
    return found


def _check_book(body: bytes) -> None:
    own = struct.unpack_from("<H", body, 2)[0] in {OWN_BOOK, ADD_IN}
    if not own:
        name = (
            body[5:].decode("latin-1")
            if body[4:5] == b"\0"
            else body[5:].decode("utf-16-le", "replace")
        )
        raise Refused(Reason.LINKS, target=name.lstrip("\x00\x01\x02") or "其他工作簿")


def _title(body: bytes) -> str:
    if body[5] == 2:
        return ""
    length, wide = body[6], body[7] & 1
    if wide:
        return body[8 : 8 + 2 * length].decode("utf-16-le", "replace")
    return body[8 : 8 + length].decode("latin-1")


def _note(sheet: Inspected, kind: int, body: bytes) -> None:
    if kind == ROW:
        row = struct.unpack_from("<H", body)[0]
        sheet.last_row = max(sheet.last_row, row + 1)
        if body[12:13] and body[12] & HIDDEN:
            sheet.hidden_rows.add(row)
    elif kind == COLINFO:
        first, last, _, _, options = struct.unpack_from("<5H", body)
        if options & 1:
            sheet.hidden_columns.update(range(first, min(last, 255) + 1))
    elif kind == BOOLERR and body[7]:
        _fault(sheet, body, body[6])
    elif kind == FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
        _fault(sheet, body, body[8])


def _fault(sheet: Inspected, body: bytes, code: int) -> None:
    row, column = struct.unpack_from("<2H", body)
    sheet.uncomputed[row, column] = FAULTS.get(code, "#错误")
