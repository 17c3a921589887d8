"""What a document says, frozen when it is made: paragraphs whose numbers know where they come from.

Kept as JSON with the document. A number is a Reference, never a digit typed into a sentence; words
that somebody else wrote and that may hold digits are a Quote. Everything else is the portal's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from apps.core.formats import numeral

from .enums import DocumentKind


class Style(StrEnum):
    """What a paragraph is; the layout says how it looks."""

    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    LEVEL_4 = "level_4"
    BODY = "body"


class Source(StrEnum):
    """Where a number comes from."""

    FIGURE = "figure"
    """Frozen figures by their ids; several are added up."""
    RECORD = "record"
    """Rows of a ledger as they stood when the document was made; the address opens them."""


class Part(StrEnum):
    """Which number of a figure is printed."""

    VALUE = "value"
    CHANGE = "change"
    """Over the units present on both days; the direction is written before the number."""
    COMPARED_UNITS = "compared_units"


RISE, FALL, LEVEL = "增加", "减少", "持平"


@dataclass(frozen=True)
class Reference:
    """One printed number: the figures it was read from, for which day and scope, and its value."""

    source: Source
    value: Decimal
    measure: str
    name: str = ""
    part: Part = Part.VALUE
    qualifier: str = ""
    ids: tuple[int, ...] = ()
    indicator: str = ""
    scope: str = ""
    place: str = ""
    on: str = ""
    url: str = ""

    @property
    def text(self) -> str:
        """23418人, 约5000人, 3200余次, 增加1206人. Documents write no separators."""
        if self.part == Part.CHANGE:
            return (
                f"{self._direction}{plain(abs(self.value))}{self.measure}" if self.value else LEVEL
            )
        about = self.qualifier if self.qualifier == "约" else ""
        over = self.qualifier if self.qualifier == "余" else ""
        return f"{about}{plain(self.value)}{over}{self.measure}"

    @property
    def _direction(self) -> str:
        return RISE if self.value > 0 else FALL

    @property
    def quantity(self) -> tuple[str, ...]:
        """What is counted, whatever the number: two of one quantity in a paper say the same."""
        named = (self.source, self.name, self.part, self.indicator, self.scope, self.place, self.on)
        return (*named, self.measure, self.url)

    @property
    def described(self) -> str:
        """What is said about the number: 在岗下沉党员（合计，2021-08-05）."""
        where = "，".join(word for word in (self.place, self.on) if word)
        return f"{self.name}（{where}）" if where else self.name


@dataclass(frozen=True)
class Quote:
    """Words of a person, printed as they stand."""

    text: str


Piece: TypeAlias = str | Reference | Quote


@dataclass(frozen=True)
class Block:
    """One paragraph."""

    style: Style
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Frame:
    """What surrounds the text: names of the head, whom it goes to, what stands at the foot."""

    name: str
    issuer: str
    prefix: str = ""
    addressee: str = ""
    copied_to: str = ""
    report_to: str = ""
    send_to: str = ""
    issue_to: str = ""
    copies: int | None = None
    contact: str = ""
    attendance: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Content:
    """A document's text with its frame; `basis` is the line that says what the numbers are."""

    kind: DocumentKind
    title: str
    frame: Frame
    blocks: tuple[Block, ...] = field(default=())

    @property
    def references(self) -> list[Reference]:
        """In the order in which they are printed."""
        return [
            piece for block in self.blocks for piece in block.pieces if isinstance(piece, Reference)
        ]


def plain(value: Decimal | int) -> str:
    """12345.50 → 12345.5."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(on: dt.date) -> str:
    """2021年8月5日: Arabic, the year in full, nothing padded."""
    return f"{on.year}年{on.month}月{on.day}日"


class Draft:
    """Collects paragraphs and numbers the headings."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._counts = [0, 0]

    def heading(self, text: str) -> None:
        """一、……; the levels below start anew."""
        self._counts = [self._counts[0] + 1, 0]
        self._add(Style.LEVEL_1, f"{numeral(self._counts[0])}、{text}")

    def subheading(self, text: str) -> None:
        """（一）……"""
        self._counts[1] += 1
        self._add(Style.LEVEL_2, f"（{numeral(self._counts[1])}）{text}")

    def item(self, number: int, *pieces: Piece) -> None:
        """1. ……"""
        self._add(Style.LEVEL_3, f"{number}.", *pieces)

    def point(self, number: int, *pieces: Piece) -> None:
        """（1）……"""
        self._add(Style.LEVEL_4, f"（{number}）", *pieces)

    def say(self, *pieces: Piece) -> None:
        self._add(Style.BODY, *pieces)

    def _add(self, style: Style, *pieces: Piece) -> None:
        self.blocks.append(Block(style, tuple(piece for piece in pieces if piece != "")))


def to_json(content: Content) -> dict[str, Any]:
    return {
        "kind": content.kind.value,
        "title": content.title,
        "frame": asdict(content.frame),
        "blocks": [
            {"style": block.style.value, "pieces": [_stored(piece) for piece in block.pieces]}
            for block in content.blocks
        ],
    }


def from_json(stored: Mapping[str, Any]) -> Content:
    frame = dict(stored["frame"])
    frame["attendance"] = tuple((label, names) for label, names in frame["attendance"])
    return Content(
        kind=DocumentKind(stored["kind"]),
        title=stored["title"],
        frame=Frame(**frame),
        blocks=tuple(
            Block(Style(block["style"]), tuple(_pieces(block["pieces"])))
            for block in stored["blocks"]
        ),
    )


def _stored(piece: Piece) -> Any:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Quote):
        return {"quote": piece.text}
    kept = {key: value for key, value in asdict(piece).items() if value not in ("", ())}
    return {"number": {**kept, "value": str(piece.value), "ids": list(piece.ids)}}


def _pieces(stored: list[Any]) -> Iterator[Piece]:
    for piece in stored:
        if isinstance(piece, str):
            yield piece
        elif "quote" in piece:
            yield Quote(piece["quote"])
        else:
            number = dict(piece["number"])
            yield Reference(
                **{
                    **number,
                    "source": Source(number["source"]),
                    "part": Part(number["part"]),
                    "value": Decimal(number["value"]),
                    "ids": tuple(number["ids"]),
                }
            )
