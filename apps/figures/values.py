"""What people type into a number cell, read the way the office means it."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from apps.core.errors import DomainError

from .enums import Measure, Qualifier

MISSING_WORDS = frozenset({"", "—", "-", "--", "——", "/", "未报"})
ZERO_WORDS = frozenset({"无", "零", "没有", "零报告"})
FRACTIONAL = frozenset(
    {Measure.HOURS, Measure.TONNES, Measure.CUBIC_METRES, Measure.SQUARE_METRES, Measure.YUAN}
)
LIMIT = Decimal(99_999_999)

ABOUT_BEFORE = re.compile(r"^(约|大约|近)")
ABOUT_AFTER = re.compile(r"左右$")
OVER_AFTER = re.compile(r"[余多]$")
NUMBER = re.compile(r"^(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$")


class UnreadableValueError(DomainError):
    """A cell that holds no number we could stand by."""


class Reading(NamedTuple):
    """A cell as read: a number, an explicit zero, or missing (None), and how exact it is."""

    value: Decimal | None
    qualifier: Qualifier = Qualifier.EXACT


def qualifier_word(stored: str) -> str:
    """The stored qualifier as `formats.figure` writes it: 约, 余 or nothing."""
    return "" if stored == Qualifier.EXACT else str(Qualifier(stored).label)


def parse_value(text: str, measure: str = "") -> Reading:
    """Read one cell; `measure` (a `Measure`) says whether parts of one are possible.

    Full-width digits, spaces, thousands commas, 约, 余, 万 and the measure itself are accepted;
    empty, — and 未报 are missing; 0, 无, 零报告 are zero. Raises UnreadableValueError with the sentence
    for the field.
    """
    typed = unicodedata.normalize("NFKC", text)
    bare = "".join(typed.split()).replace("−", "-")
    if bare in MISSING_WORDS:
        return Reading(None)
    if bare in ZERO_WORDS:
        return Reading(Decimal(0))
    bare = _without_measure(bare, measure)
    bare, qualifier = _qualified(bare)
    value = _number(bare, typed.strip())
    if value > LIMIT:
        raise UnreadableValueError("数值过大，请核对计量单位。")
    if value != value.to_integral_value() and measure and measure not in FRACTIONAL:
        label = Measure(measure).label
        raise UnreadableValueError(f"按“{label}”计数，请填写整数，例如 12；没有的填 0。")
    if value != round(value, 2):
        raise UnreadableValueError("最多保留两位小数。")
    return Reading(value, qualifier)


def _without_measure(text: str, measure: str) -> str:
    label = Measure(measure).label if measure else ""
    return text.removesuffix(label) if label and text != label else text


def _qualified(text: str) -> tuple[str, Qualifier]:
    if ABOUT_BEFORE.search(text):
        return ABOUT_BEFORE.sub("", text), Qualifier.ABOUT
    if ABOUT_AFTER.search(text):
        return ABOUT_AFTER.sub("", text), Qualifier.ABOUT
    if OVER_AFTER.search(text):
        return OVER_AFTER.sub("", text), Qualifier.OVER
    return text, Qualifier.EXACT


def _number(text: str, typed: str) -> Decimal:
    if text.startswith("-") and NUMBER.match(text[1:]):
        raise UnreadableValueError("数值不能为负，没有的填 0。")
    myriads = text.endswith("万")
    digits = text.removesuffix("万")
    if not NUMBER.match(digits):
        shown = typed if len(typed) <= 12 else f"{typed[:12]}…"
        raise UnreadableValueError(
            f"“{shown}”不是数字。请填写数字，例如 12；没有的填 0，未掌握的留空。"
        )
    value = Decimal(digits.replace(",", ""))
    return value * 10_000 if myriads else value
