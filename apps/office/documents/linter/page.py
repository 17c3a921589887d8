"""Rules of the page: measures, grid, faces, numbers of pages, lines, marks, no seal.

The measures stand here a second time: a linter that read them from the layout would agree with any
mistake made there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..content import Content
from ..enums import UPWARD, WITH_SYMBOL, DocumentKind
from ..layout import Stamp
from .reading import Line, Paper

SLACK = 0.5
"""Millimetres by which a measure may be off: what Word itself rounds."""
SONG_TITLE, FANGSONG, HEI, KAI, SONG = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "宋体",
)
NUMERAL = "[一二三四五六七八九十]+"
LEVELS = (
    (re.compile(f"^{NUMERAL}、"), HEI, "一级标题"),
    (re.compile(f"^（{NUMERAL}）"), KAI, "二级标题"),
    (re.compile(r"^\d+\."), FANGSONG, "三级标题"),
    (re.compile(r"^（\d+）"), FANGSONG, "四级标题"),
)
RED, THREE, FOUR = "FF0000", 16.0, 14.0


def page_findings(paper: Paper) -> Iterator[str]:
    """GB/T 9704-2012, 5: paper, margins, text block, lines and characters."""
    for name, tag, attribute, wanted in (
        ("纸张宽度", "pgSz", "w", 210),
        ("纸张高度", "pgSz", "h", 297),
        ("天头", "pgMar", "top", 37),
        ("订口", "pgMar", "left", 28),
    ):
        found = paper.measure(tag, attribute)
        if abs(found - wanted) > SLACK:
            yield f"{name}应为{wanted}毫米，现为{found:.1f}毫米。"
    width = paper.measure("pgSz", "w") - paper.measure("pgMar", "left")
    width -= paper.measure("pgMar", "right")
    height = paper.measure("pgSz", "h") - paper.measure("pgMar", "top")
    height -= paper.measure("pgMar", "bottom")
    for name, found, wanted in (("版心宽度", width, 156), ("版心高度", height, 225)):
        if abs(found - wanted) > SLACK:
            yield f"{name}应为{wanted}毫米，现为{found:.1f}毫米。"
    yield from _grid_findings(paper, width / 25.4 * 72, height / 25.4 * 72)


def _grid_findings(paper: Paper, width: float, height: float) -> Iterator[str]:
    grid = paper.grid
    if grid.get("type") != "linesAndChars":
        yield "没有设置每面22行、每行28字的文档网格。"
        return
    lines = int(height / (int(grid.get("linePitch", 0)) / 20 or 1))
    characters = int(width / (THREE + int(grid.get("charSpace", 0)) / 4096))
    if (lines, characters) != (22, 28):
        yield f"文档网格应为22行28字，现为{lines}行{characters}字。"
    for line in _text(paper):
        per_page = int(height / line.line) if line.line else 0
        per_line = int(width / (THREE + line.step))
        if (per_page, per_line) != (22, 28):
            yield f"正文应每面22行、每行28字，“{_short(line)}”为{per_page}行{per_line}字。"
            return


def _text(paper: Paper) -> list[Line]:
    """Paragraphs of the text: those with an indented first line."""
    return [line for line in paper.lines if line.first_characters == 2 and line.text]


def face_findings(paper: Paper, content: Content) -> Iterator[str]:
    """Faces and sizes of the title, the levels and the text; a stand-in for each face."""
    titles = [line for line in paper.lines if line.text == content.title]
    if len(titles) != 1:
        yield f"标题“{content.title}”应出现一次，现为{len(titles)}次。"
    for line in titles:
        yield from _face(line, SONG_TITLE, 22.0, "标题")
        if line.align != "center":
            yield "标题应居中。"
    for line in _text(paper):
        _, font, name = next(
            (level for level in LEVELS if level[0].match(line.text)), (None, FANGSONG, "正文")
        )
        yield from _face(line, font, THREE, name)
    used = {run.font for line in [*paper.lines, *paper.foot] for run in line.runs}
    for font in sorted(used):
        if not re.search(f'w:name="{font}"><w:altName', paper.fonts):
            yield f"字体“{font}”没有写明替代字体。"
    yield from _order_findings(_text(paper))


def _face(line: Line, font: str, size: float, name: str) -> Iterator[str]:
    for run in line.runs:
        if run.text and run.font != font:
            yield f"{name}“{_short(line)}”应为{font}，现为{run.font}。"
            return
        if run.text and run.size != size:
            yield f"{name}“{_short(line)}”字号应为{size:g}磅，现为{run.size:g}磅。"
            return


def _order_findings(lines: list[Line]) -> Iterator[str]:
    """一、（一） follow one another without a gap."""
    first = second = 0
    for line in lines:
        if LEVELS[0][0].match(line.text):
            first, second = first + 1, 0
            wanted = f"{_numeral(first)}、"
        elif LEVELS[1][0].match(line.text):
            second += 1
            wanted = f"（{_numeral(second)}）"
        else:
            continue
        if not line.text.startswith(wanted):
            yield f"层次序数应为“{wanted}”，现为“{_short(line)}”。"


def _numeral(number: int) -> str:
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("" if tens == 1 else digits[tens]) + "十"
    return head + (digits[ones] if ones else "")


def edge_findings(paper: Paper, stamp: Stamp) -> Iterator[str]:
    """送审稿 and 【演练】 over each page; page numbers right on odd pages, left on even ones."""
    wanted = ("【演练】" if stamp.is_drill else "") + ("" if stamp.is_signed else "送审稿")
    for lines in paper.edges("header"):
        found = "".join(line.text for line in lines)
        if found != wanted:
            yield f"页眉应标“{wanted}”，现为“{found}”。" if wanted else f"签发后不应再标“{found}”。"
            break
    if not paper.document.settings.odd_and_even_pages_header_footer:
        yield "页码应单页居右、双页居左。"
    for lines, align in zip(paper.edges("footer"), ("right", "left"), strict=True):
        line = lines[0]
        if line.text != "—  PAGE  —":
            yield "页码应为一字线夹阿拉伯数字。"
        if line.align != align:
            yield "页码应单页居右、双页居左。"
        yield from _face(line, SONG, FOUR, "页码")


def head_findings(paper: Paper, content: Content, stamp: Stamp) -> Iterator[str]:
    """The red name and line, number, signer, day; what this kind must not carry."""
    kind, lines = content.kind, paper.lines
    mark = next((line for line in lines if line.text == content.frame.name), None)
    if mark is None or any(run.color != RED or run.font != SONG_TITLE for run in mark.runs):
        yield f"版头应有红色小标宋体的“{content.frame.name}”。"
    if sum(RED in line.rules for line in lines) != 1:
        yield "版头应有一条与版心等宽的红色分隔线。"
    if paper.has_pictures:
        yield "文件中不应有印章或图片。"
    text = "\n".join(line.text for line in lines)
    if (kind in UPWARD) != ("签发人：" in text):
        yield "上行文应标注签发人。" if kind in UPWARD else f"{kind.label}不应标注签发人。"
    if stamp.is_signed and kind in UPWARD and f"签发人：{stamp.signer}" not in text:
        yield f"签发人应为{stamp.signer}。"
    yield from _number_findings(text, content, stamp)


def _number_findings(text: str, content: Content, stamp: Stamp) -> Iterator[str]:
    number = r"　+" if stamp.number is None else str(stamp.number)
    symbol = rf"{re.escape(content.frame.prefix)}〔{stamp.year}〕{number}号"
    has_symbol = re.search(r"〔\d{4}〕[\d　]+号", text) is not None
    if content.kind in WITH_SYMBOL:
        if not re.search(symbol, text):
            yield "发文字号应由机关代字、六角括号〔〕括入的年份和不编虚位的序号组成。"
    elif has_symbol:
        yield f"{content.kind.label}不应有发文字号。"
    if content.kind not in WITH_SYMBOL and not re.search(f"第{number}期", text):
        yield "版头应有期号。"
    if re.search(r"[\[（(【]\d{4}[\]）)】]\s*第?\d+号", text):
        yield "发文字号的年份应用六角括号〔〕。"


def foot_findings(paper: Paper, content: Content) -> Iterator[str]:
    """报尾 of a 简报, 版记 of the rest."""
    rows = [line.text for line in paper.foot]
    if content.kind == DocumentKind.BRIEF:
        if not any(re.match("[报送发]：", row) for row in rows):
            yield "报尾应有报、送、发。"
        if not rows or not re.search(r"共印[\d　]+份$", rows[-1]):
            yield "报尾应有共印份数。"
    elif not rows or not re.search(r"\d{4}年\d{1,2}月\d{1,2}日印发$", rows[-1]):
        yield "版记应有印发机关和印发日期。"
    for line in paper.foot:
        yield from _face(line, FANGSONG, FOUR, "版记")


def _short(line: Line) -> str:
    return line.text[:12]


__all__ = [
    "edge_findings",
    "face_findings",
    "foot_findings",
    "head_findings",
    "page_findings",
]
