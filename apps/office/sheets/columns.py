"""Columns that recur: words of a dictionary, yes and no, phones that are sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import DateTimeField, F, Func, QuerySet, Value
from django.db.models.expressions import Combinable

from apps.core.dates import TOO_FAR, TOO_LONG_AGO, earliest_day, latest_day

from ..workbooks.cells import (
    NO_PHONE,
    Parsed,
    read_choice,
    read_code,
    read_flag,
    read_phone,
    read_text,
)
from .declaration import Check, SheetColumn

MOBILE = 11


def or_none(
    rows: QuerySet[Any], names: Sequence[str | Combinable], word: str, *, user: Any
) -> QuerySet[Any]:
    """`rows` as `n0`, `n1`, …, numbered by `number`, and one more, 0, that `word` names: none.

    For a lookup that is part of a key: a key names something, also where there is nothing.
    """
    named = {f"n{i}": F(one) if isinstance(one, str) else one for i, one in enumerate(names)}
    blank = {name: Value("") for name in list(named)[1:]}
    # Whoever asks is one row, whatever the tables hold.
    one = get_user_model()._default_manager.filter(pk=user.pk)
    none = one.order_by().annotate(number=Value(0), n0=Value(word), **blank)
    return rows.order_by().annotate(number=F("pk"), **named).union(none, all=True)


def day_checks(*names: str, long_ago: Sequence[str] = ()) -> tuple[Check, ...]:
    """Days more than a year ahead are slips of the pen; so are those of `long_ago` in old times."""
    news = "c.state IN ('new', 'changed')"
    ahead = (
        Check(name, TOO_FAR, f"{news} AND c.{name} > %s", lambda _user, on: [latest_day(on)])
        for name in names
    )
    behind = (
        Check(name, TOO_LONG_AGO, f"{news} AND c.{name} < %s", lambda _user, on: [earliest_day(on)])
        for name in long_ago
    )
    return (*ahead, *behind)


def text_column(name: str, label: str, *, most: int, **more: Any) -> SheetColumn:
    """Free text; an empty cell is an empty text."""
    more = {"stored": name, "blank": "", **more}
    return SheetColumn(name, label, partial(read_text, most=most), **more)


def code_column(name: str, label: str, *, most: int, **more: Any) -> SheetColumn:
    """The code by which a row is known."""
    more = {"stored": name, "blank": "", "is_key": True, **more}
    return SheetColumn(name, label, partial(read_code, most=most), **more)


def choice_column(
    name: str, label: str, choices: type[models.TextChoices], **more: Any
) -> SheetColumn:
    """One of the words of `choices`."""
    words = dict(choices.choices)
    read = partial(read_choice, choices={str(word): value for value, word in words.items()})
    more = {"stored": name, "choices": tuple(map(str, words.values())), **more}
    return SheetColumn(name, label, read, write=lambda value: words.get(value, value), **more)


def flag_column(name: str, label: str, *, blank: bool = False, **more: Any) -> SheetColumn:
    """是 or 否; an empty cell is `blank`."""
    more = {"stored": name, "choices": ("是", "否"), "width": 8, **more}
    return SheetColumn(
        name,
        label,
        read_flag,
        "boolean",
        blank=blank,
        write=lambda value: "是" if value else "否",
        **more,
    )


def words_column(
    name: str, label: str, choices: type[models.TextChoices], **more: Any
) -> SheetColumn:
    """Several words of `choices` in one cell, with 、 between them."""
    labels = {str(word): value for value, word in choices.choices}
    words = {value: word for word, value in labels.items()}
    return SheetColumn(
        name,
        label,
        partial(_read_words, labels=labels),
        "text[]",
        blank=[],
        write=lambda values: "、".join(words.get(value, value) for value in values),
        **{"stored": name, **more},
    )


def _read_words(cell: Any, *, labels: dict[str, str]) -> Parsed:
    read = read_text(cell, most=400)
    if read.problem or read.is_blank:
        return read
    for mark in ("，", ",", ";", "；", " "):
        read = Parsed(str(read.value).replace(mark, "、"))
    asked = [word for word in read.value.split("、") if word]
    unknown = [word for word in asked if word not in labels]
    if unknown:
        known = "、".join(labels)
        return Parsed(problem=f"没有“{unknown[0]}”这一项，可填：{known}。")
    return Parsed([labels[word] for word in _once(asked)])


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def read_dialled(cell: Any) -> Parsed:
    """A phone to dial, of a duty desk: what is masked is none."""
    read = read_phone(cell)
    return Parsed(problem=NO_PHONE) if "*" in str(read.value or "") else read


def desk_phone_column(name: str, label: str, **more: Any) -> SheetColumn:
    """The open phone of a desk, as `PhoneField` takes it."""
    return SheetColumn(name, label, read_dialled, **{"stored": name, "blank": "", **more})


def phone_column(name: str, label: str, *, sealed: str, **more: Any) -> SheetColumn:
    """A phone that is encrypted; it goes out masked, and its own mask may come back."""
    return SheetColumn(name, label, _read_masked, sealed=sealed, blank="", **more)


def _read_masked(cell: Any) -> Parsed:
    if isinstance(cell, str):
        if "*" in cell:
            return Parsed(cell.strip())
        if len(cell) == MOBILE and cell[0] == "1" and cell.isascii() and cell.isdigit():
            return Parsed(cell)  # as nearly all are written
    return read_phone(cell)


def to_the_minute(name: str) -> Func:
    """A moment as a cell shows it."""
    # Django's own answers without a zone, which compares with nothing the file says.
    return Func(Value("minute"), F(name), function="date_trunc", output_field=DateTimeField())
