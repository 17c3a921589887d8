"""How figures, days and moments are written, in pages and in mails alike. Plain text only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from django.utils import timezone

from .dates import business_day, to_local, weekday

MINUS = "\u2212"
DASH = "—"
LEVEL = "持平"
NUMERALS = "一二三四五六七八九"

Number: TypeAlias = int | float | Decimal
BESIDE_WIDE = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")
"""Spaces next to a Chinese character; those inside Latin words stay."""


class Blank(StrEnum):
    """Why a cell holds no number. A blank always says why."""

    MISSING = "未报"
    NOT_ENTERED = "未登记"
    NO_TASK = "无任务"
    NOT_DUE = "未到期"
    NOT_ASKED = "不适用"
    WITHHELD = "保密"
    FAILED = "查询失败"


class Qualifier(StrEnum):
    """How exact the source was; kept wherever the figure goes."""

    EXACT = ""
    ABOUT = "约"
    OVER = "余"


def number(value: Number, places: int | None = None) -> str:
    """23418 → 23,418; with U+2212 for minus; trailing zeros of a Decimal go unless `places`."""
    if places is not None:
        text = f"{abs(value):,.{places}f}"
    elif isinstance(value, int):
        text = f"{abs(value):,d}"
    else:
        text = f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def figure(
    value: Number | Blank | None,
    unit: str = "",
    *,
    qualifier: str = "",
    reason: Blank = Blank.MISSING,
) -> str:
    """A three-valued figure with its measure: 3,200余次, 约5,000人, 0起, or the reason it is blank.

    `qualifier` is 约 (before the number) or 余 (between number and measure).
    """
    if value is None or value == "":
        return str(reason)
    if isinstance(value, Blank):
        return str(value)
    about = qualifier if qualifier == Qualifier.ABOUT else ""
    over = qualifier if qualifier == Qualifier.OVER else ""
    return f"{about}{number(value)}{over}{unit}"


def numeral(number: int) -> str:
    """A place in a row, 1 to 99: 一 … 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def change(value: Number | None) -> str:
    """+312, −38; none is 持平, an incomparable one a dash."""
    if value is None:
        return DASH
    if not value:
        return LEVEL
    return f"+{number(value)}" if value > 0 else number(value)


def percent(value: Number | None, places: int = 1) -> str:
    """0.968 → 96.8%; no ratio (nothing asked) is a dash."""
    return DASH if value is None else f"{number(float(value) * 100, places)}%"


def ratio(part: Number, whole: Number) -> str:
    """171/179."""
    return f"{number(part)}/{number(whole)}"


def money(yuan: Number) -> str:
    """11920000 → 1,192万元; below ten thousand in yuan."""
    if -10_000 < yuan < 10_000:
        return f"{number(yuan)}元"
    return f"{number(Decimal(yuan) / 10_000)}万元"


def day(value: date, *, today: date | None = None) -> str:
    """8月5日; the year is written when it is not `today`'s."""
    value = to_local(value).date() if isinstance(value, datetime) else value
    year = "" if value.year == (today or business_day()).year else f"{value.year}年"
    return f"{year}{value.month}月{value.day}日"


def day_long(value: date) -> str:
    """8月5日 周四."""
    value = to_local(value).date() if isinstance(value, datetime) else value
    return f"{day(value)} {weekday(value)}"


def days(first: date, last: date | None, *, today: date | None = None) -> str:
    """8月5日—20日, 8月30日—9月2日, 8月5日 for one day; without an end 8月5日起."""
    if last is None:
        return f"{day(first, today=today)}起"
    if last == first:
        return day(first, today=today)
    if (first.year, first.month) == (last.year, last.month):
        return f"{day(first, today=today)}—{last.day}日"
    # The second year is said only where it is another one.
    return f"{day(first, today=today)}—{day(last, today=first)}"


def clock(value: datetime | time) -> str:
    """17:05."""
    return f"{to_local(value) if isinstance(value, datetime) else value:%H:%M}"


def oclock(value: time) -> str:
    """17时, 17时30分: an hour as papers print it."""
    return f"{value.hour}时" + (f"{value.minute}分" if value.minute else "")


def moment(value: datetime, *, now: datetime | None = None, on: date | None = None) -> str:
    """17:42 today, 昨日 19:05 yesterday, otherwise 8月5日 19:05.

    On a page about the day `on` that day's moments are clocks and only another year is written:
    19:05, 8月6日 07:30.
    """
    local = to_local(value)
    if on is not None:
        return clock(local) if local.date() == on else f"{day(local, today=on)} {clock(local)}"
    today = business_day(now)
    if local.date() == today:
        return clock(local)
    if local.date() == today - timedelta(days=1):
        return f"昨日 {clock(local)}"
    return f"{day(local, today=today)} {clock(local)}"


def span(length: timedelta) -> str:
    """42分钟, 1小时20分钟, 3天."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours}小时{rest}分钟" if rest else f"{hours}小时"
    return f"{minutes // (24 * 60)}天"


def ago(value: datetime, *, now: datetime | None = None) -> str:
    """刚刚, 42分钟前, 3天前; what lies ahead is 42分钟后."""
    length = (now or timezone.now()) - value
    if abs(length) < timedelta(minutes=1):
        return "刚刚"
    return f"{span(length)}{'前' if length > timedelta() else '后'}"


def countdown(until: datetime, *, now: datetime | None = None) -> str:
    """01:18 left; never below 00:00."""
    left = max(until - (now or timezone.now()), timedelta())
    minutes = int(left.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def tight(text: str) -> str:
    """A line of a page as mails and papers print it: no spaces around digits or between words."""
    return BESIDE_WIDE.sub("", text)


def listing(names: Iterable[str], *, most: int = 0, measure: str = "家") -> str:
    """甲、乙、丙; with `most` the rest is counted: 甲、乙等8家."""
    names = list(names)
    if most and len(names) > most:
        return f"{'、'.join(names[:most])}等{number(len(names))}{measure}"
    return "、".join(names)
