"""Small pieces of markup made in Python, where a template per cell would cost too much.

A page of a list holds a thousand of them: they are put together from `escaped` parts, ten times
as fast as by `format_html`.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

from django.utils.safestring import SafeString

from . import formats
from .formats import Blank, Number

Tone: TypeAlias = Literal["red", "yellow", "blue", "green", "grey"]


def escaped(part: object) -> str:
    """What `conditional_escape` makes of a part: markup as it is, everything else escaped."""
    if type(part) is SafeString:
        return part
    marked = getattr(part, "__html__", None)
    return marked() if marked is not None else escape(str(part))


@dataclass(frozen=True)
class Tag:
    """A state in a word; the colour only repeats what the word says."""

    label: str
    tone: Tone = "grey"

    def __str__(self) -> SafeString:
        return SafeString(
            f'<span class="tag tag-{escaped(self.tone)}">{escaped(self.label)}</span>'
        )

    __html__ = __str__


@dataclass(frozen=True)
class Note:
    """A word beside a number, which opens its own rows."""

    text: str
    url: str

    def __str__(self) -> SafeString:
        return SafeString(f'<a class="rows" href="{escaped(self.url)}">{escaped(self.text)}</a>')

    __html__ = __str__


def beside(note: object) -> SafeString:
    """A note in small print under the number of a cell; nothing without one."""
    if not note:
        return SafeString("")
    return SafeString(f'<small class="cell-note">{escaped(note)}</small>')


def icon(name: str) -> SafeString:
    """An icon of the webfont, silent to screen readers."""
    return SafeString(f'<i class="ti ti-{escaped(name)}" aria-hidden="true"></i>')


def help_mark(text: str) -> SafeString:
    """The question mark that says `text` when it is pointed at, pressed or read out."""
    says = escaped(text)
    return SafeString(
        f'<span class="help" tabindex="0" role="note" aria-label="{says}" data-tip="{says}">'
        f"{icon('help-circle')}</span>"
    )


def blank(reason: str = Blank.MISSING) -> SafeString:
    """A dash says nothing; a card on a phone leaves it out."""
    if reason == formats.DASH:
        return SafeString(f'<span class="blank blank-none">{escaped(reason)}</span>')
    return SafeString(f'<span class="blank">{escaped(reason)}</span>')


def figure(
    value: Number | Blank | None,
    unit: str = "",
    *,
    qualifier: str = "",
    reason: Blank = Blank.MISSING,
) -> SafeString:
    """`formats.figure` with the measure smaller and the blank muted."""
    if value is None or value == "" or isinstance(value, Blank):
        return blank(formats.figure(value, reason=reason))
    # Digits and what stands around them need no escaping.
    number = f'<span class="num">{formats.figure(value, qualifier=qualifier)}</span>'
    return SafeString(f'{number}<small class="unit">{escaped(unit)}</small>' if unit else number)


def change(value: Number | None, *, good: Literal["up", "down", ""] = "up") -> SafeString:
    """A signed change; green when it goes the `good` way, red against it, plain when neither."""
    text = formats.change(value)
    if not value or not good:
        return SafeString(f'<span class="num muted">{escaped(text)}</span>')
    tone = "better" if (value > 0) == (good == "up") else "worse"
    return SafeString(f'<span class="num {tone}">{escaped(text)}</span>')


def progress(value: Number, whole: Number, *, tone: str = "", label: str = "") -> SafeString:
    """A bar without inline style."""
    ratio = escaped(formats.ratio(value, whole))
    return SafeString(
        f'<progress class="meter {escaped(tone)}" value="{escaped(value)}" max="{escaped(whole or 1)}"'
        f' aria-label="{escaped(label) if label else ratio}">{ratio}</progress>'
    )
