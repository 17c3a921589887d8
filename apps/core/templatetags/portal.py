"""{% load portal %}: figures, days and small pieces, written as everywhere else."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import template
from django.utils.safestring import SafeString

from apps.core import formats, html, linked
from apps.core.formats import Blank

register = template.Library()


@register.filter
def number(value: Any) -> str:
    """23,418; empty for None."""
    return "" if value is None or value == "" else formats.number(value)


@register.filter
def figure(value: Any, unit: str = "") -> SafeString:
    """A three-valued figure: {{ value|figure:"人" }}; None is a muted 未报."""
    return html.figure(value, unit)


@register.simple_tag(name="figure")
def figure_tag(
    value: Any, unit: str = "", qualifier: str = "", reason: str = Blank.MISSING
) -> SafeString:
    """{% figure value "人" qualifier=row.qualifier reason="未到期" %}."""
    return html.figure(value, unit, qualifier=qualifier, reason=Blank(reason))


@register.filter
def change(value: Any, good: str = "up") -> SafeString:
    """+312 in green, −38 in red; |change:"down" where less is better, |change:"" without colour."""
    return html.change(value, good=good)  # type: ignore[arg-type]


@register.filter
def percent(value: Any) -> str:
    return formats.percent(value)


@register.filter
def money(value: Any) -> str:
    return "" if value is None else formats.money(value)


@register.filter
def day(value: date | None) -> str:
    """8月5日."""
    return formats.day(value) if value else ""


@register.filter
def day_long(value: date | None) -> str:
    """8月5日 周四."""
    return formats.day_long(value) if value else ""


@register.filter
def clock(value: datetime | time | None) -> str:
    """17:00."""
    return formats.clock(value) if value else ""


@register.filter
def moment(value: datetime | None, on: date | None = None) -> str:
    """17:42, 昨日 19:05, 8月5日 19:05; |moment:on as a page about the day `on` writes it."""
    return formats.moment(value, on=on) if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    return formats.ago(value) if value else ""


@register.filter
def countdown(value: datetime | None) -> str:
    """01:18 until then."""
    return formats.countdown(value) if value else ""


@register.filter
def listing(names: Any, most: int = 0) -> str:
    """甲、乙、丙; |listing:2 gives 甲、乙等8家."""
    return formats.listing(names, most=most)


@register.filter
def event_at(value: datetime | date) -> str:
    """A timeline's when: a moment, or a day where the hour is unknown."""
    return formats.moment(value) if isinstance(value, datetime) else formats.day(value)


@register.simple_tag
def tag(label: Any, tone: str = "grey") -> SafeString:
    """{% tag "逾期" "red" %}: red late or wrong, yellow soon or doubtful, blue information,
    green done, grey neutral."""
    return html.Tag(str(label), tone).__html__()  # type: ignore[arg-type]


@register.filter(name="linked")
def linked_filter(text: str, base: str = "") -> SafeString:
    """A sentence whose numbers open their rows; |linked:site_url where it is read outside."""
    return linked.drawn(text, base)


@register.filter
def plain(text: str) -> str:
    """The same sentence without its addresses."""
    return linked.plain(text)


@register.simple_tag
def icon(name: str) -> SafeString:
    return html.icon(name)


@register.simple_tag
def progress(value: Any, whole: Any, tone: str = "", label: str = "") -> SafeString:
    """{% progress filed expected tone="late" %}."""
    return html.progress(value, whole, tone=tone, label=label)


@register.simple_tag
def blank(reason: str = Blank.MISSING) -> SafeString:
    """{% blank "未到期" %}; a blank that is no figure says its own reason: {% blank "未登记" %}."""
    return html.blank(reason)
