"""What a cell was found to hold, and what is said of cells that hold nothing we may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .book import Cell, Uncomputed

EXACT_BELOW = 1e15
"""Excel keeps fifteen digits of a number."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell holds.

    `qualifier` is "about" or "over" (`figures.Qualifier`). `problem` is the reason with its remedy;
    `offer` then what may be meant and must be confirmed. `is_blank` is missing, not zero.
    """

    value: Any = None
    qualifier: str = ""
    problem: str = ""
    offer: Any = None
    is_blank: bool = False


BLANK = Parsed(is_blank=True)


def written(cell: Cell) -> str | Parsed:
    """A cell as text, or why it has none we may take."""
    if isinstance(cell, Uncomputed):
        return Parsed(problem=uncomputed(cell))
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_BELOW:
            return Parsed(problem="数字超过 15 位，Excel 已丢失末几位，请把单元格设为文本后重填。")
        return str(int(cell)) if cell == cell // 1 else repr(cell)
    problem = f"Excel 把这一格当成了日期或时间（{cell}），请把单元格设为文本后重填。"
    return Parsed(problem=problem)


def uncomputed(cell: Uncomputed) -> str:
    """What to do about a cell that shows no value."""
    text = cell if len(cell) <= 30 else f"{cell[:30]}…"
    if cell.startswith("="):
        return f"公式“{text}”没有算出的值，请用 Excel 打开、保存后再上传，或直接填写。"
    return f"这一格是错误值“{text}”，请改成数据。"
