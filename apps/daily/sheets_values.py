"""The numbers of a report as cells of a table: one text that says value and exactness."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Case, CharField, Func, Max, Q, Value, When
from django.db.models.functions import Cast, Concat

from apps.figures.enums import Measure, Qualifier
from apps.figures.models import Indicator
from apps.figures.values import FRACTIONAL
from apps.office.sheets import SheetColumn
from apps.office.workbooks.cells import YESTERDAY, Parsed, read_count, read_decimal

SAME = "同昨日"
ABOUT, OVER = "约", "余"

# What offices head the columns with, beside the indicator's own name.
OTHER_WORDS = {
    "在岗下沉党员": ("在岗党员", "在岗人数", "下沉党员"),
    "当日下沉": ("下沉人次",),
    "在岗党员突击队": ("突击队数", "突击队", "党员突击队"),
    "在服务社区": ("下沉社区", "服务社区"),
    "下沉人员伤病": ("伤病人数", "伤病"),
    "值守卡口": ("卡口数",),
    "消毒消杀": ("消杀面积",),
}


@dataclass
class ValueColumn:
    """A column of numbers: the indicators of one name, of campaigns of several kinds."""

    indicator: Indicator
    codes: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"v_{self.indicator.pk}"

    @property
    def path(self) -> str:
        return f"t_{self.name}"

    @property
    def is_restricted(self) -> bool:
        return self.indicator.is_restricted

    def column(self) -> SheetColumn:
        label = str(Measure(self.indicator.measure).label)
        return SheetColumn(
            self.name,
            self.indicator.name,
            partial(read_value, measure=self.indicator.measure),
            aliases=OTHER_WORDS.get(self.indicator.name, ()),
            blank="",
            path=self.path,
            write=as_cell,
            help=f"按“{label}”计",
        )


def read_value(cell: Any, *, measure: str) -> Parsed:
    """A number with its exactness, as text; 同昨日 is kept to be answered with yesterday's."""
    label = str(Measure(measure).label)
    read = (read_decimal if measure in FRACTIONAL else read_count)(cell, measure=label)
    if read.offer == YESTERDAY:
        return Parsed(SAME)
    if read.problem or read.is_blank:
        return read
    return Parsed(text_of(Decimal(read.value), read.qualifier))


def text_of(value: Decimal | None, qualifier: str = "") -> str:
    """约40, 1200余, 12.5; nothing for what is missing."""
    if value is None:
        return ""
    plain = f"{value:f}"
    plain = re.sub(r"\.?0+$", "", plain) if "." in plain else plain
    before = ABOUT if qualifier == Qualifier.ABOUT else ""
    return before + plain + (OVER if qualifier == Qualifier.OVER else "")


def as_cell(text: str) -> int | float | str:
    """Plain numbers leave as numbers, so that Excel can add them."""
    if text.isdigit():
        return int(text)
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else text


def standing_text(value: ValueColumn) -> Max:
    """`text_of` what stands in the report: an aggregate, so that all numbers are read at once."""
    at = "current__values__"
    text = Concat(
        Case(When(**{f"{at}qualifier": Qualifier.ABOUT}, then=Value(ABOUT)), default=Value("")),
        Cast(Func(f"{at}value", function="trim_scale"), CharField()),
        Case(When(**{f"{at}qualifier": Qualifier.OVER}, then=Value(OVER)), default=Value("")),
        output_field=CharField(),
    )
    told = {f"{at}indicator__name": value.indicator.name, f"{at}value__isnull": False}
    return Max(text, filter=Q(**told))
