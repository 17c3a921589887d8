"""A document drawn as a page: the same words as in the file, each number with its address."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import Document
from .content import Content, Piece, Reference, day, from_json
from .enums import UPWARD, WITH_SYMBOL
from .layout import foot_rows, issue, symbol
from .services import stamp_of


@dataclass(frozen=True)
class Bit:
    """A stretch of text; `url` opens the rows of a number, `told` says where it comes from."""

    text: str
    url: str = ""
    told: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Paragraph:
    style: str
    bits: tuple[Bit, ...]


@dataclass(frozen=True)
class Sheet:
    """What `documents/_sheet.html` draws."""

    kind: str
    content: Content
    state: str
    name: str
    number: str
    issuer: str
    date: str
    signer: str | None
    paragraphs: tuple[Paragraph, ...]
    is_signed_at_foot: bool
    foot: tuple[tuple[str, str], ...]


def sheet_of(document: Document) -> Sheet:
    content, stamp = from_json(document.content), stamp_of(document)
    has_symbol = content.kind in WITH_SYMBOL
    return Sheet(
        kind=content.kind.value,
        content=content,
        state=stamp.state,
        name=content.frame.name,
        number=symbol(content, stamp) if has_symbol else issue(stamp),
        issuer=content.frame.issuer,
        date=day(stamp.on),
        signer=stamp.signer if content.kind in UPWARD else None,
        paragraphs=tuple(
            Paragraph(block.style.value, tuple(_bit(piece) for piece in block.pieces))
            for block in content.blocks
        ),
        is_signed_at_foot=has_symbol,
        foot=tuple(foot_rows(content, stamp)),
    )


def _bit(piece: Piece) -> Bit:
    if isinstance(piece, str):
        return Bit(piece)
    if isinstance(piece, Reference):
        return Bit(piece.text, piece.url, piece.described, is_number=True)
    return Bit(piece.text)
