"""Reads one cell as an office means it; what is not certain is a problem, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.core.numbers import (
    MISSING_WORDS,
    UNSEEN,
    UnreadableNumberError,
    check_number,
    read_number,
)

from .book import Cell
from .days import read_day, read_moment
from .parsed import BLANK, EXACT_BELOW, Parsed, written

__all__ = [
    "YESTERDAY",
    "Parsed",
    "read_choice",
    "read_code",
    "read_count",
    "read_day",
    "read_decimal",
    "read_flag",
    "read_moment",
    "read_name",
    "read_phone",
    "read_text",
]

YESTERDAY = "yesterday"
"""The `offer` of a cell that says: as it was yesterday."""

DASHES = MISSING_WORDS - {"未报"}
AS_YESTERDAY = frozenset(
    {"同昨日", "同昨", "同昨天", "同上日", "与昨日相同", "存量同昨日", "较昨日无变化", "无变化"}
)
DITTO = frozenset({"同上", "〃", "″", '"', "同前"})
YES = frozenset({"是", "√", "✓", "✔", "y", "yes", "true", "1", "对", "有"})
NO = frozenset({"否", "×", "✗", "✘", "x", "n", "no", "false", "0", "不是", "无"})
WIDE = r"[\u3400-\u9fff\U00020000-\U0003ffff·]"
NAME_BLANK = re.compile(rf"(?<={WIDE})\s+(?={WIDE})")
PHONE_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—―−－~", "-"))
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
LANDLINE = re.compile(
    r"(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8})(?:(?:-|转|ext\.?)(\d{1,6}))?", re.IGNORECASE
)
LOCAL = re.compile(r"(\d{7,8})(?:(?:-|转)(\d{1,6}))?")
NO_PHONE = "不是电话号码，请填 11 位手机号，或带区号的固定电话，例如 0371-65901234。"
MASK = re.compile(r"[\d*\-]*\*[\d*\-]*")


def read_text(cell: Cell, *, most: int) -> Parsed:
    """Text of at most `most` characters, its ends trimmed; a lone dash is blank."""
    if type(cell) is not str:
        if cell is None:
            return BLANK
        text = written(cell)
        if isinstance(text, Parsed):
            return text
    else:
        text = cell.strip()
    if not text or text in DASHES:
        return BLANK
    if len(text) > most:
        return Parsed(problem=f"超过 {most} 个字（现有 {len(text)} 个），请缩短。")
    if text in DITTO:
        return Parsed(problem=f"“{text}”请写明内容，不能代指上一行。")
    if not text.isprintable():
        text = UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return Parsed(text) if text else BLANK


def read_code(cell: Cell, *, most: int) -> Parsed:
    """What something is filed under: letters and digits of full width are plain ones."""
    if type(cell) is str and not cell.isascii():
        cell = unicodedata.normalize("NFKC", cell)
    return read_text(cell, most=most)


def read_name(cell: Cell, *, most: int) -> Parsed:
    """A person's or place's name: as text, without the blanks offices space names with."""
    read = read_text(cell, most=most + 20)
    if read.problem or read.is_blank:
        return read
    text = NAME_BLANK.sub("", " ".join(read.value.split()))
    return read_text(text, most=most)


def read_count(cell: Cell, *, measure: str = "") -> Parsed:
    """A whole number from 0 as int; `measure` is the word that may stand after it."""
    read = _read_number(cell, measure=measure, is_whole=True)
    return read if read.value is None else Parsed(int(read.value), read.qualifier)


def read_decimal(cell: Cell, *, places: int = 2, measure: str = "") -> Parsed:
    """A number from 0 with up to `places` (at most two) decimals, as Decimal."""
    read = _read_number(cell, measure=measure, is_whole=False)
    if read.value is not None and read.value != round(read.value, places):
        return Parsed(problem=f"最多保留 {places} 位小数。")
    return read


def _read_number(cell: Cell, *, measure: str, is_whole: bool) -> Parsed:
    text: str | Parsed = ""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _checked(cell, measure, is_whole)
    if cell is not None:
        text = written(cell) if type(cell) is not str else cell
    if isinstance(text, Parsed):
        return text
    if "".join(text.split()) in AS_YESTERDAY:
        shown = text.strip()
        problem = f"“{shown}”须经核对：请确认昨日的数，或直接填写数字。"
        return Parsed(problem=problem, offer=YESTERDAY)
    try:
        number = read_number(text, measure=measure, is_whole=is_whole)
    except UnreadableNumberError as error:
        return Parsed(problem=error.message)
    return BLANK if number.value is None else Parsed(number.value, number.qualifier)


def _checked(cell: float, measure: str, is_whole: bool) -> Parsed:
    value = Decimal(repr(cell))
    if not value.is_finite():
        return Parsed(problem="不是数字。请填写数字，例如 12；没有的填 0，未掌握的留空。")
    # 0.1 + 0.2 is 0.30000000000000004 in a workbook, too.
    if abs(cell) < EXACT_BELOW:
        value = round(value, 10).normalize()
        value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    try:
        check_number(value, measure=measure, is_whole=is_whole)
    except UnreadableNumberError as error:
        return Parsed(problem=error.message)
    return Parsed(value)


def read_phone(cell: Cell) -> Parsed:
    """A phone: 11 digits of a mobile, or area code and number with a dash. A mask passes as it is."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _phone_of_number(cell)
    read = read_text(cell, most=60)
    if read.problem or read.is_blank:
        return read
    typed = unicodedata.normalize("NFKC", read.value).translate(PHONE_SIGNS)
    if typed in MISSING_WORDS:
        return BLANK
    if phone := _phone(re.sub(r"^\((\d{3,4})\)", r"\1-", "".join(typed.split()))):
        return Parsed(phone)
    if len(re.findall(r"\d{7,}", re.sub(r"(?<=\d)[ -](?=\d)", "", typed))) > 1:
        return Parsed(problem="一格里有不止一个号码，请只留一个。")
    return Parsed(problem=NO_PHONE)


def _phone(text: str) -> str:
    """The phone in its one form, or nothing."""
    if MASK.fullmatch(text):
        return text
    if mobile := MOBILE.fullmatch(text.replace("-", "")):
        return mobile[1]
    found = LANDLINE.fullmatch(text) or LOCAL.fullmatch(text)
    # 6590-1234 is one number, not one with an extension.
    found = found or LOCAL.fullmatch(text.replace("-", ""))
    return "-".join(filter(None, found.groups())) if found else ""


def _phone_of_number(cell: float) -> Parsed:
    digits = str(int(cell)) if cell == cell // 1 and 0 < cell < EXACT_BELOW else ""
    if MOBILE.fullmatch(digits):
        return Parsed(digits[-11:])
    if len(digits) in {7, 8}:
        return Parsed(digits)
    if len(digits) in {10, 11}:
        return Parsed(
            problem="开头的 0 可能已丢失，请把单元格设为文本，填成 0371-65901234 的样子。"
        )
    return Parsed(
        problem="不是电话号码，请填 11 位手机号，或带区号的固定电话，例如 0371-65901234。"
    )


def read_choice(cell: Cell, choices: Mapping[str, Any]) -> Parsed:
    """One of the labels of `choices`, as its value."""
    read = read_text(cell, most=60)
    if read.problem or read.is_blank:
        return read
    if read.value in choices:
        return Parsed(choices[read.value])
    asked = _folded(read.value)
    for label, value in choices.items():
        if _folded(label) == asked:
            return Parsed(value)
    if asked in MISSING_WORDS:
        return BLANK
    known = "、".join(list(choices)[:12]) + ("等" if len(choices) > 12 else "")
    return Parsed(problem=f"没有“{read.value}”这一项，可填：{known}。")


def read_flag(cell: Cell) -> Parsed:
    """Yes or no, as a ticked or empty box may say it."""
    if isinstance(cell, bool):
        return Parsed(cell)
    read = read_text(cell, most=20)
    if read.problem or read.is_blank:
        return read
    word = _folded(read.value)
    if word in YES or word in NO:
        return Parsed(word in YES)
    return BLANK if word in MISSING_WORDS else Parsed(problem=f"“{read.value}”请改填“是”或“否”。")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
