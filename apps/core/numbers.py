"""Numbers as offices write them: 1,200 · 约300 · 5.7万 · 14个 · 无 · —."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from .errors import DomainError

MISSING_WORDS = frozenset({"", "—", "-", "--", "——", "/", "－", "未报"})
ZERO_WORDS = frozenset({"无", "零", "没有", "零报告"})
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
"""Signs that nobody sees; copied from chats and address books."""
LIMIT = Decimal(99_999_999)
ABOUT, OVER = "about", "over"

# What may stand after a number of each measure; any of them where no measure is given.
MEASURE_WORDS = {
    "人": ("人", "名", "位"),
    "人次": ("人次",),
    "户": ("户", "家"),
    "户次": ("户次",),
    "次": ("次",),
    "件": ("件", "个"),
    "家": ("家", "个"),
    "个": ("个", "支", "只"),
    "处": ("处", "个"),
    "项": ("项", "个", "条"),
    "起": ("起", "件"),
    "小时": ("小时", "个小时"),
    "吨": ("吨",),
    "立方米": ("立方米", "立方", "方", "m3"),
    "平方米": ("平方米", "平方", "平米", "m2"),
    "元": ("元",),
}
ANY_WORDS = frozenset(word for words in MEASURE_WORDS.values() for word in words) | {"车", "份"}

_ENDING = "|".join(sorted(ANY_WORDS, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<about>约|大约|近|将近)?"
    r"(?P<minus>-)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?"
    r"(?P<over>[余多])?(?P<myriads>万)?(?P<over_myriads>[余多])?"
    rf"(?P<measure>{_ENDING})?(?P<around>左右|上下)?"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:\s\d{3})+(?!\d)")
_NOTE = re.compile(r"(?P<number>.+?)\((?P<note>[^()]*)\)")
_SIGNS = str.maketrans(
    {"−": "-", "㎡": "平方米", "㎥": "立方米", "²": "2", "³": "3", "（": "(", "）": ")"}
)


class UnreadableNumberError(DomainError):
    """A cell that holds no number we could stand by."""


class Number(NamedTuple):
    """What was read: a number, an explicit zero, or missing (None); `qualifier` about or over."""

    value: Decimal | None
    qualifier: str = ""


def read_number(typed: str, *, measure: str = "", is_whole: bool = False) -> Number:
    """Read what somebody typed; `measure` is the word it is counted in (人, 立方米).

    Full-width digits, spaces, thousands commas, 约, 余, 万, a remark in parentheses and the measure
    itself are accepted; empty, — and 未报 are missing; 0, 无, 零报告 are zero. Raises
    UnreadableNumberError with the sentence for the field.
    """
    shown = UNSEEN.sub("", typed).strip()
    plain = unicodedata.normalize("NFKC", shown.translate(_SIGNS))
    bare = "".join(plain.split()).rstrip("、,。;")
    if bare in MISSING_WORDS:
        return Number(None)
    if bare in ZERO_WORDS:
        return Number(Decimal(0))
    _check_single(plain, shown)
    if noted := _NOTE.fullmatch(bare):
        bare = noted["number"]
    found = _NUMBER.fullmatch(bare)
    if found is None:
        raise UnreadableNumberError(
            f"“{_cut(shown)}”不是数字。请填写数字，例如 12；没有的填 0，未掌握的留空。"
        )
    _check_measure(found["measure"], measure, shown)
    value = Decimal(found["digits"].replace(",", "") + (found["fraction"] or ""))
    value = value * 10_000 if found["myriads"] else value
    check_number(-value if found["minus"] else value, measure=measure, is_whole=is_whole)
    return Number(value, _qualifier(found))


def check_number(value: Decimal, *, measure: str = "", is_whole: bool = False) -> None:
    """Raises UnreadableNumberError for a number no cell of ours may hold."""
    if value < 0:
        raise UnreadableNumberError("数值不能为负，没有的填 0。")
    if value > LIMIT:
        raise UnreadableNumberError("数值过大，请核对计量单位。")
    if is_whole and value != value.to_integral_value():
        counted = f"按“{measure}”计数，" if measure else ""
        raise UnreadableNumberError(f"{counted}请填写整数，例如 12；没有的填 0。")
    if value != round(value, 2):
        raise UnreadableNumberError("最多保留两位小数。")


def _check_single(plain: str, shown: str) -> None:
    """Two numbers in one cell are not to be chosen from. A unit's m3 is none."""
    text = re.sub(r"(?<=m)[23]", "", plain)
    text = _GROUPED.sub(lambda grouped: "".join(grouped[0].split()), text)
    numbers = _DIGITS.findall(text)
    if len(numbers) > 1:
        raise UnreadableNumberError(
            f"“{_cut(shown, 30)}”里有不止一个数，请只填一个数字，例如 {numbers[0]}；其余写在备注。"
        )


def _check_measure(word: str | None, measure: str, shown: str) -> None:
    if word and measure and word not in MEASURE_WORDS.get(measure, (measure,)):
        raise UnreadableNumberError(f"这一项按“{measure}”计数，“{_cut(shown)}”的单位不符，请核对。")


def _qualifier(found: re.Match[str]) -> str:
    if found["about"] or found["around"]:
        return ABOUT
    return OVER if found["over"] or found["over_myriads"] else ""


def _cut(text: str, most: int = 12) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
