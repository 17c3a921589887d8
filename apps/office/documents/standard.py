"""The measures of GB/T 9704-2012 and the faces of our documents, in Word's own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .content import Style


def twips(millimetres: float) -> int:
    """A twentieth of a point."""
    return round(millimetres / 25.4 * 1440)


PAGE_WIDTH, PAGE_HEIGHT = twips(210), twips(297)
TOP, LEFT = twips(37), twips(28)
BLOCK_WIDTH, BLOCK_HEIGHT = twips(156), twips(225)
RIGHT = PAGE_WIDTH - LEFT - BLOCK_WIDTH
BOTTOM = PAGE_HEIGHT - TOP - BLOCK_HEIGHT
LINES, CHARACTERS = 22, 28
LINE = BLOCK_HEIGHT // LINES
"""The height of a line: 28.95 points."""
# The number of the page stands 7 mm below the text block: a line of 14 points above this edge.
FOOTER = BOTTOM - twips(7) - 280
HEADER = twips(22)

SIZE_2, SIZE_3, SIZE_4 = 22.0, 16.0, 14.0
"""二号, 三号, 四号 in points."""
CHARACTER = int(SIZE_3 * 20)
# Word keeps what a character gains or loses on the grid in 4096ths of a point.
CHARACTER_SPACE = int((BLOCK_WIDTH / CHARACTERS / 20 - SIZE_3) * 4096) - 1
CHARACTER_STEP = -5
"""Twips by which characters stand closer, so that 28 of 三号 fill a line without the grid's help."""
RED, BLACK = "FF0000", "000000"
THICK, THIN = 8, 6
"""0.35 mm and 0.25 mm in eighths of a point."""
RED_LINE = 12

SONG_TITLE = "方正小标宋简体"
FANGSONG, HEI, KAI, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
FALLBACKS: dict[str, tuple[str, ...]] = {
    SONG_TITLE: ("方正小标宋_GBK", "小标宋", "华文中宋", "Noto Serif CJK SC"),
    FANGSONG: ("仿宋", "FangSong", "华文仿宋", "方正仿宋_GBK", "Noto Serif CJK SC"),
    HEI: ("SimHei", "方正黑体_GBK", "微软雅黑", "Noto Sans CJK SC"),
    KAI: ("楷体", "KaiTi", "华文楷体", "方正楷体_GBK", "Noto Serif CJK SC"),
    SONG: ("SimSun", "方正书宋_GBK", "Noto Serif CJK SC"),
}
"""What stands in where a machine lacks a face; written into the document's table of fonts."""

Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True)
class Face:
    """How a paragraph looks. `first` is the first line's indent in characters."""

    name: str
    font: str
    size: float = SIZE_3
    align: Align = "both"
    first: int = 0
    color: str = BLACK


TITLE = Face("公文标题", SONG_TITLE, SIZE_2, "center")
MARK = Face("发文机关标志", SONG_TITLE, 36, "center", color=RED)
HEAD_LINE = Face("版头", FANGSONG, align="left")
ADDRESSEE = Face("主送机关", FANGSONG, align="left")
SIGNATURE = Face("落款", FANGSONG, align="right")
FOOT = Face("版记", FANGSONG, SIZE_4, "left")
STATE = Face("稿本标识", HEI, align="left")
NUMBER = Face("页码", SONG, SIZE_4)
TEXT: dict[Style, Face] = {
    Style.LEVEL_1: Face("一级标题", HEI, first=2),
    Style.LEVEL_2: Face("二级标题", KAI, first=2),
    Style.LEVEL_3: Face("三级标题", FANGSONG, first=2),
    Style.LEVEL_4: Face("四级标题", FANGSONG, first=2),
    Style.BODY: Face("公文正文", FANGSONG, first=2),
}
FACES = (TITLE, MARK, HEAD_LINE, ADDRESSEE, SIGNATURE, FOOT, STATE, NUMBER, *TEXT.values())

UNSIGNED, DRILL = "送审稿", "【演练】"
