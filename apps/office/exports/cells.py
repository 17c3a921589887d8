"""Cells of a list as values a workbook understands: numbers, days and moments stay what they are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from html import unescape
from typing import Any

from django.db import models
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from apps.core.dates import to_local
from apps.core.formats import DASH, MINUS, Blank
from apps.core.html import Note, Tag
from apps.core.tables import Column, Row, at, field_at

Value = str | int | float | dt.date | dt.datetime | None

LONGEST = 32_767
"""Characters a cell can hold."""
EXACT = 10**15
"""Excel keeps fifteen digits of a number; longer ones stay text."""
NUMERIC = re.compile(f"[+{MINUS}-]?\\d[\\d,]*(?:\\.\\d+)?")

TEXT, PLAIN = "@", "General"
WHOLE, MONEY = "#,##0", "#,##0.00"
FORMATS = {
    "percent": "0.0%",
    "change": "+#,##0;-#,##0;0",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}


def format_of(column: Column, model: type[models.Model]) -> str:
    """The number format of a column's cells. Text is said to be text: it stays inert even when
    somebody opens the cell and leaves it again."""
    if column.kind in FORMATS:
        return FORMATS[column.kind]
    field = field_at(model, column.name)
    if column.kind == "number" or (column.value is None and isinstance(field, models.IntegerField)):
        if isinstance(field, models.DecimalField):
            return MONEY
        return WHOLE if isinstance(field, models.IntegerField) else PLAIN
    return TEXT


Convert = Callable[[Any], Value]
Read = Callable[[Row], Value]


def reader_of(column: Column) -> Read:
    """What takes a column's value from a row. Empty cells stay empty, zero is 0."""
    convert = _converter(column)
    name, note, value = column.name, column.note, column.value
    if note:
        return lambda row: _noted(convert(column.raw(row)), column.noted(row))
    if value is not None:
        return lambda row: convert(value(row))
    return lambda row: convert(row.get(name) if type(row) is dict else at(row, name))


def is_plain(column: Column) -> bool:
    """Whether a column shows its field as it is."""
    has_more = column.value or column.note or column.choices or column.unit
    return column.kind in {"text", "phone", "email"} and not has_more


def _converter(column: Column) -> Convert:
    """What the kind of a column makes of a raw value."""
    choices, unit = column.choices, column.unit
    if column.kind == "number":
        return _figure
    if column.kind in {"percent", "change", "day", "moment", "bool"}:
        return value_of
    if unit:
        return lambda value: _with_unit(_chosen(value, choices), unit)
    return (lambda value: _chosen(value, choices)) if choices else value_of


def value_of(value: Any) -> Value:
    """A value of a row as a workbook keeps it."""
    if value is None or value == "":
        return None
    write = WRITERS.get(type(value))
    return write(value) if write is not None else text(str(value))


def values_of(values: Iterable[Any]) -> list[Value]:
    """`value_of` of a whole column; most of what a list holds is short text already."""
    return [
        value
        if type(value) is str and value and "\r" not in value and len(value) <= LONGEST
        else value_of(value)
        for value in values
    ]


def written_once(values: Iterable[Any], write: Callable[[Any], Any]) -> list[Value]:
    """Values as `write` words them, each different one once: a column repeats few of them."""
    known: dict[Any, Value] = {None: None}
    found = []
    for value in values:
        if not isinstance(value, Hashable):
            found.append(value_of(write(value)))
            continue
        if value not in known:
            known[value] = value_of(write(value))
        found.append(known[value])
    return found


def text(value: str) -> str:
    """As much of a text as a cell holds."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def number(value: float | Decimal) -> Value:
    """A number where a workbook can keep all its digits, else its digits as text."""
    if isinstance(value, int):
        return value if -EXACT < value < EXACT else str(value)
    if isinstance(value, Decimal):
        return (
            float(value) if value.is_finite() and len(value.as_tuple().digits) <= 15 else str(value)
        )
    return value if value - value == 0 else None


def _moment(value: dt.datetime) -> dt.datetime:
    return to_local(value).replace(tzinfo=None)


def _plain(value: SafeString) -> Value:
    """What a piece of markup says."""
    return text(" ".join(unescape(strip_tags(value)).split())) or None


def _listed(value: Iterable[Any]) -> Value:
    return text("、".join(str(one) for one in value)) or None


WRITERS: Mapping[type, Callable[[Any], Value]] = {
    str: text,
    bool: lambda value: "是" if value else "否",
    int: number,
    float: number,
    Decimal: number,
    dt.datetime: _moment,
    dt.date: lambda value: value,
    Tag: lambda tag: text(tag.label),
    Note: lambda note: text(note.text),
    Blank: lambda reason: None if reason is Blank.MISSING else str(reason),
    SafeString: _plain,
    list: _listed,
    tuple: _listed,
}


def _figure(value: Any) -> Value:
    """Figures written as markup become numbers again where nothing but the number stands there."""
    found = value_of(value)
    if not isinstance(found, str):
        return found
    if found in {Blank.MISSING, DASH}:
        return None
    if NUMERIC.fullmatch(found):
        return float(found.replace(",", "").replace(MINUS, "-"))
    return found


def _chosen(value: Any, choices: Mapping[Any, str]) -> Value:
    label = choices.get(value) if isinstance(value, Hashable) else None
    return value_of(value) if label is None else text(str(label))


def _with_unit(found: Value, unit: str) -> Value:
    return None if found is None else f"{found}{unit}"


def _noted(found: Value, note: Any) -> Value:
    return text(f"{'' if found is None else found}（{value_of(note)}）") if note else found
