"""Looks through an .xlsx before it is read: what it weighs, what it brings, what shows no value."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import IO, BinaryIO
from xml.etree import ElementTree as ET

from .refusals import Reason, Refused

CHUNK = 256 << 10
MOST_PARTS = 2000
MOST_UNCOMPUTED = 20_000
MOST_HIDDEN = 100_000
CARRIED = 64 << 10
MARGIN = 16
FAR_LOOKED = 4 << 20
"""Bytes of a sheet in which a cell far to the right is looked for; calamine finds later ones."""

MACROS = re.compile(r"vbaproject|vbadata|/macrosheets/|/dialogsheets/|/activex/", re.IGNORECASE)
LINKS = re.compile(r"/externallinks/|^xl/connections\.xml$|/querytables/", re.IGNORECASE)
OTHER_OFFICE = {"word/": "Word 文档", "ppt/": "演示文稿", "visio/": "Visio 图"}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
FAULT = re.compile(rb"""\bt=["']e["']""")
TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>([^<]+)<")
FAR_CELL = re.compile(rb"""\br=["']([A-Z]{3})\d+["'](?:[^>]*[^/>])?>""")
UNCOMPUTED_SIGNS = (b"<f", b":f", b't="e"', b"t='e'")
ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d{1,9})["']""")
COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
HIDDEN_ROW = re.compile(
    rb"""<(?:\w+:)?row\b(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*\br=["'](\d{1,7})["']"""
)
SPAN = re.compile(rb"""\b(min|max)=["'](\d{1,5})["']""")


@dataclass
class Inspected:
    """What calamine does not tell of a sheet."""

    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    uncomputed: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0


@dataclass(frozen=True)
class Weight:
    unpacked: int
    columns: int


def inspect(file: BinaryIO, weight: Weight) -> dict[str, Inspected]:
    """What is found, by sheet's name. Raises Refused for what we do not read."""
    try:
        with zipfile.ZipFile(file) as package:
            return _inspect(package, weight)
    except (zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, NotImplementedError, KeyError):
        raise Refused(Reason.BROKEN) from None


def _inspect(package: zipfile.ZipFile, weight: Weight) -> dict[str, Inspected]:
    parts = package.infolist()
    names = [part.filename.replace("\\", "/") for part in parts]
    _check_kind(names)
    _check_parts(parts, names, weight)
    if b"macroenabled" in package.read("[Content_Types].xml").lower():
        raise Refused(Reason.MACROS)
    reader = _Reader(package, weight.unpacked)
    for name in names:
        if name.lower().endswith((".xml", ".rels", ".vml")) and not _is_sheet(name):
            reader.pass_through(name)
    for name in names:
        if name.lower().endswith(".rels"):
            _check_links(package.read(name))
    sheets = {part: title for title, part in _sheets(package)}
    found = {}
    for name in names:
        if not (_is_sheet(name) or name.lower() in sheets):
            continue
        title = sheets.get(name.lower(), name)
        scan = _Scan(title, weight)
        reader.pass_through(name, scan.take)
        found[title] = scan.found
    return found


def _is_sheet(name: str) -> bool:
    return name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")


def _check_kind(names: list[str]) -> None:
    for folder, what in OTHER_OFFICE.items():
        if any(name.startswith(folder) for name in names):
            raise Refused(Reason.OTHER_KIND, what=what)
    if not any(name.lower().startswith("xl/") for name in names):
        what = "OpenDocument 文件" if "mimetype" in names else "压缩包"
        raise Refused(Reason.OTHER_KIND, what=what)
    if "xl/workbook.bin" in names:
        raise Refused(Reason.EXTENSION, extension=".xlsx", what=".xlsb 工作簿")


def _check_parts(parts: list[zipfile.ZipInfo], names: list[str], weight: Weight) -> None:
    small = [name.lower() for name in names]
    if any(MACROS.search(name) for name in names):
        raise Refused(Reason.MACROS)
    if link := next(filter(LINKS.search, names), None):
        raise Refused(Reason.LINKS, target=posixpath.basename(link))
    # Two parts of one name: the one looked at need not be the one read.
    if len(parts) > MOST_PARTS or len(set(small)) != len(small):
        raise Refused(Reason.BROKEN)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(Reason.ENCRYPTED)
    if sum(part.file_size for part in parts) > weight.unpacked:
        raise Refused(Reason.UNPACKED, most=weight.unpacked >> 20)


class _Reader:
    """Unpacks parts piece by piece and counts: a part may hold more than it says."""

    def __init__(self, package: zipfile.ZipFile, most: int) -> None:
        self._package = package
        self._most = most
        self._read = 0

    def pass_through(self, name: str, take: Callable[[bytes], object] = len) -> None:
        with self._package.open(name) as part:
            before = b""
            for piece in self._pieces(part):
                # UTF-16 has a zero beside each letter.
                seen = (before + piece).replace(b"\0", b"")
                if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                    raise Refused(Reason.DECLARATIONS)
                before = piece[-2 * MARGIN :]
                take(piece)
        take(b"")

    def _pieces(self, part: IO[bytes]) -> Iterator[bytes]:
        while piece := part.read(CHUNK):
            self._read += len(piece)
            if self._read > self._most:
                raise Refused(Reason.UNPACKED, most=self._most >> 20)
            yield piece


def _check_links(relations: bytes) -> None:
    for relation in ET.fromstring(relations):  # noqa: S314
        if relation.get("TargetMode", "").lower() != "external":
            continue
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        is_page = target.lower().startswith(("http://", "https://", "mailto:", "tel:"))
        # An address in a cell is a text with a line under it; nothing of ours opens it.
        if not (kind.endswith("/hyperlink") and is_page):
            raise Refused(Reason.LINKS, target=target)


def _sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet and the part it lies in."""
    relations = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in ET.fromstring(package.read("xl/workbook.xml")).iter():  # noqa: S314
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "id"), "")
        target = posixpath.normpath(posixpath.join("/xl", targets.get(key, "")))
        yield element.get("name", ""), target.lstrip("/").lower()


class _Scan:
    """Takes a sheet's XML piece by piece."""

    def __init__(self, sheet: str, weight: Weight) -> None:
        self.found = Inspected()
        self._sheet = sheet
        self._weight = weight
        self._rest = b""
        self._is_head = True
        self._left = FAR_LOOKED

    def take(self, piece: bytes) -> None:
        """The next piece; an empty one ends the sheet."""
        text = self._rest + piece
        if self._is_head:
            self._is_head = self._columns(text)
        if self._left > 0:
            self._check_far(text)
        self._left -= len(piece)
        last = text.rfind(b"row ")
        if row := ROW_NUMBER.search(text, max(last - 16, 0)):
            self.found.last_row = max(self.found.last_row, int(row[1]))
        if b"hidden=" in text and len(self.found.hidden_rows) < MOST_HIDDEN:
            self.found.hidden_rows.update(int(row) - 1 for row in HIDDEN_ROW.findall(text))
        if any(sign in text for sign in UNCOMPUTED_SIGNS):
            self._cells(text)
        end = max(text.rfind(b"</c>") + 4, text.rfind(b":c>") + 3, text.rfind(b"</row>"))
        self._rest = text[end:][-CARRIED:] if piece else b""

    def _check_far(self, text: bytes) -> None:
        if far := FAR_CELL.search(text):
            column, most = far[1].decode(), self._weight.columns
            raise Refused(Reason.COLUMNS, sheet=self._sheet, column=column, most=most)

    def _columns(self, text: bytes) -> bool:
        """Note hidden columns; they stand before the rows. Whether more may come."""
        before, start, _ = text.partition(b"sheetData")
        for column in COLUMN.findall(before):
            span = {name: int(number) for name, number in SPAN.findall(column)}
            if HIDDEN.search(column) and len(span) == 2:
                last = min(span[b"max"], self._weight.columns)
                self.found.hidden_columns.update(range(span[b"min"] - 1, last))
        return not start

    def _cells(self, text: bytes) -> None:
        for cell in CELL.finditer(text):
            shown = _uncomputed(cell[1], cell[2] or b"")
            place = REFERENCE.search(cell[1])
            if shown and place and len(self.found.uncomputed) < MOST_UNCOMPUTED:
                self.found.uncomputed[int(place[2]) - 1, column_index(place[1].decode())] = shown


def _uncomputed(attributes: bytes, body: bytes) -> str:
    """The text of a cell without a value: Excel's error, or a formula nobody has computed."""
    value = VALUE.search(body)
    if FAULT.search(attributes):
        return _words(value[1]) if value else "#错误"
    formula = FORMULA.search(body)
    # A formula may well answer with an empty text: that is a value.
    if formula is None or value or TEXT_RESULT.search(attributes):
        return ""
    return "=" + _words(formula[1] or b"")


def _words(xml: bytes) -> str:
    return unescape(xml[:200].decode(errors="replace")).strip()


def column_index(letters: str) -> int:
    """A is 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
