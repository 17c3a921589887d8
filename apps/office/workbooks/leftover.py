"""Rows of a sheet that are no data: sums, notes, signatures, dividers, a header come again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .book import Cell
from .headers import fold

TOTAL = re.compile(r"(?:本页|本表)?(?:合计|总计|小计|共计)(?:[\d(,].*)?")
FOOT = re.compile(
    r"(?:备?注|说明|填表说明|填报说明|(?:填表|填报|制表|审核|复核|经办|统计|联系|负责)人?|"
    r"(?:单位|部门)?(?:主要|分管)?负责(?:人|同志)|(?:主管|分管|单位)?领导(?:签字|签名)?|签字|签章|盖章|"
    r"(?:填报|填表|制表)?单位|(?:填报|填表|制表|报送)(?:日期|时间)|联系电话)"
    r"(?:\([^()]*\))?[::].*"
)
DIVIDER = re.compile(
    r"(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|第[一二三四五六七八九十]+部分).*"
)

# What a row that is no data begins with; any other row is seen at a glance to be data.
SIGNS = frozenset(
    " \t\n\r\u3000\xa0合总小共本备注说填制审复经统联负单部主分领签盖报(（一二三四五六七八九十第"
)

SUM, NOTE, PART, HEADER, BARE = (
    "合计行",
    "表下说明",
    "分组标题",
    "重复的表头",
    "各列都没有内容",
)


class Judge:
    """Says of each row, in their order, why it is left out."""

    def __init__(self, columns: dict[str, int], labels: dict[int, str], wide: set[int]) -> None:
        self._columns = sorted(set(columns.values()))
        self._labels = {column: fold(label) for column, label in labels.items()}
        self._wide = wide
        self._signs = SIGNS | {label[0] for label in self._labels.values() if label}
        self._at_foot = False

    def why(self, row: int, cells: Sequence[Cell]) -> str:
        """The reason, or nothing for a row of data; `row` counts from 0."""
        if self.is_plain(cells):
            return ""
        said = [(at, cell) for at, cell in enumerate(cells) if not is_blank(cell)]
        reason = self._why(row, said)
        self._at_foot = self._at_foot or reason == NOTE
        return reason

    def is_plain(self, cells: Sequence[Cell]) -> bool:
        """Whether two cells begin like data, and a column that is wanted is filled."""
        seen = 0
        for cell in cells:
            if cell is None or cell == "":
                continue
            if type(cell) is str and cell[0] in self._signs:
                return False
            seen += 1
            if seen > 1:
                return any(at < len(cells) and not is_blank(cells[at]) for at in self._columns)
        return False

    def _why(self, row: int, said: Sequence[tuple[int, Any]]) -> str:
        words = [fold(cell) for _, cell in said[:2] if isinstance(cell, str)]
        if any(TOTAL.fullmatch(word) for word in words):
            return SUM
        first = raw_fold(said[0][1]) if said and isinstance(said[0][1], str) else ""
        if FOOT.fullmatch(first) or (self._at_foot and first and len(said) == 1):
            return NOTE
        if len(said) == 1 and (row in self._wide or DIVIDER.fullmatch(first)):
            return PART
        if len(said) > 1 and all(self._repeats(at, cell) for at, cell in said):
            return HEADER
        found = {at for at, _ in said}
        return "" if any(column in found for column in self._columns) else BARE

    def _repeats(self, column: int, cell: Any) -> bool:
        label = self._labels.get(column, "")
        return isinstance(cell, str) and bool(label) and label.endswith(fold(cell))


def raw_fold(text: str) -> str:
    """As `fold`, but with the colons that tell a note."""
    return fold(text.replace("：", "\0").replace(":", "\0")).replace("\0", ":")


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
