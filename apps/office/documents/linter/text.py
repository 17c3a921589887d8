"""Rules of the text: nothing lost, every number has its source and agrees with it, days, wording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from ..content import Content, Part, Quote, Reference, Source, plain
from ..enums import DocumentKind
from ..layout import NUMBER_MARK
from ..sources import Frozen
from .reading import Paper

PRINTED = re.compile(r"^(增加|减少)?(约)?(\d+(?:\.\d+)?)(余)?(\D*)$")
# Digits that count nothing: days, hours, numbers of groups and issues, ordinals of the levels.
NO_QUANTITY = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}月\d{1,2}日|\d{4}年|\d{1,2}时(?:\d{1,2}分)?|\d{1,2}:\d{2}"
    r"|第\d+(?:组|期)|^\d+\.|^（\d+）"
)
PADDED = re.compile(r"年0\d|月0\d|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|[〇零一二三四五六七八九]{4}年")
ASKING = re.compile("妥否|请批示|请审批|请予批准|请审定")


def text_findings(paper: Paper, content: Content) -> Iterator[str]:
    """The file says what was frozen, word for word, in the same order and nothing beside it."""
    printed = iter([line.text for line in paper.lines])
    for block in content.blocks:
        if not any(text == block.text for text in printed):
            yield f"正文与留存内容不一致：“{block.text[:20]}”。"
            return
    known = {block.text for block in content.blocks} | {f"（{content.frame.contact}）"}
    for line in paper.lines:
        if line.first_characters == 2 and line.text and line.text not in known:
            yield f"正文多出留存内容以外的文字：“{line.text[:20]}”。"


def number_findings(paper: Paper, content: Content, frozen: Mapping[int, Frozen]) -> Iterator[str]:
    """Each number as printed equals the frozen one it refers to; no number without a source."""
    marks = dict(mark for line in paper.lines for mark in line.marks)
    for number, reference in enumerate(content.references, 1):
        yield from _number(marks.get(f"{NUMBER_MARK}{number}"), reference, frozen)
    yield from _twice(content)
    for block in content.blocks:
        own = "、".join(piece for piece in block.pieces if isinstance(piece, str))
        if re.search(r"\d", NO_QUANTITY.sub("", own)):
            yield f"“{block.text[:20]}”中有没有出处的数字。"


def _twice(content: Content) -> Iterator[str]:
    """A quantity that is quoted again is the same number again."""
    first: dict[tuple[str, ...], Reference] = {}
    for reference in content.references:
        known = first.setdefault(reference.quantity, reference)
        if known.text != reference.text:
            yield f"同一数字前后不一致：{reference.described}先为{known.text}，后为{reference.text}。"


def _number(
    printed: str | None, reference: Reference, frozen: Mapping[int, Frozen]
) -> Iterator[str]:
    name = reference.name or "数字"
    if printed is None:
        yield f"{name}{reference.text}没有印出。"
        return
    value, qualifier, measure = _parsed(printed)
    if (value, qualifier, measure) != _meant(reference):
        yield f"{name}印为“{printed}”，与留存的{reference.text}不一致。"
    if reference.source == Source.FIGURE:
        yield from _source(reference, frozen)


def _parsed(text: str) -> tuple[Decimal | None, str, str]:
    """Value, qualifier and measure of a printed number; 持平 is 0."""
    if text == "持平":
        return Decimal(), "", ""
    found = PRINTED.match(text)
    if found is None:
        return None, "", ""
    direction, about, digits, over, measure = found.groups()
    value = Decimal(digits)
    return -value if direction == "减少" else value, about or over or "", measure


def _meant(reference: Reference) -> tuple[Decimal, str, str]:
    if reference.part == Part.CHANGE and not reference.value:
        return Decimal(), "", ""
    return reference.value, reference.qualifier, reference.measure


def _source(reference: Reference, frozen: Mapping[int, Frozen]) -> Iterator[str]:
    """What stands in the books for it."""
    name = reference.described
    rows = [frozen.get(pk) for pk in reference.ids]
    if not rows or None in rows:
        yield f"{name}{reference.text}所依据的核定数已不存在。"
        return
    known = [row for row in rows if row is not None]
    if not all(row.is_locked for row in known):
        yield f"{name}{reference.text}所依据的数据已解锁或未核定，请重新生成。"
    stored = _stored(reference.part, known)
    if stored != reference.value:
        books = "未报" if stored is None else plain(stored)
        yield f"{name}{reference.text}与核定数{books}不一致。"
    if reference.part != Part.COMPARED_UNITS and {row.measure for row in known} != {
        reference.measure
    }:
        yield f"{name}的计量单位应为{known[0].measure}，现为{reference.measure}。"


def _stored(part: Part, rows: list[Frozen]) -> Decimal | None:
    if part == Part.VALUE:
        return sum((row.value for row in rows if row.value is not None), Decimal())
    row = rows[0]
    if part == Part.CHANGE:
        return row.change
    return Decimal(row.compared_units)


def wording_findings(paper: Paper, content: Content) -> Iterator[str]:
    """Days in Arabic without padding; one matter in a 请示 and none of its kind in a 报告."""
    own = "\n".join(line.text for line in [*paper.lines, *paper.foot])
    for block in content.blocks:
        for piece in block.pieces:
            if isinstance(piece, Quote):
                own = own.replace(piece.text, "", 1)
    if found := PADDED.search(own):
        yield f"日期应写全年份、用阿拉伯数字、不编虚位：“{found.group()}”。"
    text = "".join(block.text for block in content.blocks)
    asked = len(ASKING.findall(text))
    if content.kind == DocumentKind.REPORT and asked:
        yield "报告不得夹带请示事项。"
    if content.kind == DocumentKind.REQUEST:
        endings = [block.text for block in content.blocks if ASKING.search(block.text)]
        if len(endings) != 1:
            yield "请示应一文一事，以一句请批语结尾。"
        if "、" in content.frame.addressee or "，" in content.frame.addressee:
            yield "请示只写一个主送机关。"
