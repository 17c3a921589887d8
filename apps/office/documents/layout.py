"""The five kinds laid out: head, text, foot. Content and stamp in, the bytes of a .docx out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, Twips

from . import paper, standard
from .content import Content, Quote, Reference, Style, day
from .enums import WITH_SYMBOL, DocumentKind
from .order import put_in_order
from .standard import DRILL, HEAD_LINE, UNSIGNED

NUMBER_MARK = "shu"
"""How the bookmark around a number begins."""
SYMBOL_BLANK = "　　"
"""Where the number will stand that a draft does not have."""
HEADINGS = frozenset({Style.LEVEL_1, Style.LEVEL_2})
WIDEST_MARK, BIGGEST_MARK = 432, 44
"""Points: what the name of the head may fill, and how large its letters may be."""


@dataclass(frozen=True)
class Stamp:
    """What signing adds: the number, the day, the signer; a draft has the day of its making."""

    year: int
    on: dt.date
    number: int | None = None
    signer: str = ""
    is_signed: bool = False
    is_drill: bool = False

    @property
    def state(self) -> str:
        """What stands on every page: 送审稿 until a person has signed, 【演练】 always in drills."""
        return f"{DRILL if self.is_drill else ''}{'' if self.is_signed else UNSIGNED}"


def lay_out(content: Content, stamp: Stamp) -> bytes:
    """The document as a file. The same content and stamp give the same text and layout."""
    document = paper.open_paper()
    _edges(document, stamp)
    HEADS[content.kind](document, content, stamp)
    _text(document, content)
    if content.kind in WITH_SYMBOL:
        _signature(document, content, stamp)
    if content.kind == DocumentKind.MINUTES:
        _attendance(document, content)
    paper.foot(document, foot_rows(content, stamp))
    _describe(document, content)
    section = document.sections[0]
    edges = (section.header, section.even_page_header, section.footer, section.even_page_footer)
    put_in_order([document.element, document.styles.element, *(edge._element for edge in edges)])
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def symbol(content: Content, stamp: Stamp) -> str:
    """直工办〔2021〕5号; a draft leaves the number open."""
    number = SYMBOL_BLANK if stamp.number is None else str(stamp.number)
    return f"{content.frame.prefix}〔{stamp.year}〕{number}号"


def issue(stamp: Stamp) -> str:
    """第17期."""
    return f"第{SYMBOL_BLANK if stamp.number is None else stamp.number}期"


def _edges(document: Document, stamp: Stamp) -> None:
    """The mark of a draft over each page, its number under it: odd pages right, even left."""
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        line = paper.dressed(header.paragraphs[0], standard.STATE)
        line.add_run(stamp.state)
    for footer, align, side in (
        (section.footer, "right", "right"),
        (section.even_page_footer, "left", "left"),
    ):
        footer.is_linked_to_previous = False
        line = paper.dressed(footer.paragraphs[0], standard.NUMBER)
        properties = line._p.get_or_add_pPr()
        edge = int(standard.SIZE_4 * 20)
        properties.append(paper.element("w:ind", **{side: edge}))
        properties.append(paper.element("w:jc", val=align))
        paper.page_number(line)


def _mark(document: Document, name: str) -> None:
    """The red name of the head, its upper edge 35 mm below that of the text block."""
    paper.blank(document, 3)
    line = paper.paragraph(document, standard.MARK)
    size = min(BIGGEST_MARK, WIDEST_MARK // max(len(name), 1))
    run = paper.write(line, name, size=size)
    run.bold = False
    line.paragraph_format.line_spacing = Twips(paper.line_of(size))


def _head_issue(document: Document, content: Content, stamp: Stamp) -> None:
    """简报 and 纪要: name, number of the issue, who makes it and when, the red line.

    Neither has a 发文字号, and nobody is named as its signer.
    """
    _mark(document, content.frame.name)
    number = paper.paragraph(document, HEAD_LINE, issue(stamp))
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number.paragraph_format.space_before = Pt(8)
    paper.blank(document)
    _two_ends(document, content.frame.issuer, day(stamp.on))
    _title(document, content)


def _head_upward(document: Document, content: Content, stamp: Stamp) -> None:
    """报告 and 请示: the number left, the signer right on the same line."""
    _mark(document, content.frame.name)
    paper.blank(document, 2)
    line = _two_ends(document, symbol(content, stamp), "签发人：")
    paper.write(line, stamp.signer or SYMBOL_BLANK * 2, font=standard.KAI)
    _addressed(document, content)


def _head_notice(document: Document, content: Content, stamp: Stamp) -> None:
    """通知: the number in the middle."""
    _mark(document, content.frame.name)
    paper.blank(document, 2)
    line = paper.paragraph(document, HEAD_LINE, symbol(content, stamp))
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _red_line(line)
    _addressed(document, content)


HEADS: dict[DocumentKind, Any] = {
    DocumentKind.BRIEF: _head_issue,
    DocumentKind.REPORT: _head_upward,
    DocumentKind.REQUEST: _head_upward,
    DocumentKind.NOTICE: _head_notice,
    DocumentKind.MINUTES: _head_issue,
}


def _two_ends(document: Document, left: str, right: str) -> Any:
    """One text a character from the left edge, one a character from the right."""
    made = paper.paragraph(document, HEAD_LINE)
    paper.right_stop(made)
    # Not an indent: the red line under the paragraph would begin with it.
    made.add_run(f"　{left}\t{right}")
    _red_line(made)
    return made


def _red_line(line: Any) -> None:
    """4 mm under the line of the number, as wide as the text block."""
    paper.rule(line, side="bottom", width=standard.RED_LINE, color=standard.RED, space=11)


def _title(document: Document, content: Content) -> None:
    """Two lines under the red one."""
    paper.blank(document, 2)
    paper.paragraph(document, standard.TITLE, content.title)
    paper.blank(document)


def _addressed(document: Document, content: Content) -> None:
    _title(document, content)
    if content.frame.addressee:
        paper.paragraph(document, standard.ADDRESSEE, f"{content.frame.addressee}：")


def _text(document: Document, content: Content) -> None:
    numbers = 0
    for block in content.blocks:
        line = paper.paragraph(document, standard.TEXT[block.style])
        line.paragraph_format.keep_with_next = block.style in HEADINGS or None
        for piece in block.pieces:
            if isinstance(piece, Reference):
                numbers += 1
                paper.marked(line, piece.text, f"{NUMBER_MARK}{numbers}", numbers)
            else:
                line.add_run(piece.text if isinstance(piece, Quote) else piece)


def _signature(document: Document, content: Content, stamp: Stamp) -> None:
    """The issuer centred over the date, four characters from the right: room for the seal."""
    paper.blank(document)
    date, issuer = day(stamp.on), content.frame.issuer
    date_right = 4 * standard.CHARACTER
    issuer_right = date_right + (_width(date) - _width(issuer)) // 2
    for text, right in ((issuer, max(issuer_right, 0)), (date, date_right)):
        line = paper.paragraph(document, standard.SIGNATURE, text)
        line._p.get_or_add_pPr().append(paper.element("w:ind", right=right))
        line.paragraph_format.keep_together = True
    if content.frame.contact:
        note = paper.paragraph(document, standard.ADDRESSEE, f"（{content.frame.contact}）")
        paper.indent(note, first=2)


def _width(text: str) -> int:
    """In twips of the body's size; Latin letters and digits take half a character."""
    return sum(standard.CHARACTER // (2 if character.isascii() else 1) for character in text)


def _attendance(document: Document, content: Content) -> None:
    """出席、请假、列席 in black type, the names after it, what runs over under the first name."""
    for label, names in content.frame.attendance:
        paper.blank(document)
        line = paper.paragraph(document, standard.ADDRESSEE)
        hang = (len(label) + 1) * standard.CHARACTER
        limits = paper.element("w:ind", left=2 * standard.CHARACTER + hang, hanging=hang)
        line._p.get_or_add_pPr().append(limits)
        paper.write(line, f"{label}：", font=standard.HEI)
        paper.write(line, names)


def foot_rows(content: Content, stamp: Stamp) -> Iterator[tuple[str, str]]:
    """报尾 of a 简报, 版记 of the rest: a text and what stands at its right end."""
    frame = content.frame
    if content.kind == DocumentKind.BRIEF:
        goes_to = (("报", frame.report_to), ("送", frame.send_to), ("发", frame.issue_to))
        yield from ((f"{label}：{names}", "") for label, names in goes_to if names)
        copies = SYMBOL_BLANK if frame.copies is None else str(frame.copies)
        yield frame.issuer, f"共印{copies}份"
    else:
        if frame.copied_to:
            yield f"抄送：{frame.copied_to}。", ""
        yield frame.issuer, f"{day(stamp.on)}印发"


def _describe(document: Document, content: Content) -> None:
    """What the file says of itself; no name of a person and no trace of the library."""
    told = document.core_properties
    told.title, told.author, told.comments = content.title, content.frame.issuer, ""
    told.last_modified_by = content.frame.issuer
    told.subject, told.keywords, told.category = content.kind.label, "", ""
    # What python-docx's own template carries is years old and not ours.
    told.created = told.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001
    told.revision = 1
