"""Reads days and moments, in the notations offices mix within one column."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from django.utils import timezone

from apps.core.numbers import MISSING_WORDS, UNSEEN

from .book import Cell, Uncomputed
from .parsed import BLANK, Parsed, uncomputed

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 — Excel's day 0 knows no zone
SERIALS = range(18264, 73051)
"""Days of 1950 to 2099 as Excel counts them."""
YEARS = range(1900, 2100)
OPEN_WORDS = frozenset({"至今", "目前", "现在", "仍在岗", "在岗", "长期", "未结束"})
EXAMPLE = "请写成 2021年7月25日 或 2021-07-25"

SEPARATOR = r"[-./年月、]"
WHOLE = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}}){SEPARATOR}(?P<month>\d{{1,2}}){SEPARATOR}(?P<day>\d{{1,2}})(?!\d)[日号]?"
)
SOLID = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./年]")
SHORT = re.compile(r"(?<![\d.])(?P<month>\d{1,2})(?:月|[-./])(?P<day>\d{1,2})(?![\d.])[日号]?")
TIME = re.compile(
    r"[T,]?(?:凌晨|早上|上午)?(?P<hour>\d{1,2})(?:[时点:](?:(?P<minute>\d{1,2})分?)?)(?::?(?P<second>\d{1,2})(?:\.\d+)?秒?)?(?:整|起|止|前)?"
)
WEEKDAY = re.compile(r"\(?(?:周|星期|礼拜)[一二三四五六日天]\)?")
BOUND = re.compile(r"^(?:自|从|截至|至|到|于)|(?:起|止)$")


def read_day(cell: Cell, *, year: int | None = None, is_end: bool = False) -> Parsed:
    """A date. `year` is taken where the cell has none; with `is_end` 至今 is blank."""
    read = _read(cell, year, is_end)
    return read if read.value is None else Parsed(read.value[0])


def year_of(texts: Iterable[str]) -> int | None:
    """The one year that titles speak of."""
    years = {int(year) for text in texts for year in YEAR.findall(_plain(text))}
    return years.pop() if len(years) == 1 else None


def day_of(texts: Iterable[str]) -> str:
    """The one day that titles speak of, as it stands there."""
    days = {found[0] for text in texts for found in WHOLE.finditer(_plain(text))}
    return days.pop() if len(days) == 1 else ""


def with_year(cell: Cell, year: int) -> Cell:
    """The cell of a day, completed by `year` where it has none."""
    if not isinstance(cell, str):
        return cell
    short = SHORT.fullmatch(_plain(cell))
    return f"{year}年{short['month']}月{short['day']}日" if short else cell


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", UNSEEN.sub("", text)).split())


def read_moment(cell: Cell, *, year: int | None = None) -> Parsed:
    """A date with its time, aware, in the portal's time zone."""
    read = _read(cell, year, is_end=False)
    if read.value is None:
        return read
    day, time = read.value
    if time is None:
        return Parsed(problem="缺少时刻，请写成 2021年7月25日17时 或 2021-07-25 17:00。")
    moment = dt.datetime.combine(day, dt.time()) + time
    return Parsed(timezone.make_aware(moment))


def _read(cell: Cell, year: int | None, is_end: bool) -> Parsed:
    """A pair of date and time since midnight (None where there is none)."""
    if isinstance(cell, Uncomputed):
        return Parsed(problem=uncomputed(cell))
    if cell is None or isinstance(cell, str):
        return _of_text(cell or "", year, is_end)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _of_number(cell)
    if isinstance(cell, dt.datetime):
        return _checked(cell.date(), cell - dt.datetime.combine(cell.date(), dt.time()), str(cell))
    if isinstance(cell, dt.date):
        return _checked(cell, None, str(cell))
    return Parsed(problem=f"“{cell}”不是日期，{EXAMPLE}。")


def _of_number(cell: float) -> Parsed:
    whole = int(cell) if abs(cell) < 1e9 else 0
    if whole in SERIALS:
        # Excel counts to the second; floats do not.
        moment = EPOCH + dt.timedelta(seconds=round(cell * 86_400))
        day = moment.date()
        time = moment - dt.datetime.combine(day, dt.time())
        return _checked(day, time if cell != whole else None, str(cell))
    if cell == whole and SOLID.fullmatch(str(whole)):
        return _of_text(str(whole), None, is_end=False)
    shown = whole if cell == whole else cell
    return Parsed(problem=f"“{shown}”不是日期，{EXAMPLE}。")


def _of_text(cell: str, year: int | None, is_end: bool) -> Parsed:
    shown = cell.strip()
    text = _plain(shown)
    if text in MISSING_WORDS:
        return BLANK
    if text in OPEN_WORDS:
        return BLANK if is_end else Parsed(problem=f"“{text}”不是具体日期，{EXAMPLE}。")
    if text.isdigit() and int(text) in SERIALS:
        return _of_number(int(text))
    # Blanks part date and time: 2021-07-25 17:00.
    spaced = ",".join(unicodedata.normalize("NFKC", shown).split())
    text = text if "年" in text or "月" in text else spaced
    text = BOUND.sub("", WEEKDAY.sub("", text)).strip(",")
    found = WHOLE.search(text) or SOLID.search(text) or SHORT.search(text)
    if found is None:
        return Parsed(problem=f"“{_cut(shown)}”不是日期，{EXAMPLE}。")
    rest = text[: found.start()], text[found.end() :]
    time = TIME.fullmatch(rest[1]) if rest[1] else None
    if rest[0] or (rest[1] and time is None):
        return Parsed(problem=f"“{_cut(shown)}”不是一个确定的日期，{EXAMPLE}。")
    return _of_parts(found, time, shown, year)


def _of_parts(
    found: re.Match[str], time: re.Match[str] | None, shown: str, year: int | None
) -> Parsed:
    parts = {name: int(digits) for name, digits in found.groupdict().items()}
    written = parts.get("year", year)
    if written is None:
        return Parsed(problem=f"“{_cut(shown)}”没有年份，{EXAMPLE}。")
    try:
        day = dt.date(written, parts["month"], parts["day"])
    except ValueError:
        return Parsed(problem=f"没有“{_cut(shown)}”这一天，请核对。")
    if time is None:
        return _checked(day, None, shown)
    hour, minute, second = (int(time[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second):
        return Parsed(problem=f"没有“{_cut(shown)}”这个时刻，请核对。")
    return _checked(day, dt.timedelta(hours=hour, minutes=minute, seconds=second), shown)


def _checked(day: dt.date, time: dt.timedelta | None, shown: str) -> Parsed:
    if day.year not in YEARS:
        return Parsed(problem=f"“{_cut(shown)}”的年份不对，请核对。")
    return Parsed((day, time))


def _cut(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
