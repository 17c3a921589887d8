"""Cells of the table of clocks, as notices write them."""

from __future__ import annotations

import re
from typing import Any

from apps.office.workbooks.cells import Parsed, read_count, read_name, read_text

ANYWHERE = "不限"
LIMIT = re.compile(r"(?P<n>\d{1,5})(?P<days>天|日)?(?:个?小时|时)?(?:内|以内|无新增)?")
"""24, 72小时内, 14天: what notices say of a limit."""


def read_limit(cell: Any) -> Parsed:
    """Hours; days are said in words: 14天, 连续14天无新增."""
    if not isinstance(cell, str):
        return read_count(cell, measure="小时")
    read = read_text(cell, most=20)
    if read.problem or read.is_blank:
        return read
    found = LIMIT.fullmatch("".join(str(read.value).split()).removeprefix("连续"))
    if found is None:
        return Parsed(problem="请写成小时数，例如 72，或写成 14天。")
    return Parsed(int(found["n"]) * (24 if found["days"] else 1))


def read_place(cell: Any, *, most: int) -> Parsed:
    """A district or an area; a blank is everywhere."""
    read = read_name(cell, most=most)
    return Parsed(ANYWHERE) if read.is_blank and not read.problem else read
