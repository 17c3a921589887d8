"""What groups write into the cells of 走访督导: places, hours, items of the dictionary, problems."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from apps.communities.sheets import read_community
from apps.office.workbooks.cells import Parsed, read_count, read_text

NOWHERE = "不在社区"
MOST_TEXT, MOST_LINES = 200, 2000
EPOCH = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - a time of day, of no day
CLOCK = re.compile(r"(\d{1,2})(?:[:：]|[时点])(?:(\d{1,2})分?)?")
MARKS = re.compile(r"[,，;；\s]+")


def read_where(cell: Any) -> Parsed:
    """A community; a blank is a place that lies in none."""
    read = read_community(cell)
    return Parsed(NOWHERE) if read.is_blank and not read.problem else read


def read_turn(cell: Any) -> Parsed:
    read = read_count(cell)
    if read.value == 0:
        return Parsed(problem="从 1 起填写；只走访一次的可以不填。")
    return Parsed(1) if read.is_blank and not read.problem else read


def read_clock(cell: Any) -> Parsed:
    """10:30, 10时30分, or a time as Excel keeps it."""
    if isinstance(cell, dt.datetime):
        cell = cell.time()
    elif isinstance(cell, dt.timedelta):
        cell = (EPOCH + cell).time()
    if isinstance(cell, dt.time):
        return Parsed(cell.replace(second=0, microsecond=0))
    read = read_text(cell, most=20)
    if read.problem or read.is_blank:
        return read
    found = CLOCK.fullmatch("".join(str(read.value).split()))
    hour, minute = (int(part or 0) for part in found.groups()) if found else (24, 0)
    if hour > 23 or minute > 59:
        return Parsed(problem="请写成 10:30 的样子。")
    return Parsed(dt.time(hour, minute))


def read_items(cell: Any) -> Parsed:
    """Items of the dictionary, 、 between them."""
    read = read_text(cell, most=400)
    if read.problem or read.is_blank:
        return read
    words = MARKS.sub("、", str(read.value)).split("、")
    return Parsed("、".join(dict.fromkeys(word for word in words if word)))


def read_findings(cell: Any) -> Parsed:
    """One problem a line, each once."""
    read = read_text(cell, most=MOST_LINES)
    if read.problem or read.is_blank:
        return read
    lines = [" ".join(line.split(" ")).strip() for line in str(read.value).split("\n")]
    long = next((line for line in lines if len(line) > MOST_TEXT), "")
    if long:
        return Parsed(
            problem=f"“{long[:20]}…”超过 {MOST_TEXT} 个字，请缩短；几个问题的，每个另起一行。"
        )
    return Parsed("\n".join(dict.fromkeys(line for line in lines if line)))
