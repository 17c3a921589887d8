"""Word's side of a page: sizes, grid, faces with their stand-ins, paragraphs and lines."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from . import standard
from .standard import FACES, FALLBACKS, Face


def open_paper() -> Document:
    """An empty A4 sheet with the standard's text block, grid and faces."""
    return docx.Document(BytesIO(_empty_sheet()))


@cache
def _empty_sheet() -> bytes:
    """Every document begins with the same file: made once, since opening it costs a third."""
    document = docx.Document()
    _set_page(document)
    _set_defaults(document)
    for face in FACES:
        _add_style(document, face)
    _name_stand_ins(document)
    sheet = BytesIO()
    document.save(sheet)
    return sheet.getvalue()


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (
        Twips(standard.PAGE_WIDTH),
        Twips(standard.PAGE_HEIGHT),
    )
    section.top_margin, section.bottom_margin = Twips(standard.TOP), Twips(standard.BOTTOM)
    section.left_margin, section.right_margin = Twips(standard.LEFT), Twips(standard.RIGHT)
    section.header_distance = Twips(standard.HEADER)
    section.footer_distance = Twips(standard.FOOTER)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = element(
        "w:docGrid",
        type="linesAndChars",
        linePitch=standard.LINE,
        charSpace=standard.CHARACTER_SPACE,
    )
    section._sectPr.append(grid)
    document.settings.odd_and_even_pages_header_footer = True


def _set_defaults(document: Document) -> None:
    """Faces of the theme would win over ours in some programs; they are taken out."""
    fonts = document.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:rFonts"))
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    normal = document.styles["Normal"]
    _dress(normal.element.get_or_add_rPr(), standard.FANGSONG)
    normal.font.size = Pt(standard.SIZE_3)
    properties = normal.element.get_or_add_rPr()
    properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    _space(properties, standard.CHARACTER_STEP)
    _lay_by_measure(normal.element.get_or_add_pPr())
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing = Twips(standard.LINE)
    spacing.widow_control = False


def _space(properties: Any, step: int) -> None:
    properties.insert_element_before(
        element("w:spacing", val=step),
        *(f"w:{name}" for name in ("w", "kern", "position", "sz", "szCs", "u", "lang")),
    )


def _lay_by_measure(properties: Any) -> None:
    """Lines and characters keep the grid by their own measures: programs differ in how they snap
    to it. Digits stand as close to characters as these to each other, and no mark hangs over the
    edge."""
    before = ("w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")
    for tag in ("w:overflowPunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):
        properties.insert_element_before(element(tag, val=0), *before)


def _add_style(document: Document, face: Face) -> None:
    style: Any = document.styles.add_style(face.name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    properties = style.element.get_or_add_rPr()
    _dress(properties, face.font)
    style.font.size = Pt(face.size)
    if face.size != standard.SIZE_3:
        _space(properties, 0)
    if face.color != standard.BLACK:
        style.font.color.rgb = RGBColor.from_string(face.color)
    paragraph = style.element.get_or_add_pPr()
    if face.size > standard.SIZE_3:
        style.paragraph_format.line_spacing = Twips(line_of(face.size))
    if face.first:
        _indent(paragraph, first=face.first)
    paragraph.append(element("w:jc", val=face.align))


def line_of(size: float) -> int:
    """The exact line of letters larger than the body's, in twips."""
    return max(standard.LINE, int(size * 20 * 1.45))


def _dress(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for side in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{side}"), font)


def _indent(paragraph: Any, **characters: int) -> None:
    """Indents in characters; the measure in twips is for programs that know no characters."""
    names = {"first": "firstLine", "left": "left", "right": "right"}
    indent = paragraph.find(qn("w:ind"))
    if indent is None:
        indent = OxmlElement("w:ind")
        paragraph.append(indent)
    for side, count in characters.items():
        indent.set(qn(f"w:{names[side]}Chars"), str(count * 100))
        indent.set(qn(f"w:{names[side]}"), str(count * standard.CHARACTER))


def _name_stand_ins(document: Document) -> None:
    """The document's own table of fonts: each face with those that may take its place."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(','.join(others))}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    table: Any = document.part.part_related_by(REL.FONT_TABLE)
    table._blob = f"{head}<w:fonts {nsdecls('w')}>{fonts}</w:fonts>".encode()


def element(tag: str, **values: object) -> Any:
    """`element("w:jc", val="center")`."""
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def paragraph(place: Any, face: Face, text: str = "") -> Paragraph:
    """A paragraph of `face` at the end of a document, cell, header or footer."""
    return dressed(place.add_paragraph(text), face)


def dressed(line: Paragraph, face: Face) -> Paragraph:
    """The paragraph in `face`. A style of ours has its name for its id; looking that up takes
    longer than making the paragraph."""
    line._p.style = face.name
    return line


def blank(place: Any, count: int = 1) -> None:
    for _ in range(count):
        paragraph(place, standard.HEAD_LINE)


def write(line: Paragraph, text: str, *, font: str = "", size: float = 0) -> Run:
    """A run in the paragraph's own face, or in another."""
    run = line.add_run(text)
    if font:
        _dress(run._r.get_or_add_rPr(), font)
    if size:
        run.font.size = Pt(size)
    return run


def indent(line: Paragraph, **characters: int) -> None:
    _indent(line._p.get_or_add_pPr(), **characters)


def right_stop(line: Paragraph, characters: int = 1) -> None:
    """What follows a tabulator ends `characters` before the right edge of the text block."""
    line.paragraph_format.tab_stops.add_tab_stop(
        Twips(standard.BLOCK_WIDTH - characters * standard.CHARACTER),
        alignment=WD_TAB_ALIGNMENT.RIGHT,
    )


def rule(line: Paragraph, *, side: str, width: int, color: str, space: int = 0) -> None:
    """A line over (`top`) or under (`bottom`) the paragraph, as wide as the text block."""
    properties = line._p.get_or_add_pPr()
    borders = element("w:pBdr")
    borders.append(element(f"w:{side}", val="single", sz=width, space=space, color=color))
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def marked(line: Paragraph, text: str, name: str, number: int) -> None:
    """A run inside a bookmark: how the reader of the file finds the number again."""
    line._p.append(element("w:bookmarkStart", id=number, name=name))
    line.add_run(text)
    line._p.append(element("w:bookmarkEnd", id=number))


def page_number(line: Paragraph) -> None:
    """— 1 —"""
    for part in ("— ", None, " —"):
        run = line.add_run(part or "")
        if part is None:
            for kind in ("begin", "instr", "end"):
                run._r.append(_field(kind))


def _field(kind: str) -> Any:
    if kind == "instr":
        instruction = OxmlElement("w:instrText")
        instruction.set(qn("xml:space"), "preserve")
        instruction.text = " PAGE "
        return instruction
    return element("w:fldChar", fldCharType=kind)


def foot(document: Document, rows: Iterable[tuple[str, str]]) -> None:
    """Lines of text at the foot of the last page: thick rules above and below, thin ones between.

    A row is its text and what stands at its right end.
    """
    rows = list(rows)
    table = document.add_table(rows=len(rows), cols=1)
    properties = table._tbl.tblPr
    for tag in ("w:tblW", "w:tblStyle", "w:tblLook"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    # Measured from the page: from the margin some programs leave so wide a table in the text.
    position = element(
        "w:tblpPr",
        vertAnchor="margin",
        horzAnchor="page",
        tblpX=standard.LEFT,
        tblpYSpec="bottom",
    )
    lines = element("w:tblBorders")
    thick, thin = standard.THICK, standard.THIN
    for side, width in (("top", thick), ("bottom", thick), ("insideH", thin)):
        lines.append(element(f"w:{side}", val="single", sz=width, space=0, color=standard.BLACK))
    padding = element("w:tblCellMar")
    for side in ("left", "right"):
        padding.append(element(f"w:{side}", w=0, type="dxa"))
    width = element("w:tblW", w=standard.BLOCK_WIDTH, type="dxa")
    fixed = element("w:tblLayout", type="fixed")
    properties.extend([position, width, lines, fixed, padding])
    table.columns[0].width = Twips(standard.BLOCK_WIDTH)
    for cell, row in zip(table.columns[0].cells, rows, strict=True):
        _foot_line(cell, *row)
    # A table may not end a document; the paragraph it hangs on takes no room.
    line = paragraph(document, standard.FOOT)
    line.paragraph_format.line_spacing = Pt(1)


def _foot_line(cell: Any, text: str, end: str) -> None:
    line: Paragraph = cell.paragraphs[0]
    line.style = standard.FOOT.name
    right_stop(line)
    label, colon, _ = text.partition("：")
    hang = int(len(label + colon) * standard.SIZE_4 * 20) if colon else 0
    edge = int(standard.SIZE_4 * 20)
    limits = element("w:ind", left=edge + hang, right=0 if end else edge)
    if hang:
        # What runs over stands under the first character after the colon.
        limits.set(qn("w:hanging"), str(hang))
    line._p.get_or_add_pPr().append(limits)
    line.add_run(f"{text}\t{end}" if end else text)
