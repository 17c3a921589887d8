"""Columns of tables and lists of facts: what a cell says, where it leads, how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import formats, html
from .formats import Blank
from .html import Tag, Tone, escaped

Row: TypeAlias = Any
Kind: TypeAlias = Literal[
    "text", "number", "percent", "change", "day", "moment", "tag", "phone", "email", "bool"
]
RIGHT = frozenset({"number", "percent", "change"})


@dataclass(frozen=True)
class Column:
    """One column of a list or one fact of a record.

    `name` is a field path (`unit__short_name`) or annotation; `label` defaults to the field's
    verbose name; `value` computes the cell from the row instead. `link` is a URL name reversed
    with `row[link_by]`, or a callable from row to address; no value of `link_by`, no link. An empty
    cell reads 未报 in a column of numbers and — elsewhere, unless `blank` says why.
    `sort` allows sorting: True by `name`, or the expression to order by. `phone` says what the
    column becomes on a narrow screen: the card's title, a labelled line, or nothing. `note` is a
    field, or a callable from row, written small below the cell where it is not empty: why something
    failed, 更正后.
    """

    name: str
    label: str = ""
    kind: Kind = "text"
    link: str | Callable[[Row], str] = ""
    link_by: str = "pk"
    sort: bool | str = False
    unit: str = ""
    tones: Mapping[Any, Tone] = field(default_factory=dict)
    choices: Mapping[Any, str] = field(default_factory=dict)
    value: Callable[[Row], Any] | None = None
    blank: str = ""
    phone: Literal["title", "line", "hide"] = "line"
    css: str = ""
    help: str = ""
    note: str | Callable[[Row], object] = ""

    @property
    def right(self) -> bool:
        return self.kind in RIGHT or "r" in self.css.split()

    @property
    def order(self) -> str:
        """The expression this column sorts by, empty when it may not."""
        return self.name if self.sort is True else self.sort or ""

    def bound_to(self, model: type[Model]) -> Column:
        """The column with label and choices taken from the model where not given."""
        source = field_at(model, self.name)
        label = self.label or (str(source.verbose_name) if source else self.name)
        choices = self.choices
        if not choices and source is not None and source.choices:
            choices = {key: str(text) for key, text in source.flatchoices}
        return replace(self, label=label, choices=choices)

    @cached_property
    def opening(self) -> str:
        """The cell's opening tag."""
        right = "r " if self.right else ""
        names = f"{right}p-{self.phone} {self.css}".strip()
        return f'<td class="{escaped(names)}" data-label="{escaped(self.heading)}">'

    @property
    def heading(self) -> str:
        """The label with its measure, so that the cells below need not repeat it: 党员（人）."""
        return f"{self.label}（{self.unit}）" if self.unit and self.kind == "number" else self.label

    @cached_property
    def bare(self) -> Column:
        """The column as it writes under its heading."""
        return replace(self, unit="") if self.kind == "number" else self

    def raw(self, row: Row) -> Any:
        if self.value is not None:
            return self.value(row)
        return at(row, self.name)

    def href(self, row: Row) -> str:
        if callable(self.link):
            return self.link(row)
        if not self.link:
            return ""
        key = at(row, self.link_by)
        return reverse(self.link, args=[key]) if key not in (None, "") else ""

    def noted(self, row: Row) -> Any:
        """What stands beside the value of a row."""
        return self.note(row) if callable(self.note) else self.note and at(row, self.note)

    def render(self, row: Row) -> SafeString:
        """The cell as markup, linked where the column links."""
        body = self._body(self.raw(row))
        address = self.href(row)
        if address:
            body = SafeString(f'<a class="rows" href="{escaped(address)}">{body}</a>')
        return SafeString(f"{body}{html.beside(self.noted(row))}")

    def _body(self, value: Any) -> SafeString:
        if isinstance(value, SafeString):
            return value
        if isinstance(value, Tag):
            return value.__html__()
        if isinstance(value, Blank):
            return html.blank(value)
        if value is None or value == "":
            return html.blank(self.blank or (Blank.MISSING if self.right else formats.DASH))
        return self._written(value)

    def _written(self, value: Any) -> SafeString:
        if self.kind == "tag":
            label = self.choices.get(value, value)
            return Tag(str(label), self.tones.get(value, "grey")).__html__()
        if self.kind == "number":
            return html.figure(value, self.unit)
        writer = WRITERS.get(self.kind)
        if writer is not None:
            return writer(value)
        return SafeString(escaped(self.choices.get(value, value)) + escaped(self.unit))


def _num(text: str) -> SafeString:
    return SafeString(f'<span class="num nowrap">{escaped(text)}</span>')


def _email(address: str) -> SafeString:
    """Breaks before the @ or not at all."""
    name, _, host = str(address).rpartition("@")
    return format_html('<span class="email">{}<wbr>@{}</span>', name, host)


WRITERS: Mapping[str, Callable[[Any], SafeString]] = {
    "percent": lambda value: _num(formats.percent(value)),
    "change": html.change,
    "day": lambda value: _num(formats.day(value)),
    "moment": lambda value: _num(formats.moment(value)),
    "phone": lambda value: SafeString(
        f'<a class="num tel" href="tel:{escaped(value)}">{escaped(value)}</a>'
    ),
    "email": _email,
    "bool": lambda value: SafeString("是" if value else "否"),
}


def field_at(model: type[Model], path: str) -> Field[Any, Any] | None:
    """The model field at the end of a `__` path, None when it is an annotation or a method."""
    owner: Any = model
    found: Any = None
    for part in path.split("__"):
        try:
            found = owner._meta.pk if part == "pk" else owner._meta.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            return None
        owner = found.related_model
    return found if isinstance(found, Field) else None


def at(row: Row, name: str) -> Any:
    """The value of a row, be it a dict or an object."""
    return row.get(name) if isinstance(row, dict) else walk(row, name)


def walk(row: Any, path: str) -> Any:
    """The value at a `__` path of an object; None when a link on the way is empty."""
    for part in path.split("__"):
        if row is None:
            return None
        row = getattr(row, part)
        if callable(row) and not isinstance(row, type):
            row = row()
    return row
