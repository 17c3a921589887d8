"""Small pieces of markup made in Python, where a template per cell would cost too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import formats
from .formats import Blank, Number

Tone: TypeAlias = Literal["red", "yellow", "blue", "green", "grey"]


@dataclass(frozen=True)
class Tag:
    """A state in a word; the colour only repeats what the word says."""

    label: str
    tone: Tone = "grey"

    def __str__(self) -> SafeString:
        return format_html('<span class="tag tag-{}">{}</span>', self.tone, self.label)

    __html__ = __str__


def icon(name: str) -> SafeString:
    """An icon of the webfont, silent to screen readers."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


def blank(reason: str = Blank.MISSING) -> SafeString:
    """A dash says nothing; a card on a phone leaves it out."""
    if reason == formats.DASH:
        return format_html('<span class="blank blank-none">{}</span>', reason)
    return format_html('<span class="blank">{}</span>', reason)


def figure(
    value: Number | Blank | None,
    unit: str = "",
    *,
    qualifier: str = "",
    reason: Blank = Blank.MISSING,
) -> SafeString:
    """`formats.figure` with the measure smaller and the blank muted."""
    text = formats.figure(value, qualifier=qualifier, reason=reason)
    if value is None or value == "" or isinstance(value, Blank):
        return blank(text)
    if not unit:
        return format_html('<span class="num">{}</span>', text)
    return format_html('<span class="num">{}</span><small class="unit">{}</small>', text, unit)


def change(value: Number | None, *, good: Literal["up", "down", ""] = "up") -> SafeString:
    """A signed change; green when it goes the `good` way, red against it, plain when neither."""
    text = formats.change(value)
    if not value or not good:
        return format_html('<span class="num muted">{}</span>', text)
    tone = "better" if (value > 0) == (good == "up") else "worse"
    return format_html('<span class="num {}">{}</span>', tone, text)


def progress(value: Number, whole: Number, *, tone: str = "", label: str = "") -> SafeString:
    """A bar without inline style."""
    return format_html(
        '<progress class="meter {}" value="{}" max="{}" aria-label="{}">{}</progress>',
        tone,
        value,
        whole or 1,
        label or formats.ratio(value, whole),
        formats.ratio(value, whole),
    )
