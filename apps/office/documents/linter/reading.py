"""A produced file read back: what a reader's program would show, resolved from its own XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import docx
from docx.document import Document
from docx.oxml.ns import qn

MM = 25.4 / 1440
"""Millimetres of a twip."""


@dataclass(frozen=True)
class Written:
    """A stretch of text in one face."""

    text: str
    font: str
    size: float
    color: str


@dataclass(frozen=True)
class Line:
    """A paragraph as it is drawn; measures in points. `rules` are the colours of its lines."""

    text: str
    runs: tuple[Written, ...]
    align: str
    first_characters: float
    line: float | None
    step: float
    rules: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]


class Paper:
    """One document read back."""

    def __init__(self, data: bytes) -> None:
        self.document: Document = docx.Document(BytesIO(data))
        with ZipFile(BytesIO(data)) as parts:
            self.names = parts.namelist()
            self.fonts = parts.read("word/fontTable.xml").decode()
        self.section = self.document.sections[0]
        self._styles = {
            style.get(qn("w:styleId")): style
            for style in self.document.styles.element.findall(qn("w:style"))
        }
        body = self.document.element.body
        self.lines = [self.line(found) for found in body.findall(qn("w:p"))]
        self.foot = [self.line(found) for found in body.iter(qn("w:p")) if _is_in_table(found)]

    def measure(self, name: str, attribute: str) -> float:
        """A measure of the page in millimetres; nothing stated is 0."""
        found = self.section._sectPr.find(qn(f"w:{name}"))
        return 0.0 if found is None else int(found.get(qn(f"w:{attribute}"), 0)) * MM

    @property
    def grid(self) -> dict[str, str]:
        found = self.section._sectPr.find(qn("w:docGrid"))
        if found is None:
            return {}
        return {str(key).rpartition("}")[2]: str(value) for key, value in found.attrib.items()}

    def edges(self, kind: str) -> list[list[Line]]:
        """Headers or footers, those of odd pages first."""
        pair = (
            (self.section.header, self.section.even_page_header)
            if kind == "header"
            else (self.section.footer, self.section.even_page_footer)
        )
        return [[self.line(found._p) for found in edge.paragraphs] for edge in pair]

    @property
    def has_pictures(self) -> bool:
        root = self.document.element
        drawn = (qn("w:drawing"), qn("w:pict"), qn("w:object"))
        return any(True for tag in drawn for _ in root.iter(tag)) or any(
            name.startswith("word/media/") for name in self.names
        )

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in [*self.lines, *self.foot])

    def line(self, found: Any) -> Line:
        properties = found.find(qn("w:pPr"))
        named = None if properties is None else properties.find(qn("w:pStyle"))
        chain = list(self._chain(named.get(qn("w:val")) if named is not None else "Normal"))
        layers = [properties, *(style.find(qn("w:pPr")) for style in chain)]
        return Line(
            text="".join(_texts(found)),
            runs=tuple(self._run(run, chain) for run in found.iter(qn("w:r"))),
            align=_first(layers, "jc", "val") or "left",
            first_characters=int(_first(layers, "ind", "firstLineChars") or 0) / 100,
            line=_points(_first(layers, "spacing", "line"), of=layers),
            step=int(_first([c.find(qn("w:rPr")) for c in chain], "spacing", "val") or 0) / 20,
            rules=tuple(_rules(properties)),
            marks=tuple(_marks(found)),
        )

    def _chain(self, name: str | None) -> Iterator[Any]:
        while name:
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            based = style.find(qn("w:basedOn"))
            name = based.get(qn("w:val")) if based is not None else None

    def _run(self, run: Any, chain: list[Any]) -> Written:
        layers = [run.find(qn("w:rPr")), *(style.find(qn("w:rPr")) for style in chain)]
        return Written(
            text="".join(_texts(run)),
            font=_first(layers, "rFonts", "eastAsia") or "",
            size=int(_first(layers, "sz", "val") or 0) / 2,
            color=_first(layers, "color", "val") or "000000",
        )


def open_paper(data: bytes) -> Paper | None:
    """None when the bytes are no document of Word's."""
    try:
        return Paper(data)
    except (BadZipFile, KeyError, ValueError, SyntaxError):
        return None


def _first(layers: list[Any], tag: str, attribute: str) -> str | None:
    """The value nearest to the text that says anything."""
    for layer in layers:
        found = None if layer is None else layer.find(qn(f"w:{tag}"))
        if found is not None and (value := found.get(qn(f"w:{attribute}"))) is not None:
            return str(value)
    return None


def _points(value: str | None, *, of: list[Any]) -> float | None:
    """An exact height; None for a line that grows with its text."""
    if value is None or _first(of, "spacing", "lineRule") != "exact":
        return None
    return int(value) / 20


def _texts(found: Any) -> Iterator[str]:
    for piece in found.iter(qn("w:t"), qn("w:tab"), qn("w:instrText")):
        if piece.tag == qn("w:tab"):
            # A stop of the paragraph's properties is no character.
            if piece.getparent().tag == qn("w:r"):
                yield "\t"
        else:
            yield piece.text or ""


def _rules(properties: Any) -> Iterator[str]:
    borders = None if properties is None else properties.find(qn("w:pBdr"))
    for border in () if borders is None else borders:
        yield str(border.get(qn("w:color")))


def _marks(found: Any) -> Iterator[tuple[str, str]]:
    """Bookmarks of the paragraph with the text between their ends."""
    open_: dict[str, tuple[str, list[str]]] = {}
    for child in found:
        if child.tag == qn("w:bookmarkStart"):
            open_[child.get(qn("w:id"))] = (child.get(qn("w:name")), [])
        elif child.tag == qn("w:bookmarkEnd"):
            name, texts = open_.pop(child.get(qn("w:id")), ("", []))
            if name:
                yield name, "".join(texts)
        else:
            for _, texts in open_.values():
                texts.extend(_texts(child))


def _is_in_table(found: Any) -> bool:
    return any(parent.tag == qn("w:tc") for parent in found.iterancestors())
